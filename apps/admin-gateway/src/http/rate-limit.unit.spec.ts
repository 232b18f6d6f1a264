import { expect, test } from '@jest/globals'
import { RateLimit } from './rate-limit.ts'

test('a bucket fills at its rate, up to its size', () => {
  let now = 0
  const limit = new RateLimit({ perSecond: 10, burst: 2 }, () => now)

  expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([
    { remaining: 1, retryAfterMs: 0 },
    { remaining: 0, retryAfterMs: 0 },
    { remaining: 0, retryAfterMs: 100 },
  ])
  now = 50
  expect(limit.take('a')).toEqual({ remaining: 0, retryAfterMs: 50 })
  now = 100
  expect(limit.take('a')).toEqual({ remaining: 0, retryAfterMs: 0 })
  now = 60_000
  expect(limit.take('a')).toEqual({ remaining: 1, retryAfterMs: 0 })
})

test('no number of callers fills the memory', () => {
  const limit = new RateLimit({ perSecond: 1, burst: 1 }, () => 0)
  limit.take('first')
  for (let index = 0; index < 9_999; index++) limit.take(`caller ${index}`)
  expect(limit.take('first').retryAfterMs).toBeGreaterThan(0)
  for (let index = 0; index < 10_001; index++) limit.take(`another ${index}`)
  expect(limit.take('first').retryAfterMs).toBe(0)
})
