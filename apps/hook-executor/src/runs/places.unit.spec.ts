import { newId, type StoreId } from '@cartly/contracts'
import { describe, expect, it } from '@jest/globals'
import type { Connector } from '../domain/connector.ts'
import { Places } from './places.ts'

const connectorOf = (storeId: string, slug?: string): Connector =>
  ({
    connectorId: newId('conn'),
    storeId: storeId as StoreId,
    template: slug ? { slug, version: '1.0.0' } : null,
  }) as unknown as Connector

function fill(places: Places, connectors: readonly Connector[]): (() => string[])[] {
  return connectors.flatMap((connector) => {
    const room = places.room(connector.connectorId, connector)
    return Array.from({ length: room }, () => places.take(connector.connectorId, connector))
  })
}
const many = (count: number, make: (n: number) => Connector): Connector[] =>
  Array.from({ length: count }, (_, n) => make(n))

describe('the places for runs', () => {
  it('are few for a connector, and for a store, whatever it has', () => {
    const places = new Places()

    expect(
      fill(
        places,
        many(1, () => connectorOf('a')),
      ),
    ).toHaveLength(8)
    expect(
      fill(
        places,
        many(40, () => connectorOf('a')),
      ),
    ).toHaveLength(64 - 8)
    expect(
      fill(
        places,
        many(1, () => connectorOf('b')),
      ),
    ).toHaveLength(8)
  })

  it('are left to other services by one that is down for all stores', () => {
    const places = new Places()

    expect(
      fill(
        places,
        many(100, (n) => connectorOf(`store ${n}`, 'slack')),
      ),
    ).toHaveLength(256)
    expect(
      fill(
        places,
        many(10, (n) => connectorOf(`store ${n}`, 'shippo')),
      ),
    ).toHaveLength(80)
  })

  it('go to who has waited when they are given back, in turn', () => {
    const places = new Places()
    const taken = fill(
      places,
      many(8, () => connectorOf('a')),
    )
    const [first, second] = many(2, () => connectorOf('a'))
    for (const late of [first!, second!]) expect(places.room(late.connectorId, late)).toBe(0)

    expect(taken.map((leave) => leave()).slice(0, 3)).toEqual([[first!.connectorId], [second!.connectorId], []])
    expect(places.room(first!.connectorId, first)).toBe(8)
  })

  it('are counted of a connector that is removed meanwhile', () => {
    const places = new Places()
    const { connectorId } = connectorOf('a')

    const taken = Array.from({ length: 8 }, () => places.take(connectorId, undefined))

    expect(places.room(connectorId, undefined)).toBe(0)
    for (const leave of taken) leave()
    expect(places.room(connectorId, undefined)).toBe(8)
  })
})
