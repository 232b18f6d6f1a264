import { Badge } from '@mantine/core'
import type { LiveState } from './live-stream.ts'
import { useLiveState } from './use-live.ts'

const looks: Record<LiveState, { label: string; color: string }> = {
  connecting: { label: 'Connecting', color: 'gray' },
  live: { label: 'Live', color: 'green' },
  lost: { label: 'Reconnecting', color: 'yellow' },
}

/** Whether the page follows what happens, or has lost the thread. */
export function LiveDot() {
  const { label, color } = looks[useLiveState()]
  return (
    <Badge variant="dot" color={color} tt="none" fw={500} role="status">
      {label}
    </Badge>
  )
}
