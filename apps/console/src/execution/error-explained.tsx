import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from 'react-router'
import type { Execution } from '../integrations/queries.ts'
import { useStoreId } from '../shell/use-store-id.ts'
import { errorClassWords } from './error-words.ts'

/** Why a run failed, in the service's words and in ours, and what to do now. */
export function ErrorExplained({ run, name }: { run: Execution; name: string }) {
  const storeId = useStoreId()
  const { error, connectorId } = run
  if (!error) return null
  const { label, next } = errorClassWords[error.class]
  const address = `/stores/${storeId}/integrations/${connectorId}`
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={label}>
      <Stack gap="xs">
        <Text size="sm">{error.message}</Text>
        <Text size="sm">
          <b>What to do:</b> {next}
        </Text>
        {error.class === 'configuration' && (
          <Group gap="xs">
            <Button component={Link} to={`${address}/credentials`} size="xs">
              Credentials of {name}
            </Button>
            <Button component={Link} to={`${address}/settings`} size="xs" variant="default">
              Settings
            </Button>
          </Group>
        )}
        <Text size="xs" c="dimmed">
          {error.code}
        </Text>
      </Stack>
    </Alert>
  )
}
