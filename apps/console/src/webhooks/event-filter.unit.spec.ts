import { describe, expect, it } from '@jest/globals'
import { passes, pointersIn, type EventFilter } from './event-filter.ts'
import { headersIn, headersText, secondsIn } from './form-texts.ts'

const event = { type: 'order.created', data: { total: { amount: 1250 }, tags: ['gift'], 'a/b': null } }

describe('passes', () => {
  it.each<[EventFilter, boolean]>([
    [{}, true],
    [{ '/data/total/amount': { gte: 1000, lt: 1250 } }, false],
    [{ '/data/total/amount': { gte: 1000, lte: 1250 } }, true],
    [{ '/data/tags': { contains: 'gift' } }, true],
    [{ '/data/a~1b': { equals: null } }, true],
    [{ '/data/nowhere': { exists: false } }, true],
    [{ '/data/nowhere': { gt: 0 } }, false],
    [{ '/type': { in: ['order.created'], startsWith: 'order' } }, true],
  ])('%j: %p', (filter, expected) => {
    expect(passes(filter, event)).toBe(expected)
  })
})

it('offers every place of an event that holds a plain value', () => {
  expect(pointersIn(event)).toEqual(['/type', '/data/total/amount', '/data/a~1b'])
})

it('reads headers and seconds as a person writes them', () => {
  expect(headersIn(headersText({ 'X-A': 'b: c' }))).toEqual({ 'X-A': 'b: c' })
  expect(headersIn('no colon\n: no name')).toEqual({})
  expect(secondsIn(' 5, 300 ,,x')).toEqual([5, 300])
})
