import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { defaultRetrySchedule, parseRetryAfter, retryDelay } from './retry.ts'

const HOUR_MS = 3_600_000

describe('a retry', () => {
  it('comes by the schedule, up to a fifth later, and ends with it', () => {
    const delay = (attempt: number, random: number) => retryDelay({ attempt, random, retryAfterCapMs: HOUR_MS })
    expect(delay(1, 0)).toBe(5_000)
    expect(delay(1, 1)).toBe(6_000)
    expect(delay(2, 0)).toBe(300_000)
    expect(delay(9, 0)).toBe(86_400_000)
    expect(delay(10, 0)).toBeUndefined()
    expect(defaultRetrySchedule.reduce((sum, seconds) => sum + seconds)).toBeGreaterThan(3 * 86_400)
  })

  it('never comes before what is scheduled or asked for, up to the cap', () => {
    const requests = fc.record({
      attempt: fc.integer({ min: 1, max: 5 }),
      retryAfterMs: fc.integer({ min: 0, max: 10 * HOUR_MS }),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(requests, (request) => {
        const schedule = [1, 2, 3, 4, 5]
        const delay = retryDelay({ ...request, schedule, retryAfterCapMs: HOUR_MS }) ?? 0
        expect(delay).toBeGreaterThanOrEqual((schedule[request.attempt - 1] ?? 0) * 1_000)
        expect(delay).toBeGreaterThanOrEqual(Math.min(request.retryAfterMs, HOUR_MS))
        expect(delay).toBeLessThanOrEqual(Math.max(6_000, HOUR_MS))
      }),
    )
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-11-24T09:30:00Z')
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Tue, 24 Nov 2026 09:31:00 GMT', 60_000],
    ['Tue, 24 Nov 2026 09:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    [undefined, undefined],
  ])('%j is %s ms', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected)
  })
})
