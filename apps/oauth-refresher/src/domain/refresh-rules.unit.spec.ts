import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { afterFailure, type FailedRefresh } from './after-failure.ts'
import { expiryOf, refreshTime } from './refresh-time.ts'

const minute = 60_000
const now = 1_000_000_000_000

describe('when to refresh', () => {
  test.each([
    ['an hour', 60, 45],
    ['twenty minutes', 20, 10],
    ['a minute', 1, 0.5],
    ['a day', 24 * 60, 24 * 60 - 15],
  ])('a token of %s', (_, life, expected) => {
    expect(refreshTime(now, now + life * minute, {})).toBe(now + expected * minute)
  })

  test('an idle grant is kept alive', () => {
    expect(refreshTime(now, null, { idleExpirySeconds: 100 })).toBe(now + 50_000)
    expect(refreshTime(now, now + 60 * minute, { idleExpirySeconds: 100 })).toBe(now + 50_000)
  })

  test('what never ends is never refreshed, unless the template knows when it does', () => {
    expect(refreshTime(now, expiryOf(now, undefined, {}), {})).toBeNull()
    expect(expiryOf(now, undefined, { defaultExpirySeconds: 61 })).toBe(now + minute)
    expect(expiryOf(now, 31, { defaultExpirySeconds: 60 })).toBe(now + minute / 2)
  })
})

describe('after a failed refresh', () => {
  const failed = (more: Partial<FailedRefresh> & { class: FailedRefresh['failure']['class'] }): FailedRefresh => ({
    failure: { class: more.class, code: 'x', message: 'x' },
    now,
    attempts: 1,
    uncertainSince: null,
    expiresAt: now + 10 * minute,
    replayWindowMs: 0,
    ...more,
  })

  test('what passes is tried again, later each time, and never before the service says', () => {
    const after = (attempts: number) => afterFailure(failed({ class: 'transient', attempts })).retryAt! - now
    expect([1, 2, 3, 20].map(after)).toEqual([10_000, 20_000, 40_000, 60 * minute])
    const patient = afterFailure({
      ...failed({ class: 'transient' }),
      failure: { class: 'transient', code: 'x', message: 'x', retryAfterMs: 5 * minute },
    })
    expect(patient.retryAt).toBe(now + 5 * minute)
  })

  test('however often it passes, the grant does not end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.option(fc.integer({ min: 0, max: 9e12 })),
        (attempts, uncertainSince) => {
          expect(afterFailure(failed({ class: 'transient', attempts, uncertainSince })).lost).toBe(false)
        },
      ),
    )
  })

  test('a lost reply is followed by one attempt, when the access token has ended', () => {
    expect(afterFailure(failed({ class: 'ambiguous' }))).toEqual({ retryAt: now + 10 * minute, lost: false })
    expect(afterFailure(failed({ class: 'ambiguous', uncertainSince: now - minute }))).toEqual({
      retryAt: null,
      lost: true,
    })
  })

  test('within a replay window it is tried again, and at its end too', () => {
    const inWindow = (since: number) => failed({ class: 'ambiguous', uncertainSince: since, replayWindowMs: 30_000 })
    expect(afterFailure({ ...inWindow(now), uncertainSince: null })).toEqual({ retryAt: now + 10_000, lost: false })
    expect(afterFailure(inWindow(now - 25_000))).toEqual({ retryAt: now + 4_000, lost: false })
    expect(afterFailure(inWindow(now - 30_000))).toEqual({ retryAt: null, lost: true })
  })

  test('a clear word of the service ends it', () => {
    expect(afterFailure(failed({ class: 'permanent' }))).toEqual({ retryAt: null, lost: true })
  })
})
