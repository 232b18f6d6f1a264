import { Alert, Button, Group, Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { CredentialsForm } from '../connector/credentials-form.tsx'
import { OAuthPanel } from '../connector/oauth-panel.tsx'
import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { Disclosure } from '../ui/disclosure.tsx'
import { Section } from '../ui/section.tsx'

interface CredentialsStepProps {
  readonly connector: Connector
  readonly service: Service
  readonly complete: boolean
  readonly onDone: () => void
}

export function CredentialsStep({ connector, service, complete, onDone }: CredentialsStepProps) {
  const oauth = connector.authType === 'oauth2'
  return (
    <Section title="Credentials" description={`What lets your store act in your ${service.name} account.`}>
      <Alert color="blue" icon={<IconLock aria-hidden />}>
        Stored encrypted, used only to call {service.name}, and never shown again, not even to you.
      </Alert>
      {oauth && connector.credentials.set ? (
        <>
          <OAuthPanel connector={connector} service={service} />
          <Disclosure label="Use another client">
            <CredentialsForm connector={connector} service={service} />
          </Disclosure>
        </>
      ) : service.credentialFields.length > 0 ? (
        <CredentialsForm connector={connector} service={service} onStored={oauth ? undefined : onDone} />
      ) : (
        <Text>{service.name} needs no credentials.</Text>
      )}
      {complete && (
        <Group>
          <Button onClick={onDone} variant={oauth ? 'filled' : 'default'}>
            {oauth ? 'Continue' : 'Keep what is stored and continue'}
          </Button>
        </Group>
      )}
    </Section>
  )
}
