import { Text, Tooltip, type TextProps } from '@mantine/core'
import { useSyncExternalStore } from 'react'
import { relativeTime } from './relative-time.ts'

const TICK_MS = 10_000
let now = Date.now()
const listeners = new Set<() => void>()
setInterval(() => {
  now = Date.now()
  for (const listener of listeners) listener()
}, TICK_MS)
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** A time as people say it, exact on hover and focus. */
export function Moment({ at, ...text }: { at: string } & TextProps) {
  const present = useSyncExternalStore(subscribe, () => now)
  const exact = new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
  return (
    <Tooltip label={exact}>
      <Text span inherit {...text}>
        <time dateTime={at}>{relativeTime(Date.parse(at), present)}</time>
      </Text>
    </Tooltip>
  )
}
