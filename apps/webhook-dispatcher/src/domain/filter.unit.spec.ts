import { describe, expect, it } from '@jest/globals'
import { storeEventType, type EndpointFilter, type StoreEvent } from '@cartly/contracts'
import { CompiledFilter, EventReading, filterErrors } from './filter.ts'

const event = {
  ...(storeEventType('order.created')?.example as StoreEvent),
  data: { id: 'ord_1', total: { amount: 4_709 }, status: 'open', tags: ['gift', 'eu'], note: 'be/quick', gone: null },
}
const passes = (filter: EndpointFilter): boolean => new CompiledFilter(filter).passes(new EventReading(event))

describe('a filter', () => {
  it.each<[EndpointFilter, boolean]>([
    [{}, true],
    [{ '/data/status': { equals: 'open' } }, true],
    [{ '/data/status': { equals: 'paid' } }, false],
    [{ '/data/gone': { equals: null } }, true],
    [{ '/data/none': { equals: null } }, false],
    [{ '/data/status': { in: ['paid', 'open'] } }, true],
    [{ '/data/status': { not: 'open' } }, false],
    [{ '/data/none': { not: 'open' } }, true],
    [{ '/data/total/amount': { gt: 4_708, lt: 4_710 } }, true],
    [{ '/data/total/amount': { gte: 4_709, lte: 4_709 } }, true],
    [{ '/data/total/amount': { gt: 4_709 } }, false],
    [{ '/data/status': { gt: 1 } }, false],
    [{ '/data/note': { startsWith: 'be/' } }, true],
    [{ '/data/tags': { contains: 'eu' } }, true],
    [{ '/data/tags/0': { equals: 'gift' } }, true],
    [{ '/data/note': { contains: 'quick' } }, true],
    [{ '/data/none': { contains: 'x' } }, false],
    [{ '/data/none': { exists: false } }, true],
    [{ '/data/gone': { exists: true } }, true],
    [{ '/data/toString': { exists: true } }, false],
    [{ '/type': { startsWith: 'order.' }, '/data/status': { equals: 'paid' } }, false],
  ])('%j passes: %s', (filter, expected) => {
    expect(filterErrors(filter)).toEqual([])
    expect(passes(filter)).toBe(expected)
  })

  it.each([
    ['/payload/total', '/filter/~1payload~1total'],
    ['/type/x', '/filter/~1type~1x'],
    ['/data/~x', '/filter/~1data~1~0x'],
  ])('that points to %s is refused with its place', (pointer, at) => {
    expect(filterErrors({ [pointer]: { exists: true } })).toEqual([{ pointer: at, message: expect.any(String) }])
  })
})
