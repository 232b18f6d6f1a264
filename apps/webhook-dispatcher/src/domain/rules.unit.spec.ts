import { describe, expect, it } from '@jest/globals'
import { storeEventTypes } from '@cartly/contracts'
import fc from 'fast-check'
import { bitOf, firstTypeOf, subscriptionOf } from './event-types.ts'
import { headerErrors, presentable } from './headers.ts'
import { outcomeOf } from './outcome.ts'
import { Pace } from './pace.ts'

describe('a subscription', () => {
  const types = (patterns: string[]) =>
    storeEventTypes.map(({ type }) => type).filter((type) => (subscriptionOf(patterns) & bitOf(type)) !== 0)

  it('holds what its patterns stand for', () => {
    expect(types(['*'])).toHaveLength(storeEventTypes.length)
    expect(types(['order.*'])).toEqual(['order.created', 'order.updated', 'order.fulfilled'])
    expect(types(['order.created', 'product.deleted'])).toEqual(['order.created', 'product.deleted'])
    expect(types(['order.eaten', 'order', 'ord*', '.*', ''])).toEqual([])
    expect(firstTypeOf(subscriptionOf(['product.*']))).toBe('product.created')
  })
})

describe('a reply', () => {
  const reply = (status: number, retryAfter?: string) => outcomeOf({ status, retryAfter }, 0)
  it.each([200, 201, 204, 299])('%s is a success', (status) => {
    expect(reply(status).kind).toBe('delivered')
  })
  it.each([
    [301, 'redirect', false],
    [400, 'http_400', false],
    [429, 'http_429', true],
    [500, 'http_500', false],
    [502, 'http_502', true],
    [504, 'http_504', true],
  ])('%s is a failure %s, and slows down: %s', (status, code, slowDown) => {
    expect(reply(status)).toMatchObject({ kind: 'failed', error: { code }, slowDown })
  })
  it('410 ends it, and Retry-After slows down whatever the status', () => {
    expect(reply(410).kind).toBe('gone')
    expect(reply(503, '7')).toMatchObject({ slowDown: true, retryAfterMs: 7_000 })
  })
  it('that did not come in time slows down', () => {
    const failure = (code: string) => outcomeOf({ failure: { code, message: 'x' } }, 0)
    expect(failure('first_byte_timeout')).toMatchObject({ slowDown: true })
    expect(failure('connect_refused')).toMatchObject({ slowDown: false })
  })
})

describe('headers of an endpoint', () => {
  it('do not replace those of the delivery', () => {
    expect(headerErrors({ 'X-Fine': '1', 'Webhook-Id': '2', 'content-length': '3', 'x-fine': '4' })).toEqual([
      { pointer: '/headers/Webhook-Id', message: expect.stringContaining('set by the delivery') },
      { pointer: '/headers/content-length', message: expect.stringContaining('set by the delivery') },
      { pointer: '/headers/x-fine', message: expect.stringContaining('twice') },
    ])
  })
  it('are hidden, whatever they are called', () => {
    const own = { Authorization: 'Bearer t', 'x-env': 'prod' }
    expect(presentable({ ...own, 'webhook-signature': 'v1,s' }, own)).toEqual({
      Authorization: '[redacted]',
      'x-env': '[redacted]',
      'webhook-signature': 'v1,s',
    })
  })
})

describe('a pace', () => {
  it('is never exceeded over a second, and lets everything through in time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 200 }),
        (rate, waits) => {
          const pace = new Pace(rate)
          const taken: number[] = []
          let now = 0
          for (const wait of waits) {
            now += wait
            while (pace.allowed(now) > 0) {
              pace.take(now)
              taken.push(now)
            }
            expect(pace.nextAt).toBeGreaterThan(now)
          }
          const most = rate + Math.ceil(rate / 10) + 1
          for (const [index, at] of taken.entries()) {
            const within = taken.slice(index).filter((other) => other < at + 1_000).length
            expect(within).toBeLessThanOrEqual(most)
          }
        },
      ),
      { numRuns: 50 },
    )
  })
})
