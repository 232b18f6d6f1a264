import { Group, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { useMay } from '../session/use-session.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { ConfirmButton } from '../ui/confirm-button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Section } from '../ui/section.tsx'
import { CredentialsForm } from './credentials-form.tsx'
import { OAuthPanel } from './oauth-panel.tsx'
import { TestConnection } from './test-connection.tsx'

export function CredentialsTab({ connector, service }: { connector: Connector; service: Service }) {
  const storeId = useStoreId()
  const mayWrite = useMay('credentials:write')
  const destroy = useChange(storeId, () =>
    answered(
      api.DELETE('/v1/stores/{storeId}/connectors/{connectorId}/credentials', {
        params: { path: { storeId, connectorId: connector.id } },
      }),
    ),
  )
  if (!mayWrite) return <Empty title="You may not see this">Your token lacks the scope credentials:write.</Empty>
  return (
    <Stack gap="lg">
      {connector.authType === 'oauth2' && connector.credentials.set && (
        <Section title="Authorization">
          <OAuthPanel connector={connector} service={service} />
        </Section>
      )}
      {service.credentialFields.length > 0 ? (
        <Section title="Credentials" description="Stored encrypted and never shown again.">
          <CredentialsForm connector={connector} service={service} />
          {connector.credentials.set && (
            <Group>
              <ConfirmButton
                label="Destroy"
                title="Destroy the credentials?"
                consequence={`${connector.name} stops working. No backup brings them back: to use it again you enter new ones.`}
                confirm="Destroy them"
                onConfirm={async () => {
                  await destroy.mutateAsync()
                  notifications.show({ message: 'The credentials are destroyed.' })
                }}
              />
            </Group>
          )}
        </Section>
      ) : (
        connector.authType !== 'oauth2' && <Empty title={`${service.name} needs no credentials`} />
      )}
      <Section title="Test the connection" description="Nothing is bought or changed by the test.">
        <TestConnection connector={connector} service={service} />
      </Section>
    </Stack>
  )
}
