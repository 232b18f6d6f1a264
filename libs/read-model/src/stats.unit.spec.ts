import type { Window } from '@cartly/contracts'
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { Sketch } from './sketch.ts'
import { beginningOf, statsOf, type Counts } from './stats.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const now = Date.parse('2026-11-24T09:41:30Z')
const lengths: readonly [Window, points: number, step: number][] = [
  ['1h', 61, MINUTE],
  ['24h', 25, HOUR],
  ['7d', 29, 6 * HOUR],
  ['30d', 31, 24 * HOUR],
]

const period = (at: number, durations: readonly number[], failed = 0): Counts => {
  const latency = new Sketch()
  for (const ms of durations) latency.record(ms)
  return { at, total: durations.length, failed, latency }
}

describe('the figures of a window', () => {
  it.each(lengths)('of %s have a point for each step that it touches', (window, points, step) => {
    const { series } = statsOf(window, now, [])

    expect(series).toHaveLength(points)
    const times = series.map(({ at }) => Date.parse(at))
    expect(Math.floor((beginningOf(window, now) - times[0]!) / step)).toBe(0)
    expect(Math.floor((now - times.at(-1)!) / step)).toBe(0)
    expect(new Set(times.slice(1).map((at, i) => at - times[i]!))).toEqual(new Set([step]))
    expect(series[0]).toEqual({ at: series[0]!.at, total: 0, failed: 0, p50: null, p95: null })
  })

  it('are those of all attempts taken together, percentiles within one percent', () => {
    const attempts = fc.array(fc.array(fc.double({ min: 0.05, max: 60_000, noNaN: true }), { minLength: 1 }), {
      minLength: 1,
      maxLength: 60,
    })
    fc.assert(
      fc.property(attempts, (minutes) => {
        const begins = Math.floor(beginningOf('1h', now) / MINUTE) * MINUTE
        const counts = minutes.map((durations, index) => period(begins + index * MINUTE, durations, 1))
        const all = minutes.flat().toSorted((a, b) => a - b)

        const stats = statsOf('1h', now, counts)

        expect(stats).toMatchObject({
          total: all.length,
          failed: minutes.length,
          succeeded: all.length - minutes.length,
          successRate: (all.length - minutes.length) / all.length,
        })
        for (const [rank, read] of [
          [0.5, stats.latencyMs.p50],
          [0.95, stats.latencyMs.p95],
          [0.99, stats.latencyMs.p99],
        ] as const) {
          const exact = all[Math.floor(rank * (all.length - 1))]!
          expect(Math.abs(read! - exact)).toBeLessThanOrEqual(exact * 0.01 + 0.005)
        }
        expect(stats.series.map(({ total }) => total).slice(0, minutes.length)).toEqual(
          minutes.map(({ length }) => length),
        )
      }),
    )
  })

  it('say nothing of a rate where nothing happened', () => {
    expect(statsOf('24h', now, [])).toMatchObject({ total: 0, successRate: null, latencyMs: { p50: null } })
  })
})
