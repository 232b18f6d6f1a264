import { Alert, Button, Group, List, Loader, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { answered, api, type Schemas } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import type { Connector } from '../integrations/queries.ts'
import type { Service } from '../integrations/use-service.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { Moment } from '../ui/moment.tsx'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { duration } from '../ui/quantities.ts'

type Outcome = Schemas['TestResult'] & { at?: string }

interface TestConnectionProps {
  readonly connector: Connector
  readonly service: Service
  /** Said beside the button when it cannot be tested yet. */
  readonly hindrance?: string | undefined
}

/** Tries the connection and shows each thing that was checked. */
export function TestConnection({ connector, service, hindrance }: TestConnectionProps) {
  const storeId = useStoreId()
  const test = useChange(storeId, () =>
    answered(
      api.POST('/v1/stores/{storeId}/connectors/{connectorId}/test', {
        params: { path: { storeId, connectorId: connector.id } },
      }),
    ),
  )
  const outcome: Outcome | undefined = test.data ?? connector.lastTest
  return (
    <Stack>
      <Group>
        <Button
          onClick={() => test.mutate()}
          loading={test.isPending}
          disabled={hindrance !== undefined}
          variant={outcome?.ok ? 'default' : 'filled'}
        >
          {outcome ? 'Test again' : 'Test connection'}
        </Button>
        {hindrance && <Text size="sm">{hindrance}</Text>}
      </Group>
      <div aria-live="polite">
        {test.isPending ? (
          <Group gap="xs">
            <Loader size="xs" />
            <Text size="sm">Asking {service.name} …</Text>
          </Group>
        ) : test.error ? (
          <ProblemAlert error={test.error} title="The test could not be run" />
        ) : (
          outcome && <Result outcome={outcome} service={service} />
        )}
      </div>
    </Stack>
  )
}

function Result({ outcome: { ok, at, latencyMs, checks, error }, service }: { outcome: Outcome; service: Service }) {
  return (
    <Alert
      color={ok ? 'green' : 'red'}
      icon={ok ? <IconCircleCheck aria-hidden /> : <IconCircleX aria-hidden />}
      title={ok ? `${service.name} answered in ${duration(latencyMs)}` : 'The connection does not work yet'}
    >
      <Stack gap="xs">
        <List listStyleType="none" spacing={4} size="sm">
          {checks.map((check) => (
            <List.Item
              key={check.name}
              icon={
                check.ok ? (
                  <IconCircleCheck size={18} color="var(--mantine-color-green-text)" aria-label="Passed" />
                ) : (
                  <IconCircleX size={18} color="var(--mantine-color-red-text)" aria-label="Failed" />
                )
              }
            >
              <b>{capitalized(check.name)}:</b> {check.detail}
            </List.Item>
          ))}
        </List>
        {error && !checks.some((check) => check.detail === error.message) && <Text size="sm">{error.message}</Text>}
        {at && (
          <Text size="xs" c="dimmed">
            Tested <Moment at={at} />
          </Text>
        )}
      </Stack>
    </Alert>
  )
}

const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
