const units: readonly [Intl.RelativeTimeFormatUnit, milliseconds: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]
const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const WEEK_MS = 7 * 86_400_000

/** "3 min. ago", "in 2 hr."; a date when it is more than a week away. Milliseconds since the epoch. */
export function relativeTime(at: number, now: number): string {
  const distance = at - now
  if (Math.abs(distance) < 5_000) return 'just now'
  if (Math.abs(distance) >= WEEK_MS) return new Date(at).toLocaleDateString('en', { dateStyle: 'medium' })
  const [unit, size] = units.find(([, milliseconds]) => Math.abs(distance) >= milliseconds) ?? ['second', 1_000]
  return format.format(Math.trunc(distance / size), unit)
}
