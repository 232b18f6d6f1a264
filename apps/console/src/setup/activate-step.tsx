import { Alert, Button, Group, List, Text } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useActivation } from '../connector/use-activation.ts'
import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { Section } from '../ui/section.tsx'
import type { SetupStep } from './setup-steps.ts'

interface ActivateStepProps {
  readonly connector: Connector
  readonly service: Service
  readonly go: (step: SetupStep) => void
}

export function ActivateStep({ connector, service, go }: ActivateStepProps) {
  const storeId = useStoreId()
  const { activate } = useActivation(connector)
  const address = `/stores/${storeId}/integrations/${connector.id}`
  if (connector.status === 'active') {
    return (
      <Section title="Activate">
        <Alert color="green" icon={<IconCircleCheck aria-hidden />} title={`${connector.name} is active`} role="status">
          Your store uses it from now on. What it does, and how well, is on its page.
        </Alert>
        <Group>
          <Button component={Link} to={address}>
            To {connector.name}
          </Button>
          <Button component={Link} to={`/stores/${storeId}/integrations`} variant="default">
            All integrations
          </Button>
        </Group>
      </Section>
    )
  }
  return (
    <Section title="Activate" description={`From then on your store may use ${service.name} to:`}>
      <List>
        {connector.hooks.map(({ name, description, on }) => (
          <List.Item key={name}>
            {description || name}
            {on.length > 0 && (
              <Text span c="dimmed">
                {' '}
                (by itself, on {on.join(', ')})
              </Text>
            )}
          </List.Item>
        ))}
      </List>
      {activate.error && <ProblemAlert error={activate.error} title="It cannot be activated yet" />}
      <Group>
        <Button onClick={() => activate.mutate()} loading={activate.isPending}>
          Activate
        </Button>
        {connector.status !== 'ready' && (
          <Button variant="default" onClick={() => go('test')}>
            Back to the test
          </Button>
        )}
      </Group>
    </Section>
  )
}
