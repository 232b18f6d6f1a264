import { testNats, type TestNats } from '@cartly/testing'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from '@nats-io/transport-node'
import type { Append } from './append.ts'
import type { Bus } from './bus.ts'
import { createEventStore } from './event-store.ts'
import { ackDroppingProxy, type AckDroppingProxy } from './testing/ack-dropping-proxy.spec.ts'
import {
  accountEvents,
  busOf,
  collect,
  connectBus,
  newAccountId,
  storeA,
  type AccountEvent,
} from './testing/rig.spec.ts'

const deposit = (commandId: string, over: Partial<Append<AccountEvent>> = {}): Append<AccountEvent> => ({
  commandId,
  expectedSequence: 0,
  revision: 1,
  time: '2026-01-01T00:00:00Z',
  storeId: storeA,
  actor: 'user:ann',
  events: [{ type: 'MoneyDeposited', data: { amount: 1 } }],
  ...over,
})

describe('an append whose acknowledgement is lost', () => {
  let nats: TestNats
  let proxy: AckDroppingProxy
  let direct: Bus
  let lossy: Bus

  beforeAll(async () => {
    nats = await testNats()
    proxy = await ackDroppingProxy(nats.url)
    direct = await connectBus(nats)
    lossy = await busOf(
      await connect({
        servers: proxy.url,
        ...nats.credentials['connector-registry'],
        ignoreClusterUpdates: true,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 20,
      }),
    )
  })
  afterAll(async () => {
    await lossy.nc.close()
    proxy.close()
    await nats.stop()
  })

  it('is asked again, and found to be stored once', async () => {
    const id = newAccountId()
    proxy.dropNextAckOf('Cartly-Events')

    const { sequence, duplicate } = await createEventStore(lossy).append(accountEvents, id, deposit('c1'))

    expect(proxy.dropped).toBe(1)
    expect(duplicate).toBe(true)
    const log = await collect(createEventStore(direct).load(accountEvents, id))
    expect(log).toMatchObject([{ sequence, commandId: 'c1' }])
  })

  it('is found even when another command has been stored after it', async () => {
    const id = newAccountId()
    proxy.dropNextAckOf('Cartly-Events')
    const appending = createEventStore(lossy).append(accountEvents, id, deposit('c1'))
    const first = await firstOf(id)
    await createEventStore(direct).append(accountEvents, id, deposit('c2', { revision: 2, expectedSequence: first }))

    expect(await appending).toEqual({ sequence: first, duplicate: true })
  })

  it('does not take another command for its own', async () => {
    const id = newAccountId()
    await createEventStore(direct).append(accountEvents, id, deposit('other'))

    await expect(createEventStore(lossy).append(accountEvents, id, deposit('c1'))).rejects.toThrow('has moved on')
  })

  it('stores each command once when the server crashes under load', async () => {
    const ids = Array.from({ length: 1_000 }, newAccountId)
    const store = createEventStore(direct)
    const stored = new Map<string, number>()
    let crash: Promise<void> | undefined
    const waiting = [...ids]
    const write = async (): Promise<void> => {
      for (let id; (id = waiting.pop());) {
        stored.set(id, (await store.append(accountEvents, id, deposit(`command-${id}`))).sequence)
        if (stored.size === 300) crash = nats.server.kill().then(() => nats.restart())
      }
    }

    await Promise.all(Array.from({ length: 50 }, write))
    await crash

    for (const id of ids) {
      const log = await collect(store.load(accountEvents, id))
      expect(log).toMatchObject([{ sequence: stored.get(id), commandId: `command-${id}` }])
    }
  }, 60_000)

  async function firstOf(id: string): Promise<number> {
    for (;;) {
      const [first] = await collect(createEventStore(direct).load(accountEvents, id))
      if (first) return first.sequence
    }
  }
})
