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

/** A time as people say it, exact on hover. Plain elements: a long list draws dozens of them at each step of scrolling. */
export function Moment({ at }: { at: string }) {
  const present = useSyncExternalStore(subscribe, () => now)
  const exact = new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
  return (
    <time dateTime={at} title={exact}>
      {relativeTime(Date.parse(at), present)}
    </time>
  )
}
