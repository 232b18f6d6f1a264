import { checkStoreEvent, storeEventTypes, type Order, type StoreEvent } from '@cartly/contracts'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { Dice } from '../dice.ts'
import { Shop } from './shop.ts'

const day = (seed: number, events: number): StoreEvent[] => {
  const shop = new Shop({
    storeId: 'store_1',
    run: 'r1',
    dice: new Dice(seed),
    now: () => new Date('2026-11-24T09:00:00Z'),
  })
  return Array.from({ length: events }, () => shop.next())
}

describe('the simulated shop', () => {
  let events: StoreEvent[]
  beforeAll(() => {
    events = day(7, 3_000)
  })
  const ofType = (type: string) => events.filter((event) => event.type === type)

  it('does the same again from the same seed, and something else from another', () => {
    expect(day(7, 200)).toEqual(events.slice(0, 200))
    expect(day(8, 200)).not.toEqual(events.slice(0, 200))
  })

  it('says only what fits the contract, of every type there is', () => {
    for (const event of events) {
      expect(checkStoreEvent(`store.store_1.${event.type}`, Buffer.from(JSON.stringify(event)))).toMatchObject({
        ok: true,
      })
    }
    // `webhook.disabled` is the engine's own.
    const types = storeEventTypes.map(({ type }) => type).filter((type) => type !== 'webhook.disabled')
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(types))
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
  })

  it('announces customers and products before they are ordered, and orders nothing it has retired', () => {
    const known = new Set<unknown>()
    for (const { type, data } of events) {
      if (type === 'customer.created' || type === 'product.created') known.add(data['id'])
      if (type === 'product.deleted') known.delete(data['id'])
      if (type === 'order.created') {
        const order = data as Order
        expect(known).toContain(order.customerId)
        for (const { productId } of order.items ?? []) expect(known).toContain(productId)
      }
    }
  })

  it('takes each order from open over paid to fulfilled', () => {
    const stage = new Map<string, string>()
    const before: Record<string, string | undefined> = {
      'order.created': undefined,
      'order.updated': 'order.created',
      'order.fulfilled': 'order.updated',
    }
    for (const { type, data } of events) {
      if (!(type in before)) continue
      expect(stage.get(String(data['id']))).toBe(before[type])
      stage.set(String(data['id']), type)
    }
    expect(ofType('order.fulfilled').length).toBeGreaterThan(50)
  })

  it('adds up its orders and carries its stock over', () => {
    for (const { data } of ofType('order.created')) {
      const { subtotal, shipping, tax, total } = data as Required<Order>
      expect(total.amount).toBe(subtotal.amount + shipping.amount + tax.amount)
    }
    const stock = new Map<unknown, unknown>()
    for (const { data } of ofType('inventory.updated')) {
      expect(data['previous']).toBe(stock.get(data['productId']) ?? 0)
      stock.set(data['productId'], data['available'])
    }
  })
})
