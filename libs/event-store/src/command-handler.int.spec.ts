import { testNats, testPostgres, type TestNats, type TestPostgres } from '@cartly/testing'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { aggregateProjection, aggregateRepository } from './aggregate-projection.ts'
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

describe('a command', () => {
  let nats: TestNats
  let postgres: TestPostgres
  let bus: Bus
  let dataSource: DataSource
  let store: EventStore
  let runner: ProjectionRunner
  let accounts: CommandHandler<Account, AccountCommand, AccountEvent>
  const projection = aggregateProjection(accountEvents, account, 1)

  beforeAll(async () => {
    ;[nats, postgres] = await Promise.all([testNats(), testPostgres()])
    bus = await connectBus(nats)
    dataSource = await connectReadModel(postgres)
    store = createEventStore(bus)
    runner = new ProjectionRunner({ bus, dataSource, projection })
    await runner.start()
    const repository = aggregateRepository<Account>(dataSource, projection)
    accounts = createCommandHandler({ store, family: accountEvents, decider: account, repository, visibleIn: [runner] })
  })

  afterAll(async () => {
    await runner.stop()
    await dataSource.destroy()
    await Promise.all([nats.stop(), postgres.stop()])
  })

  it('stores what it brings about, and is visible when it returns', async () => {
    const id = newAccountId()
    await accounts.execute(id, { type: 'open', owner: 'Ann' }, by())

    const result = await accounts.execute(id, { type: 'deposit', amounts: [70, 30] }, by())

    expect(result).toMatchObject({ state: { owner: 'Ann', balance: 100 }, revision: 2, visible: true })
    expect(result.events).toHaveLength(2)
    const [row] = await dataSource.query('SELECT state, revision, sequence FROM account_state WHERE id = $1', [id])
    expect(row).toEqual({ state: { owner: 'Ann', balance: 100 }, revision: 2, sequence: result.sequence })
  })

  it('is not found by another store', async () => {
    const id = newAccountId()
    await accounts.execute(id, { type: 'open', owner: 'Ann' }, by())

    const attempt = accounts.execute(id, { type: 'deposit', amounts: [1] }, by({ storeId: storeB }))

    await expect(attempt).rejects.toMatchObject({ kind: 'not_found' })
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
})
