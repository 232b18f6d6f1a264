import { CartlyError } from '@cartly/contracts'
import { testNats, testPostgres, type TestNats, type TestPostgres } from '@cartly/testing'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { aggregateProjection, aggregateRepository, type AggregateRepository } from './aggregate-projection.ts'
import type { Bus } from './bus.ts'
import { createCommandHandler, type CommandHandler } from './command-handler.ts'
import { createEventStore, type EventStore } from './event-store.ts'
import { ProjectionRunner } from './projection-runner.ts'
import {
  account,
  accountEvents,
  by,
  connectBus,
  connectReadModel,
  newAccountId,
  storeB,
  type Account,
  type AccountCommand,
  type AccountEvent,
} from './testing/rig.spec.ts'

type Accounts = CommandHandler<Account, AccountCommand, AccountEvent>

describe('a command', () => {
  let nats: TestNats
  let postgres: TestPostgres
  let bus: Bus
  let dataSource: DataSource
  let store: EventStore
  let runner: ProjectionRunner
  let accounts: Accounts
  const projection = aggregateProjection(accountEvents, account, 1)

  beforeAll(async () => {
    ;[nats, postgres] = await Promise.all([testNats(), testPostgres()])
    bus = await connectBus(nats)
    dataSource = await connectReadModel(postgres)
    store = createEventStore(bus)
    runner = new ProjectionRunner({ bus, dataSource, projection })
    await runner.start()
    accounts = handler()
  })
  afterAll(async () => {
    await runner.stop()
    await dataSource.destroy()
    await Promise.all([nats.stop(), postgres.stop()])
  })

  const handler = (over: { repository?: AggregateRepository<Account>; store?: EventStore } = {}): Accounts =>
    createCommandHandler({
      store,
      family: accountEvents,
      decider: account,
      repository: aggregateRepository<Account>(dataSource, projection),
      visibleIn: [runner],
      ...over,
    })
  /** A replica whose read model has nothing yet. */
  const behind: AggregateRepository<Account> = { load: async () => undefined }
  const opened = async (...amounts: number[]): Promise<string> => {
    const id = newAccountId()
    await accounts.execute(id, { type: 'open', owner: 'Ann' }, by())
    if (amounts.length > 0) await accounts.execute(id, { type: 'deposit', amounts }, by())
    return id
  }

  it('stores what it brings about, and is visible when it returns', async () => {
    const id = await opened()

    const result = await accounts.execute(id, { type: 'deposit', amounts: [70, 30] }, by())

    expect(result).toMatchObject({ state: { owner: 'Ann', balance: 100 }, revision: 2, visible: true })
    expect(result.events).toHaveLength(2)
    const [row] = await dataSource.query('SELECT state, revision, sequence FROM account_state WHERE id = $1', [id])
    expect(row).toEqual({ state: { owner: 'Ann', balance: 100 }, revision: 2, sequence: result.sequence })
  })

  it('stores nothing when there is nothing to do', async () => {
    const id = await opened()
    expect(await accounts.execute(id, { type: 'open', owner: 'Bob' }, by())).toMatchObject({ revision: 1, events: [] })
  })

  it('is refused by the decider, and stores nothing', async () => {
    const id = await opened(5)
    const attempt = accounts.execute(id, { type: 'withdraw', amount: 6 }, by())

    await expect(attempt).rejects.toMatchObject({ code: 'insufficient_funds' })
    expect(await store.loadState(account, accountEvents, id)).toMatchObject({ revision: 2 })
  })

  it('is decided on the newest state, though the read model is behind', async () => {
    const id = await opened(5)
    const late = handler({ repository: behind })

    expect(await late.execute(id, { type: 'open', owner: 'Bob' }, by())).toMatchObject({ revision: 2, events: [] })
    expect(await late.execute(id, { type: 'withdraw', amount: 5 }, by())).toMatchObject({
      state: { owner: 'Ann', balance: 0 },
      revision: 3,
    })
    await expect(late.execute(id, { type: 'withdraw', amount: 1 }, by())).rejects.toMatchObject({
      code: 'insufficient_funds',
    })
  })

  it('shows the newest state when asked for it, though the read model is behind', async () => {
    const id = newAccountId()
    expect(await handler({ repository: behind }).newest(id)).toMatchObject({ revision: 0, storeId: null })
    const { sequence, state } = await accounts.execute(id, { type: 'open', owner: 'Ann' }, by())
    const newest = await handler({ repository: behind }).newest(id)
    expect(newest).toMatchObject({ state, sequence, revision: 1 })
  })

  it('is not found by another store, though the read model is behind', async () => {
    const id = newAccountId()
    const ours = by()
    await accounts.execute(id, { type: 'open', owner: 'Ann' }, ours)
    // Not even by its own command id is anything told of it.
    const theirs = by({ storeId: storeB, commandId: ours.commandId })

    for (const replica of [accounts, handler({ repository: behind })]) {
      const commands: AccountCommand[] = [
        { type: 'deposit', amounts: [1] },
        { type: 'open', owner: 'Eve' },
      ]
      for (const command of commands) {
        await expect(replica.execute(id, command, theirs)).rejects.toMatchObject({ kind: 'not_found' })
      }
    }
  })

  it('is done only on the revision that the caller has seen', async () => {
    const id = await opened(5)
    const deposit: AccountCommand = { type: 'deposit', amounts: [1] }

    for (const expectedRevisions of [[1], [3], [1, 3]]) {
      const attempt = accounts.execute(id, deposit, by({ expectedRevisions }))
      await expect(attempt).rejects.toMatchObject({ kind: 'precondition_failed', code: 'revision_changed' })
    }
    const late = handler({ repository: behind })
    expect(await late.execute(id, deposit, by({ expectedRevisions: [2] }))).toMatchObject({ revision: 3 })
    expect(await accounts.execute(id, deposit, by({ expectedRevisions: [1, 3] }))).toMatchObject({ revision: 4 })
    const none = accounts.execute(newAccountId(), deposit, by({ expectedRevisions: [1] }))
    await expect(none).rejects.toMatchObject({ kind: 'not_found' })
  })

  it('gives the earlier result when it comes again, even after others', async () => {
    const id = newAccountId()
    const context = by()
    const first = await accounts.execute(id, { type: 'deposit', amounts: [5] }, context)
    await accounts.execute(id, { type: 'deposit', amounts: [7] }, by())

    const again = await accounts.execute(id, { type: 'deposit', amounts: [5] }, context)

    expect(again).toEqual(first)
    expect((await store.loadState(account, accountEvents, id)).state.balance).toBe(12)
  })

  it('gives the earlier result though it would be refused by now', async () => {
    const id = await opened(5)
    const context = by()
    const first = await accounts.execute(id, { type: 'withdraw', amount: 5 }, context)

    for (const replica of [accounts, handler({ repository: behind })]) {
      expect(await replica.execute(id, { type: 'withdraw', amount: 5 }, context)).toEqual(first)
    }
  })

  it('gives up when others are always faster', async () => {
    const id = await opened()
    let attempts = 0
    const contested: EventStore = {
      ...store,
      async append(family, aggregate, draft) {
        attempts++
        await accounts.execute(id, { type: 'deposit', amounts: [1] }, by())
        return store.append(family, aggregate, draft)
      },
    }

    const attempt = handler({ store: contested }).execute(id, { type: 'deposit', amounts: [1] }, by())

    await expect(attempt).rejects.toMatchObject({ kind: 'conflict', code: 'changed_meanwhile' })
    expect(attempts).toBe(5)
  })

  it('is never dated before the one before it, whatever the clock says', async () => {
    const id = newAccountId()
    const time = new Date(Date.now() + 300_000).toISOString()
    await store.append(accountEvents, id, {
      expectedSequence: 0,
      revision: 1,
      time,
      storeId: by().storeId,
      actor: 'service:fast-clock',
      commandId: 'c',
      events: [{ type: 'MoneyDeposited', data: { amount: 1 } }],
    })

    await accounts.execute(id, { type: 'deposit', amounts: [1] }, by())

    expect(await store.loadState(account, accountEvents, id)).toMatchObject({ revision: 2, time })
  })

  it('says when it is not visible yet', async () => {
    const never = createCommandHandler({
      store,
      family: accountEvents,
      decider: account,
      repository: behind,
      visibleIn: [runner, { passed: async () => false }],
    })
    const result = await never.execute(newAccountId(), { type: 'deposit', amounts: [1] }, by())
    expect(result.visible).toBe(false)
  })

  it('is refused as input when an event would not fit its schema', async () => {
    const attempt = accounts.execute(newAccountId(), { type: 'deposit', amounts: [0] }, by())
    await expect(attempt).rejects.toThrow(CartlyError)
  })
})
