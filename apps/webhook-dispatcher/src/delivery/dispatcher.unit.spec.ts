import { describe, expect, it } from '@jest/globals'
import { newId, storeEventType, type EndpointId, type StoreId } from '@cartly/contracts'
import { setImmediate as turn } from 'node:timers/promises'
import type { BacklogRow } from '../backlog/backlog-row.ts'
import { defaultHealthSettings } from '../domain/health.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import type { AttemptSurroundings } from './attempt.ts'
import type { Delivery } from './delivery.ts'
import { Dispatcher } from './dispatcher.ts'
import { EndpointLanes } from './endpoint-lanes.ts'
import { PreparedEvent } from './prepared-event.ts'

const event = new PreparedEvent('store_1', storeEventType('order.created')!.example as never, new Uint8Array(), {
  storedAt: Date.now(),
})

const endpointOf = (storeId: string): IndexedEndpoint => ({
  id: newId('whk'),
  storeId: storeId as StoreId,
  config: { url: 'https://example.com' },
  subscription: 0 as IndexedEndpoint['subscription'],
  filter: undefined,
  enabled: true,
  createdAt: 0,
  enabledAt: 0,
  orderedAt: undefined,
})

const deliveryTo = ({ id: endpointId }: IndexedEndpoint): Delivery => ({
  id: newId('dlv'),
  endpointId,
  event,
  attempt: 1,
  trigger: 'event',
  stored: false,
  mayBegin: () => true,
  safe: () => undefined,
  ended: () => undefined,
})

/** A dispatcher whose receivers have yet to answer, and whose backlog takes everything. */
function dispatcherWith(endpoints: readonly IndexedEndpoint[]) {
  const sentTo = new Set<EndpointId>()
  const stored: BacklogRow[] = []
  const known = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]))
  const lanes = new EndpointLanes(2_048, defaultHealthSettings)
  lanes.limitTo({ perEndpoint: 32, perStore: 512 })
  const surroundings = {
    endpoint: (id: EndpointId) => known.get(id),
    secrets: { get: () => ({ keys: [], headers: {} }) },
    sender: { attempt: (_: PreparedEvent, { id }: IndexedEndpoint) => (sentTo.add(id), new Promise(() => undefined)) },
    backlog: { put: async (row: BacklogRow) => void stored.push(row) },
    maySend: () => true,
    onDue: () => undefined,
  } as unknown as AttemptSurroundings
  return { dispatcher: new Dispatcher(lanes, surroundings), lanes, sentTo, stored }
}

describe('the memory of a dispatcher', () => {
  it('is not filled by many endpoints that are slow: there is room for what others get', async () => {
    const slow = Array.from({ length: 30 }, (_, i) => endpointOf(`store_${i}`))
    const quick = endpointOf('store_quick')
    const { dispatcher, lanes, sentTo, stored } = dispatcherWith([...slow, quick])
    for (const { storeId, id } of slow) {
      const { health } = lanes.of(storeId, id)
      for (let i = 0; i < 100; i++) health.succeeded(900)
    }
    let offered = 0
    for (; offered < 400; offered++) for (const endpoint of slow) dispatcher.offer(deliveryTo(endpoint), endpoint)

    let room = false
    void dispatcher.room().then(() => (room = true))
    await turn()

    expect(room).toBe(true)
    expect(stored.length + dispatcher.inMemory).toBe(slow.length * offered)
    dispatcher.offer(deliveryTo(quick), quick)
    expect(sentTo).toContain(quick.id)
  })

  it('is used where an endpoint can take what waits in time', () => {
    const fast = endpointOf('store_1')
    const { dispatcher, lanes, stored } = dispatcherWith([fast])
    for (let i = 0; i < 100; i++) lanes.of(fast.storeId, fast.id).health.succeeded(1)

    for (let i = 0; i < 7_000; i++) dispatcher.offer(deliveryTo(fast), fast)

    expect([dispatcher.inMemory, stored.length]).toEqual([7_000, 0])
  })
})
