import { Badge } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconPlayerPause,
  type Icon,
} from '@tabler/icons-react'
import classes from './status.module.css'

interface Look {
  readonly label: string
  readonly color: string
  readonly Icon: Icon
}

/** Every status the API has a word for: its label, and a colour that is never the only sign of it. */
const looks = {
  installed: { label: 'Setup not finished', color: 'yellow', Icon: IconCircleDashed },
  ready: { label: 'Ready to activate', color: 'blue', Icon: IconCircleCheck },
  active: { label: 'Active', color: 'green', Icon: IconCircleCheck },
  inactive: { label: 'Inactive', color: 'gray', Icon: IconPlayerPause },
  needs_attention: { label: 'Needs attention', color: 'red', Icon: IconAlertTriangle },
  removed: { label: 'Removed', color: 'gray', Icon: IconCircleX },
  succeeded: { label: 'Succeeded', color: 'green', Icon: IconCircleCheck },
  failed: { label: 'Failed', color: 'red', Icon: IconCircleX },
  skipped: { label: 'Skipped', color: 'gray', Icon: IconCircleDashed },
  pending: { label: 'Waiting', color: 'blue', Icon: IconClock },
  retrying: { label: 'Will be retried', color: 'yellow', Icon: IconClock },
  parked: { label: 'Set aside', color: 'orange', Icon: IconPlayerPause },
  enabled: { label: 'Enabled', color: 'green', Icon: IconCircleCheck },
  disabled: { label: 'Disabled', color: 'gray', Icon: IconPlayerPause },
  connected: { label: 'Connected', color: 'green', Icon: IconCircleCheck },
  access_lost: { label: 'Access lost', color: 'red', Icon: IconAlertTriangle },
  revoked: { label: 'Given back', color: 'gray', Icon: IconCircleX },
  none: { label: 'Not connected', color: 'gray', Icon: IconCircleDashed },
} as const satisfies Record<string, Look>

export type Status = keyof typeof looks

export const statusLabel = (status: Status): string => looks[status].label

/** @param terse on narrow screens its sign alone, the words for those who listen */
export function StatusBadge({ status, terse = false }: { status: Status; terse?: boolean }) {
  const { label, color, Icon } = looks[status]
  return (
    <Badge
      variant="light"
      color={color}
      radius="sm"
      tt="none"
      fw={600}
      leftSection={<Icon size={14} aria-hidden />}
      className={terse ? classes.terse : ''}
    >
      {label}
    </Badge>
  )
}
