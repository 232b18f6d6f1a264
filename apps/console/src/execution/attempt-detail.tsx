import { Alert, Badge, Code, Group, Stack, Text } from '@mantine/core'
import { JsonView } from '../json/json-view.tsx'
import { Disclosure } from '../ui/disclosure.tsx'
import { duration } from '../ui/quantities.ts'
import type { Attempt } from './step-items.ts'

/** What was asked for, how it was answered, and what was wrong unless that has been `said`. */
export function AttemptLine({ attempt, said }: { attempt: Attempt; said?: string | undefined }) {
  const { attempt: number, durationMs, request, response, error } = attempt
  return (
    <>
      <Group gap="xs">
        {number > 1 && (
          <Text size="sm" fw={600}>
            Attempt {number}
          </Text>
        )}
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
    </>
  )
}

export const RequestView = ({ attempt: { request } }: { attempt: Attempt }) => (
  <Message label="Request" message={request} />
)

export function ResponseView({ attempt: { response } }: { attempt: Attempt }) {
  if (!response) {
    return (
      <Text size="sm" c="dimmed">
        No response came.
      </Text>
    )
  }
  return <Message label="Response" message={response} />
}

function Message({
  label,
  message: { headers, body },
}: {
  label: string
  message: Pick<Attempt['request'], 'headers' | 'body'>
}) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return (
    <Stack gap={4}>
      <JsonView label={body?.truncated ? `${label} (its beginning)` : label} value={body?.content ?? '(no body)'} />
      {lines.length > 0 && (
        <Disclosure label={`${label} headers (${lines.length})`}>
          <JsonView label={`${label} headers`} value={lines.join('\n')} />
        </Disclosure>
      )}
    </Stack>
  )
}
