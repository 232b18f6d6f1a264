import { describe, expect, it } from '@jest/globals'
import { count, duration, share } from './quantities.ts'
import { relativeTime } from './relative-time.ts'

describe('quantities', () => {
  it.each([
    [0, '0 ms'],
    [0.4, '< 1 ms'],
    [84.4, '84 ms'],
    [1_250, '1.3 s'],
    [30_000, '30 s'],
    [180_000, '3 min'],
    [9_000_000, '2.5 h'],
    [null, '–'],
  ])('says %p milliseconds as %p', (milliseconds, words) => {
    expect(duration(milliseconds)).toBe(words)
  })

  it.each([
    [null, '–'],
    [1, '100 %'],
    [0, '0 %'],
    [0.99999, '99.9 %'],
    [0.5, '50.0 %'],
  ])('says the share %p as %p: only all is 100 %', (part, words) => {
    expect(share(part)).toBe(words)
  })

  it('shortens what is many', () => {
    expect([count(9_999), count(12_345)]).toEqual(['9,999', '12.3K'])
  })

  it.each([
    [-2_000, 'just now'],
    [-90_000, '1 min. ago'],
    [7_200_000, 'in 2 hr.'],
  ])('says %p milliseconds from now as %p', (distance, words) => {
    expect(relativeTime(1e12 + distance, 1e12)).toBe(words)
  })

  it('gives the date of what is more than a week away', () => {
    expect(relativeTime(Date.parse('2026-01-02T12:00:00Z'), Date.parse('2026-11-24T12:00:00Z'))).toBe('Jan 2, 2026')
  })
})
