import { describe, expect, it } from '@jest/globals'
import { nextTryIn, type TryEnded } from './next-try.ts'

const ended = (over: Partial<TryEnded>): TryEnded => ({
  trigger: 'event',
  tries: 1,
  errorClass: 'transient',
  retryAfterMs: undefined,
  reconcilable: false,
  wrote: false,
  random: 0,
  ...over,
})

/** How many tries there are in all, when each ends alike. */
const tries = (over: Partial<TryEnded>): number => {
  for (let count = 1; ; count++) if (nextTryIn(ended({ ...over, tries: count })) === undefined) return count
}

describe('another try', () => {
  it('is made for a store event that failed in passing, later each time, and not for ever', () => {
    expect(nextTryIn(ended({}))).toBe(5_000)
    expect(nextTryIn(ended({ tries: 2 }))).toBe(30_000)
    expect(tries({})).toBe(9)
  })

  it('is not made for a caller who can ask again', () => {
    expect(nextTryIn(ended({ trigger: 'invoke' }))).toBeUndefined()
  })

  it('is made for whoever began what cannot be undone', () => {
    expect(nextTryIn(ended({ trigger: 'invoke', wrote: true }))).toBe(2_000)
  })

  it('finds out what is not known, where there is a way to', () => {
    expect(nextTryIn(ended({ trigger: 'invoke', errorClass: 'unknown', reconcilable: true }))).toBe(2_000)
    expect(nextTryIn(ended({ errorClass: 'unknown' }))).toBeUndefined()
  })

  it.each(['permanent', 'configuration', undefined] as const)('is not made after %s', (errorClass) => {
    expect(nextTryIn(ended({ errorClass, wrote: true }))).toBeUndefined()
  })

  it('never undercuts what the service asked for', () => {
    expect(nextTryIn(ended({ retryAfterMs: 120_000 }))).toBe(120_000)
  })
})
