import { eventFamily } from '@cartly/contracts'
import { testNats, type TestNats } from '@cartly/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { headers } from '@nats-io/transport-node'
import { Type } from 'typebox'
import type { Bus } from './bus.ts'
import type { Recorded } from './envelope.ts'
import { UndecodableMessage, WrongExpectedSequence } from './errors.ts'
import { createEventStore, type EventStore } from './event-store.ts'
import {
  account,
  accountEvents,
  collect,
  connectBus,
  newAccountId,
  storeA,
  type AccountEvent,
} from './testing/rig.spec.ts'

const deposited = (amount: number): AccountEvent => ({ type: 'MoneyDeposited', data: { amount } })

describe('the event store', () => {
  let nats: TestNats
  let bus: Bus
  let store: EventStore
  let id: string

  beforeAll(async () => {
    nats = await testNats()
    bus = await connectBus(nats)
    store = createEventStore(bus)
  })
  afterAll(() => nats.stop())
  beforeEach(() => {
    id = newAccountId()
  })

  const draft = (revision: number, expectedSequence: number, over: Partial<Recorded<AccountEvent>> = {}) => ({
    revision,
    expectedSequence,
    time: `2026-01-01T00:00:0${revision % 10}.000Z`,
    storeId: storeA,
    actor: 'user:ann' as const,
    commandId: `command-${id}-${revision}`,
    events: [deposited(revision)],
    ...over,
  })

  it('gives back what was stored', async () => {
    const events: AccountEvent[] = [{ type: 'AccountOpened', data: { owner: 'Ann' } }, deposited(5)]
    const { sequence, duplicate } = await store.append(accountEvents, id, draft(1, 0, { events }))

    const [recorded, ...more] = await collect(store.load(accountEvents, id))

    expect(duplicate).toBe(false)
    expect(more).toEqual([])
    expect(recorded).toEqual({
      sequence,
      subject: `evt.registry.account.${id}`,
      context: 'registry',
      aggregate: 'account',
      id,
      revision: 1,
      time: '2026-01-01T00:00:01.000Z',
      storeId: 'store-a',
      actor: 'user:ann',
      commandId: `command-${id}-1`,
      traceparent: undefined,
      events,
    })
  })

  it('has nothing of an aggregate to which nothing happened', async () => {
    expect(await collect(store.load(accountEvents, id))).toEqual([])
    expect(await store.loadState(account, accountEvents, id)).toMatchObject({ revision: 0, storeId: null })
  })

  it.each([
    ['first', 0],
    ['other', 1],
  ])('refuses a second %s command on the same state', async (_, known) => {
    let expected = 0
    for (let i = 0; i < known; i++) expected = (await store.append(accountEvents, id, draft(i + 1, expected))).sequence
    await store.append(accountEvents, id, draft(known + 1, expected))

    const late = store.append(accountEvents, id, draft(known + 1, expected, { commandId: `other-${id}` }))

    await expect(late).rejects.toThrow(WrongExpectedSequence)
  })

  it('knows its own command again, though others came after it', async () => {
    const first = await store.append(accountEvents, id, draft(1, 0))
    await store.append(accountEvents, id, draft(2, first.sequence))

    expect(await store.append(accountEvents, id, draft(1, 0))).toEqual({ sequence: first.sequence, duplicate: true })
  })

  it('takes one command id for several aggregates as several commands', async () => {
    const other = newAccountId()
    const first = await store.append(accountEvents, id, draft(1, 0, { commandId: 'shared' }))
    const second = await store.append(accountEvents, other, draft(1, 0, { commandId: 'shared' }))

    expect(second.duplicate).toBe(false)
    expect(second.sequence).toBeGreaterThan(first.sequence)
  })

  it('stores nothing that does not fit its schema', async () => {
    const wrong = store.append(accountEvents, id, draft(1, 0, { events: [deposited(-1)] }))

    await expect(wrong).rejects.toMatchObject({ kind: 'invalid' })
    expect(await collect(store.load(accountEvents, id))).toEqual([])
  })

  it('reads a history longer than a batch, in order, from any place in it', async () => {
    const sequences: number[] = []
    for (let i = 1; i <= 600; i++) {
      sequences.push((await store.append(accountEvents, id, draft(i, sequences.at(-1) ?? 0))).sequence)
    }

    const whole = await collect(store.load(accountEvents, id))
    const part = await collect(store.load(accountEvents, id, { fromSequence: sequences[500]! }))

    expect(whole.map(({ sequence }) => sequence)).toEqual(sequences)
    expect(part.map(({ revision }) => revision)).toEqual(Array.from({ length: 100 }, (_, i) => i + 501))
  })

  it('shows an aggregate as it was', async () => {
    let sequence = 0
    for (let i = 1; i <= 3; i++) ({ sequence } = await store.append(accountEvents, id, draft(i, sequence)))

    const then = await store.loadState(account, accountEvents, id, { asOf: '2026-01-01T00:00:02.500Z' })
    const before = await store.loadState(account, accountEvents, id, { asOf: '2025-12-31T00:00:00Z' })
    const now = await store.loadState(account, accountEvents, id)

    expect(then).toMatchObject({ state: { balance: 3 }, revision: 2 })
    expect(before).toMatchObject({ state: { balance: 0 }, revision: 0 })
    expect(now).toMatchObject({ state: { balance: 6 }, revision: 3, sequence })
  })

  it('lifts old events to their present version, and leaves them as they are in the log', async () => {
    await store.append(accountEvents, id, draft(1, 0))
    const today = eventFamily('registry', 'account', {
      MoneyDeposited: {
        version: 3,
        data: Type.Object({ amount: Type.Integer(), currency: Type.String() }),
        upcast: {
          1: (data) => ({ ...(data as object), currency: 'eur' }),
          2: (data) => ({
            ...(data as { currency: string }),
            currency: (data as { currency: string }).currency.toUpperCase(),
          }),
        },
      },
    })

    const [recorded] = await collect(store.load(today, id))

    expect(recorded?.events).toEqual([{ type: 'MoneyDeposited', data: { amount: 1, currency: 'EUR' } }])
    expect((await collect(store.load(accountEvents, id)))[0]?.events).toEqual([deposited(1)])
  })

  it.each([
    ['of an unknown type', { 'Cartly-Events': 'AccountClosed@1' }, '[{}]', 'unknown type AccountClosed@1'],
    ['of a newer version', { 'Cartly-Events': 'MoneyDeposited@2' }, '[{"amount":1}]', 'up to version 1'],
    ['that does not fit', { 'Cartly-Events': 'MoneyDeposited@1' }, '[{"amount":"1"}]', '/amount must be integer'],
    [
      'that is missing',
      { 'Cartly-Events': 'MoneyDeposited@1,MoneyDeposited@1' },
      '[{"amount":1}]',
      '2 events are named',
    ],
    ['that is not JSON', { 'Cartly-Events': 'MoneyDeposited@1' }, '[{', 'not JSON'],
    [
      'without an author',
      { 'Cartly-Events': 'MoneyDeposited@1', 'Cartly-Actor': '' },
      '[{"amount":1}]',
      'Cartly-Actor',
    ],
  ])('says where it is, when it meets an event %s', async (_, given, body, reason) => {
    const h = headers()
    const complete = {
      'Cartly-Store': 'store-a',
      'Cartly-Actor': 'user:ann',
      'Cartly-Time': '2026-01-01T00:00:00Z',
      'Cartly-Revision': '1',
      'Cartly-Command': 'c',
      ...given,
    }
    for (const [name, value] of Object.entries(complete)) if (value) h.set(name, value)
    const { seq } = await bus.js.publish(accountEvents.subject(id), body, { headers: h })

    const failure = await collect(store.load(accountEvents, id)).catch((error: unknown) => error)

    expect(failure).toBeInstanceOf(UndecodableMessage)
    expect(failure).toMatchObject({ stream: 'EVENTS', sequence: seq, message: expect.stringContaining(reason) })
  })
})
