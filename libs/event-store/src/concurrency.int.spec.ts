import {
  natsCluster,
  testNats,
  testPostgres,
  type NatsCluster,
  type TestNats,
  type TestPostgres,
} from '@cartly/testing'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { connect } from '@nats-io/transport-node'
import * as fc from 'fast-check'
import type { DataSource } from 'typeorm'
import { aggregateProjection, aggregateRepository } from './aggregate-projection.ts'
import type { Bus } from './bus.ts'
import { createCommandHandler, type CommandHandler } from './command-handler.ts'
import { createEventStore, type EventStore } from './event-store.ts'
import { ProjectionRunner } from './projection-runner.ts'
import {
  account,
  accountEvents,
  busOf,
  by,
  collect,
  connectBus,
  connectReadModel,
  newAccountId,
  type Account,
  type AccountCommand,
  type AccountEvent,
} from './testing/rig.spec.ts'

type Accounts = CommandHandler<Account, AccountCommand, AccountEvent>
const projection = aggregateProjection(accountEvents, account, 1)

/** A replica of a service: its own connection to the bus, the shared read model, and no memory of its own. */
const replica = (bus: Bus, dataSource: DataSource, runner: ProjectionRunner): Accounts =>
  createCommandHandler({
    store: createEventStore(bus),
    family: accountEvents,
    decider: account,
    repository: aggregateRepository<Account>(dataSource, projection),
    visibleIn: [runner],
  })

const command = fc.oneof(
  fc.record({ type: fc.constant('open' as const), owner: fc.string() }),
  fc.record({
    type: fc.constant('deposit' as const),
    amounts: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('withdraw' as const), amount: fc.integer({ min: 1, max: 9 }) }),
)
/** What each of three writers does, on two accounts, all at once. */
const writers = fc.array(fc.array(fc.record({ account: fc.nat(1), command }), { maxLength: 6 }), {
  minLength: 3,
  maxLength: 3,
})

describe('commands of several writers', () => {
  let nats: TestNats
  let postgres: TestPostgres
  let dataSource: DataSource
  let runner: ProjectionRunner
  let store: EventStore
  let replicas: Accounts[]

  beforeAll(async () => {
    ;[nats, postgres] = await Promise.all([testNats(), testPostgres()])
    const buses = await Promise.all([connectBus(nats), connectBus(nats), connectBus(nats)])
    dataSource = await connectReadModel(postgres)
    store = createEventStore(buses[0])
    runner = new ProjectionRunner({ bus: buses[0], dataSource, projection })
    await runner.start()
    replicas = buses.map((bus) => replica(bus, dataSource, runner))
  })
  afterAll(async () => {
    await runner.stop()
    await dataSource.destroy()
    await Promise.all([nats.stop(), postgres.stop()])
  })

  it('leave a read model that is the fold of the log, and every answer true, however they interleave', async () => {
    await fc.assert(
      fc.asyncProperty(writers, async (plans) => {
        const ids = [newAccountId(), newAccountId()]
        const answers: { id: string; revision: number; sequence: number; balance: number }[] = []
        const write = async (accounts: Accounts, plan: (typeof plans)[number]): Promise<void> => {
          for (const step of plan) {
            const id = ids[step.account]!
            const result = await accounts.execute(id, step.command, by()).catch((error: { code: string }) => {
              if (error.code === 'insufficient_funds' || error.code === 'changed_meanwhile') return undefined
              throw error
            })
            if (!result || result.events.length === 0) continue
            expect(result.visible).toBe(true)
            const { revision, sequence, state } = result
            answers.push({ id, revision, sequence, balance: state.balance })
          }
        }
        await Promise.all(plans.map((plan, i) => write(replicas[i]!, plan)))

        for (const id of ids) {
          const log = await collect(store.load(accountEvents, id))
          const folded = await store.loadState(account, accountEvents, id)
          const [row] = await dataSource.query('SELECT state, revision, sequence FROM account_state WHERE id = $1', [
            id,
          ])
          const of = answers.filter((answer) => answer.id === id)
          expect(log.map(({ revision }) => revision)).toEqual(log.map((_, i) => i + 1))
          expect(of.map(({ sequence }) => sequence).toSorted((a, b) => a - b)).toEqual(
            log.map(({ sequence }) => sequence),
          )
          if (log.length > 0) {
            const { state, revision, sequence } = folded
            expect(row).toEqual({ state, revision, sequence })
            expect(state.balance).toBeGreaterThanOrEqual(0)
          }
          for (const { sequence, balance } of of) {
            const then = await store.loadState(account, accountEvents, id, { toSequence: sequence })
            expect(then.state.balance).toBe(balance)
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('of the same id, sent by several at once, are one', async () => {
    const id = newAccountId()
    const context = by()
    const send = (accounts: Accounts) => accounts.execute(id, { type: 'deposit', amounts: [5] }, context)

    const results = await Promise.all([...replicas, ...replicas].map(send))

    expect(new Set(results.map(({ sequence }) => sequence)).size).toBe(1)
    expect((await store.loadState(account, accountEvents, id)).state.balance).toBe(5)
  })
})

describe('commands of several writers on a cluster of three', () => {
  let cluster: NatsCluster
  let postgres: TestPostgres
  let dataSource: DataSource
  let runner: ProjectionRunner
  let buses: Bus[]

  beforeAll(async () => {
    ;[cluster, postgres] = await Promise.all([natsCluster(3), testPostgres()])
    buses = await Promise.all(
      cluster.urls.map(async (_, i) =>
        busOf(
          await connect({
            servers: [...cluster.urls.slice(i), ...cluster.urls.slice(0, i)],
            noRandomize: true,
            ...cluster.credentials['connector-registry'],
            maxReconnectAttempts: -1,
            reconnectTimeWait: 20,
          }),
        ),
      ),
    )
    dataSource = await connectReadModel(postgres)
    runner = new ProjectionRunner({ bus: buses[0]!, dataSource, projection })
    await runner.start()
  }, 60_000)
  afterAll(async () => {
    await runner.stop()
    await dataSource.destroy()
    await Promise.all(buses.map(({ nc }) => nc.close()))
    await Promise.all([cluster.stop(), postgres.stop()])
  })

  it('never lose an update, also when the node of one is killed', async () => {
    const id = newAccountId()
    const replicas = buses.map((bus) => replica(bus, dataSource, runner))
    let done = 0
    const write = async (accounts: Accounts): Promise<void> => {
      for (let i = 0; i < 30; i++) {
        const context = by()
        for (;;) {
          const result = await accounts
            .execute(id, { type: 'deposit', amounts: [1] }, context)
            .catch((error: { code: string }) => {
              if (error.code === 'changed_meanwhile' || error.code === 'outcome_unknown') return undefined
              throw error
            })
          if (result) break
        }
        if (++done === 30) await cluster.nodes[2]!.server.kill()
      }
    }
    await Promise.all(replicas.map(write))

    const { state, revision, sequence } = await createEventStore(buses[0]!).loadState(account, accountEvents, id)
    expect({ state, revision }).toEqual({ state: { owner: null, balance: 90 }, revision: 90 })
    expect(await runner.passed(sequence, 10_000)).toBe(true)
    const [row] = await dataSource.query('SELECT state FROM account_state WHERE id = $1', [id])
    expect(row.state).toEqual(state)
  }, 90_000)
})
