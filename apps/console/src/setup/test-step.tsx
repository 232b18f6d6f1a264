import { Button, Group } from '@mantine/core'
import { TestConnection } from '../connector/test-connection.tsx'
import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { Section } from '../ui/section.tsx'
import type { SetupStep } from './setup-steps.ts'

interface TestStepProps {
  readonly connector: Connector
  readonly service: Service
  readonly credentials: boolean
  readonly onDone: () => void
  readonly go: (step: SetupStep) => void
}

export function TestStep({ connector, service, credentials, onDone, go }: TestStepProps) {
  const { status, lastTest } = connector
  const passed = status === 'ready' || status === 'active' || (status === 'inactive' && lastTest?.ok === true)
  return (
    <Section title="Test the connection" description="Nothing is bought or changed by the test.">
      <TestConnection
        connector={connector}
        service={service}
        hindrance={credentials ? undefined : 'The credentials are missing.'}
      />
      <Group>
        {passed && <Button onClick={onDone}>Continue</Button>}
        {!passed && (
          <>
            <Button variant="default" onClick={() => go('credentials')}>
              Change credentials
            </Button>
            <Button variant="default" onClick={() => go('settings')}>
              Change settings
            </Button>
          </>
        )}
      </Group>
    </Section>
  )
}
