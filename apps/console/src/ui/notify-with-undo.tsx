import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'

const LONG_MS = 12_000

/** Says that something was done, and offers to take it back. */
export function notifyWithUndo(message: string, undo: () => Promise<unknown>): void {
  const id = crypto.randomUUID()
  const takeBack = async () => {
    notifications.hide(id)
    await undo().catch((error: Error) =>
      notifications.show({ color: 'red', title: 'It could not be undone', message: error.message }),
    )
  }
  notifications.show({
    id,
    autoClose: LONG_MS,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button size="compact-sm" variant="default" onClick={() => void takeBack()}>
          Undo
        </Button>
      </Group>
    ),
  })
}
