import { Accordion, Alert, Badge, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import { answered, api } from '../api/client.ts'
import { useChange } from '../api/use-change.ts'
import { justRun } from '../execution/just-run.ts'
import type { Connector } from '../integrations/queries.ts'
import type { JsonSchema, Service } from '../integrations/use-service.ts'
import { JsonEditor } from '../json/json-editor.tsx'
import { JsonView } from '../json/json-view.tsx'
import { useMay } from '../session/use-session.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import { duration } from '../ui/quantities.ts'
import { StatusBadge } from '../ui/status.tsx'
import { exampleInput } from './example-input.ts'

/** What a connector can do. Each hook can be looked into without sending anything, and be run. */
export function HooksTab({ connector, service }: { connector: Connector; service: Service }) {
  return (
    <Accordion variant="contained" keepMounted={false} bg="var(--mantine-color-body)">
      {connector.hooks.map((hook) => (
        <Accordion.Item key={hook.name} value={hook.name}>
          <Accordion.Control>
            <Group gap="xs">
              <Text ff="monospace" fw={600} size="sm">
                {hook.name}
              </Text>
              {hook.on.map((type) => (
                <Badge key={type} variant="light" color="blue" tt="none" fw={500}>
                  on {type}
                </Badge>
              ))}
              <Badge variant="light" color="gray" tt="none" fw={500}>
                within {duration(hook.deadlineMs)}
              </Badge>
            </Group>
            <Text size="sm" c="dimmed">
              {hook.description}
            </Text>
          </Accordion.Control>
          <Accordion.Panel>
            <TryHook connector={connector} service={service} hook={hook} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  )
}

interface TryHookProps {
  readonly connector: Connector
  readonly service: Service
  readonly hook: Connector['hooks'][number]
}

function TryHook({ connector, service, hook }: TryHookProps) {
  const storeId = useStoreId()
  const mayRun = useMay('integrations:write')
  const [input, setInput] = useState<unknown>(() => exampleInput(hook, service))
  const [valid, setValid] = useState(true)
  const params = { path: { storeId, connectorId: connector.id, hook: hook.name } }
  const preview = useChange(storeId, () =>
    answered(
      api.POST('/v1/stores/{storeId}/connectors/{connectorId}/hooks/{hook}/preview', { params, body: { input } }),
    ),
  )
  const invoke = useChange(storeId, () =>
    answered(
      api.POST('/v1/stores/{storeId}/connectors/{connectorId}/hooks/{hook}/invoke', { params, body: { input } }),
    ),
  )
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Stack gap="xs">
        <JsonEditor
          label={`Input of ${hook.name}`}
          value={input}
          onChange={setInput}
          onValid={setValid}
          schema={typeof hook.input === 'object' ? (hook.input as JsonSchema) : undefined}
        />
        <Group>
          <Button variant="default" disabled={!valid} loading={preview.isPending} onClick={() => preview.mutate()}>
            Show what would be sent
          </Button>
          {mayRun && (
            <Button disabled={!valid} loading={invoke.isPending} onClick={() => invoke.mutate()}>
              Run it
            </Button>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          Running it calls {service.name} for real, with your credentials.
        </Text>
      </Stack>
      <Stack gap="xs" aria-live="polite">
        {preview.error && <ProblemAlert error={preview.error} title="It could not be previewed" />}
        {preview.data?.requests.map(({ step, method, url, headers, body }) => (
          <JsonView key={step + url} label={`${step}: ${method} ${url}`} value={{ headers, body }} />
        ))}
        {preview.data?.error && (
          <Alert color="yellow" title="The preview ends here">
            {preview.data.error.message}
          </Alert>
        )}
        {invoke.error && <ProblemAlert error={invoke.error} title="It could not be run" />}
        {invoke.data && (
          <>
            <Group gap="xs">
              <StatusBadge status={invoke.data.status} />
              <Button
                component={Link}
                to={`/stores/${storeId}/executions/${invoke.data.executionId}`}
                state={justRun}
                variant="subtle"
                size="compact-sm"
              >
                See each step
              </Button>
            </Group>
            {invoke.data.error && <Alert color="red">{invoke.data.error.message}</Alert>}
            {invoke.data.output !== undefined && <JsonView label="Output" value={invoke.data.output} />}
          </>
        )}
      </Stack>
    </SimpleGrid>
  )
}
