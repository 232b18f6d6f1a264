import { Alert, Button, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ApiError } from '../api/api-error.ts'

interface ProblemAlertProps {
  readonly error: Error
  readonly title: string
  /** Given when trying again may help. */
  readonly retry?: () => unknown
}

/** What went wrong, in the API's words, each place that was wrong, and a way on. */
export function ProblemAlert({ error, title, retry }: ProblemAlertProps) {
  const problem = error instanceof ApiError ? error.problem : undefined
  return (
    <Alert color="red" title={title} icon={<IconAlertTriangle aria-hidden />} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{problem?.detail ?? 'Something in the console went wrong.'}</Text>
        {problem?.errors && (
          <List size="sm">
            {problem.errors.map(({ pointer, message }) => (
              <List.Item key={pointer + message}>
                <code>{pointer || '/'}</code> {message}
              </List.Item>
            ))}
          </List>
        )}
        {problem?.instance && (
          <Text size="xs" c="dimmed">
            {problem.code} · {problem.instance}
          </Text>
        )}
        {retry && (
          <Button size="xs" variant="default" onClick={() => void retry()}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
