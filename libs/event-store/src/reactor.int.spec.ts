import { conflict, CartlyError } from '@cartly/contracts'
import { eventually, testNats, type TestNats } from '@cartly/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { Bus } from './bus.ts'
import type { Recorded } from './envelope.ts'
import { createEventStore, type EventStore } from './event-store.ts'
import { Reactor } from './reactor.ts'
import { eventsOf } from './source.ts'
import { accountEvents, connectBus, newAccountId, storeA, type AccountEvent } from './testing/rig.spec.ts'

describe('a reactor', () => {
  let nats: TestNats
  let bus: Bus
  let store: EventStore
  let reactors: Reactor<Recorded<AccountEvent>>[]
  let name: string
  let first: number

  beforeAll(async () => {
    nats = await testNats()
    bus = await connectBus(nats)
    store = createEventStore(bus)
  })
  afterAll(() => nats.stop())
  beforeEach(async () => {
    reactors = []
    name = `reactor-${randomUUID().slice(0, 8)}`
    first = await deposit(1)
  })
  afterEach(() => Promise.all(reactors.map((reactor) => reactor.stop())))

  const deposit = async (amount: number): Promise<number> => {
    const appended = await store.append(accountEvents, newAccountId(), {
      expectedSequence: 0,
      revision: 1,
      time: '2026-01-01T00:00:00Z',
      storeId: storeA,
      actor: 'user:ann',
      commandId: 'c',
      events: [{ type: 'MoneyDeposited', data: { amount } }],
    })
    return appended.sequence
  }
  const start = (react: (record: Recorded<AccountEvent>) => Promise<void>): void => {
    const reactor = new Reactor<Recorded<AccountEvent>>({
      bus,
      name,
      source: eventsOf(accountEvents),
      react: async (record) => (record.sequence < first ? undefined : react(record)),
    })
    reactors.push(reactor)
    reactor.start()
  }

  it('meets each record in order, those from before and those from after it began, one replica at a time', async () => {
    const met: number[] = []
    let busy = 0
    const react = async ({ sequence }: Recorded): Promise<void> => {
      expect(++busy).toBe(1)
      await new Promise(setImmediate)
      met.push(sequence)
      busy--
    }
    const before = await deposit(2)
    start(react)
    start(react)
    const after = [await deposit(3), await deposit(4)]

    await eventually(() => met.length >= 4)
    expect(met).toEqual([first, before, ...after])
  })

  it('goes on where another process stopped', async () => {
    const met: number[] = []
    const react = async ({ sequence }: Recorded): Promise<void> => void met.push(sequence)
    start(react)
    await eventually(() => met.length === 1)
    await reactors[0]!.stop()
    const next = await deposit(2)

    start(react)

    await eventually(() => met.includes(next))
    expect(met).toEqual([first, next])
  })

  it('tries again what may still come right, and passes over what will not', async () => {
    const failures: unknown[] = [
      new CartlyError('unavailable', 'later', 'Not now'),
      new Error('a defect'),
      conflict('never', 'Not ever'),
    ]
    const met: number[] = []
    start(async ({ sequence }) => {
      met.push(sequence)
      const failure = failures.shift()
      if (failure) throw failure
    })
    const next = await deposit(2)

    await eventually(() => met.includes(next))
    expect(met).toEqual([first, first, first, next])
  })

  it('misses nothing when the bus crashes', async () => {
    const met = new Set<number>()
    start(async ({ sequence }) => void met.add(sequence))
    await eventually(() => met.has(first))

    await nats.server.kill()
    await nats.restart()
    const next = await deposit(2)

    await eventually(() => met.has(next), { withinMs: 15_000 })
  })
})
