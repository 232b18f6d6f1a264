import type { Schemas } from '../api/client.ts'
import type { Window } from './window-choice.tsx'

type Point = Schemas['Stats']['series'][number]

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How far a window reaches, and the widest step between the points of its series. Milliseconds. */
const windows: Readonly<Record<Window, { reach: number; step: number }>> = {
  '1h': { reach: HOUR, step: MINUTE },
  '24h': { reach: DAY, step: HOUR },
  '7d': { reach: 7 * DAY, step: 6 * HOUR },
  '30d': { reach: 30 * DAY, step: DAY },
}

/** A series with a point for each step of its window: the API leaves out those at which nothing happened. */
export function fillSeries(series: readonly Point[], window: Window, now: number): Point[] {
  const { reach, step: widest } = windows[window]
  const times = series.map(({ at }) => Date.parse(at))
  const gaps = times.slice(1).map((time, index) => time - (times[index] as number))
  const step = gaps.reduce(greatestCommonDivisor, widest)
  const known = new Map(series.map((point, index) => [times[index] as number, point]))
  const last = times.at(-1) ?? Math.floor(now / step) * step
  const end = last + Math.floor((now - last) / step) * step
  const count = Math.ceil(reach / step)
  return Array.from({ length: count }, (_, index) => {
    const time = end - (count - 1 - index) * step
    return known.get(time) ?? { at: new Date(time).toISOString(), total: 0, failed: 0, p50: null, p95: null }
  })
}

const greatestCommonDivisor = (one: number, other: number): number =>
  other === 0 ? one : greatestCommonDivisor(other, one % other)
