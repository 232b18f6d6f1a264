import { describe, expect, it } from '@jest/globals'
import type { CachePolicy } from '@cartly/request-chain'
import { AnswerCache, entryOf, type Kept } from './answer-cache.ts'

const policy = { freshSeconds: 10, staleSeconds: 60, negativeSeconds: 5 }
const answer = { status: 'succeeded', output: { rates: [] } } as const
const refusal = { status: 'failed', error: { class: 'permanent', code: 'no', message: 'No' } } as const
const large = (n: number) => ({ status: 'succeeded', output: 'x'.repeat(3_000) + n }) as const

function keep(cache: AnswerCache, key: string, kept: Kept, by: CachePolicy, now: number): void {
  const entry = entryOf(kept, by, now)
  if (entry) cache.keep(key, entry)
}

describe('the cache of answers', () => {
  it('gives an answer again while it is fresh, and lets it stand in for longer', () => {
    const cache = new AnswerCache()
    keep(cache, 'a', answer, policy, 0)

    expect(cache.fresh('a', 9_999)).toEqual(answer)
    expect(cache.fresh('a', 10_000)).toBeUndefined()
    expect(cache.stale('a', 59_999)).toEqual(answer.output)
    expect(cache.stale('a', 60_000)).toBeUndefined()
  })

  it('gives a refusal again for its own while, and never as a stand-in', () => {
    const cache = new AnswerCache()
    keep(cache, 'a', refusal, policy, 0)

    expect(cache.fresh('a', 4_999)).toEqual(refusal)
    expect(cache.stale('a', 4_999)).toBeUndefined()
    expect(cache.fresh('a', 5_000)).toBeUndefined()
  })

  it('keeps no refusal where the hook does not say so', () => {
    const cache = new AnswerCache()
    keep(cache, 'a', refusal, { freshSeconds: 10 }, 0)

    expect(cache.fresh('a', 1)).toBeUndefined()
  })

  it('stays within its size: what was not asked for longest goes first', () => {
    const cache = new AnswerCache(10_000)
    for (let n = 0; n < 3; n++) keep(cache, `k${n}`, large(n), policy, 0)
    cache.fresh('k0', 1)

    keep(cache, 'k3', large(3), policy, 0)

    expect([0, 1, 2, 3].map((n) => cache.fresh(`k${n}`, 1) !== undefined)).toEqual([true, false, true, true])
  })

  it('does not grow by answers that take the place of others, or are too old', () => {
    const cache = new AnswerCache(10_000)
    for (let n = 0; n < 100; n++) keep(cache, 'same', { status: 'succeeded', output: 'x'.repeat(4_000) }, policy, n)
    keep(cache, 'other', answer, policy, 100)

    expect(cache.fresh('same', 101)).toBeDefined()
    expect(cache.fresh('other', 101)).toBeDefined()
  })
})
