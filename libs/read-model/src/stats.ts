import type { Stats, Window } from '@cartly/contracts'
import { Sketch } from './sketch.ts'

/** What happened in a period: a minute, an hour. */
export interface Counts {
  /** When it began, in milliseconds since the epoch. */
  readonly at: number
  readonly total: number
  readonly failed: number
  /** Of the durations. */
  readonly latency: Sketch
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How far each window reaches back, and what a point of its series covers. */
const windows: Record<Window, { readonly reach: number; readonly step: number }> = {
  '1h': { reach: HOUR, step: MINUTE },
  '24h': { reach: DAY, step: HOUR },
  '7d': { reach: 7 * DAY, step: 6 * HOUR },
  '30d': { reach: 30 * DAY, step: DAY },
}

/** When the window that ends at `now` begins; both in milliseconds since the epoch. */
export const beginningOf = (window: Window, now: number): number => now - windows[window].reach

/**
 * The figures of the window that ends at `now`, from the counts of the periods in it. Percentiles are within one percent.
 * The series has a point for each whole minute, hour, six hours or day that the window touches, empty ones included.
 */
export function statsOf(window: Window, now: number, counts: readonly Counts[]): Stats {
  const { reach, step } = windows[window]
  const begins = Math.floor((now - reach) / step) * step
  const points = Array.from({ length: reach / step + 1 }, (_, index) => new Sum(begins + index * step))
  const all = new Sum(begins)
  for (const period of counts) {
    all.add(period)
    points[Math.floor((period.at - begins) / step)]?.add(period)
  }
  const [p50, p95, p99] = all.latency.quantiles([0.5, 0.95, 0.99])
  return {
    window,
    total: all.total,
    succeeded: all.total - all.failed,
    failed: all.failed,
    successRate: all.total === 0 ? null : (all.total - all.failed) / all.total,
    latencyMs: { p50, p95, p99 },
    series: points.map((point) => point.toPoint()),
  }
}

class Sum {
  readonly #at: number
  total = 0
  failed = 0
  readonly latency = new Sketch()

  constructor(at: number) {
    this.#at = at
  }

  add({ total, failed, latency }: Counts): void {
    this.total += total
    this.failed += failed
    this.latency.merge(latency)
  }

  toPoint(): Stats['series'][number] {
    const [p50, p95] = this.latency.quantiles([0.5, 0.95])
    return { at: new Date(this.#at).toISOString(), total: this.total, failed: this.failed, p50, p95 }
  }
}
