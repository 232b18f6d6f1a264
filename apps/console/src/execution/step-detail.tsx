import { Alert, Badge, Code, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import type { Execution } from '../integrations/queries.ts'
import { JsonView } from '../json/json-view.tsx'
import { Disclosure } from '../ui/disclosure.tsx'
import { duration } from '../ui/quantities.ts'
import { StatusBadge } from '../ui/status.tsx'

type Step = Execution['steps'][number]
type Attempt = Step['attempts'][number]

/** A step: for each attempt what was sent and what came back, and what the mapping made of it. */
interface StepDetailProps {
  readonly step: Step
  readonly opened: boolean
  /** Said above already; not said again. */
  readonly said: string | undefined
}

export function StepDetail({ step, opened, said }: StepDetailProps) {
  const { id, status, attempts, output, error } = step
  return (
    <section id={`step-${id}`} aria-labelledby={`step-${id}-title`}>
      <Group gap="xs" mb={4}>
        <Title order={3} size="h5" id={`step-${id}-title`} ff="monospace">
          {id}
        </Title>
        <StatusBadge status={status} />
        {attempts.length > 1 && (
          <Badge variant="light" color="gray" tt="none">
            {attempts.length} requests
          </Badge>
        )}
      </Group>
      {error && error.message !== said && (
        <Text size="sm" c="red">
          {error.message}
        </Text>
      )}
      {(attempts.length > 0 || output) && (
        <Disclosure label="What was sent and what came back" opened={opened}>
          <Stack>
            {attempts.map((attempt) => (
              <AttemptDetail
                key={`${attempt.attempt}-${attempt.index ?? 0}-${attempt.startedAt}`}
                attempt={attempt}
                said={error?.message}
              />
            ))}
            {output && (
              <JsonView
                label={`Made of it: the output of ${id}${output.truncated ? ' (its beginning)' : ''}`}
                value={output.content}
              />
            )}
          </Stack>
        </Disclosure>
      )}
    </section>
  )
}

function AttemptDetail({
  attempt: { attempt, index, durationMs, request, response, error },
  said,
}: {
  attempt: Attempt
  said: string | undefined
}) {
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Text size="sm" fw={600}>
          Attempt {attempt}
          {index !== undefined && `, item ${index + 1}`}
        </Text>
        <Code style={{ overflowWrap: 'anywhere' }}>
          {request.method} {request.url}
        </Code>
        {response && (
          <Badge variant="light" color={response.status < 400 ? 'green' : 'red'} tt="none">
            {response.status}
          </Badge>
        )}
        <Text size="sm" c="dimmed">
          {duration(durationMs)}
        </Text>
      </Group>
      {error && error.message !== said && <Alert color="red">{error.message}</Alert>}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Stack gap="xs">
          <JsonView
            label={request.body?.truncated ? 'Request (its beginning)' : 'Request'}
            value={request.body?.content ?? '(no body)'}
          />
          <Headers label="Request headers" headers={request.headers} />
        </Stack>
        <Stack gap="xs">
          {response ? (
            <>
              <JsonView
                label={response.body?.truncated ? 'Response (its beginning)' : 'Response'}
                value={response.body?.content ?? '(no body)'}
              />
              <Headers label="Response headers" headers={response.headers} />
            </>
          ) : (
            <Text size="sm" c="dimmed">
              No response came.
            </Text>
          )}
        </Stack>
      </SimpleGrid>
    </Stack>
  )
}

function Headers({ label, headers }: { label: string; headers: Readonly<Record<string, string>> }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  if (lines.length === 0) return null
  return (
    <Disclosure label={`${label} (${lines.length})`}>
      <JsonView label={label} value={lines.join('\n')} />
    </Disclosure>
  )
}
