import { testNats, testPostgres, type TestNats, type TestPostgres } from '@cartly/testing'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { aggregateProjection } from './aggregate-projection.ts'
import type { Bus } from './bus.ts'
import { createEventStore, type EventStore } from './event-store.ts'
import { ProjectionRunner } from './projection-runner.ts'
import { dropRetired, progressOf, rebuild } from './rebuild.ts'
import { account, accountEvents, connectBus, connectReadModel, newAccountId, storeA } from './testing/rig.spec.ts'

describe('a rebuild', () => {
  let nats: TestNats
  let postgres: TestPostgres
  let bus: Bus
  let dataSource: DataSource
  let store: EventStore
  let runner: ProjectionRunner
  const projection = aggregateProjection(accountEvents, account, 1)
  const ids = Array.from({ length: 20 }, newAccountId)
  const heads = new Map<string, { sequence: number; revision: number }>()

  beforeAll(async () => {
    ;[nats, postgres] = await Promise.all([testNats(), testPostgres()])
    bus = await connectBus(nats)
    dataSource = await connectReadModel(postgres)
    store = createEventStore(bus)
    runner = new ProjectionRunner({ bus, dataSource, projection })
    await runner.start()
  })
  afterAll(async () => {
    await runner.stop()
    await dataSource.destroy()
    await Promise.all([nats.stop(), postgres.stop()])
  })

  const deposit = async (count: number): Promise<number> => {
    let last = 0
    for (let i = 0; i < count; i++) {
      const id = ids[i % ids.length]!
      const head = heads.get(id) ?? { sequence: 0, revision: 0 }
      const revision = head.revision + 1
      const { sequence } = await store.append(accountEvents, id, {
        revision,
        expectedSequence: head.sequence,
        time: new Date().toISOString(),
        storeId: storeA,
        actor: 'service:test',
        commandId: `${id}-${revision}`,
        events: [{ type: 'MoneyDeposited', data: { amount: revision } }],
      })
      heads.set(id, { sequence, revision })
      last = sequence
    }
    return last
  }
  const rows = (): Promise<unknown[]> => dataSource.query('SELECT * FROM account_state ORDER BY id')

  it('comes to what projecting bit by bit came to, and goes on from there', async () => {
    const seen = await deposit(200)
    await runner.passed(seen, 5_000)
    const incremental = await rows()

    const progress: number[] = []
    const generation = await rebuild({
      bus,
      dataSource,
      projection,
      batchSize: 50,
      onProgress: ({ sequence }) => progress.push(sequence),
    })

    expect(generation).toMatchObject({ generation: 2, version: 1, status: 'live', sequence: seen })
    expect(progress.length).toBeGreaterThan(1)
    expect(await rows()).toEqual(incremental)

    const last = await deposit(40)
    expect(await runner.passed(last, 5_000)).toBe(true)
    expect(await rows()).toHaveLength(20)
    const { generations, lastSequence } = await progressOf(bus, dataSource, projection)
    expect(lastSequence).toBe(last)
    expect(generations).toMatchObject([
      { generation: 2, status: 'live', sequence: last },
      { generation: 1, status: 'retired', sequence: seen },
    ])
  })

  it('puts right what was wrong in the tables', async () => {
    await dataSource.query(`UPDATE account_state_g2 SET state = '{"owner":null,"balance":-1}'`)

    await rebuild({ bus, dataSource, projection })

    for (const id of ids) {
      const [row] = await dataSource.query('SELECT state FROM account_state WHERE id = $1', [id])
      expect(row.state).toEqual((await store.loadState(account, accountEvents, id)).state)
    }
  })

  it('broken off, goes on where it was', async () => {
    const abort = new AbortController()
    const first = rebuild({
      bus,
      dataSource,
      projection,
      batchSize: 50,
      signal: abort.signal,
      onProgress: ({ sequence }) => sequence > 100 && abort.abort(),
    })
    await expect(first).rejects.toThrow('broken off at')
    const seen: number[] = []

    await rebuild({ bus, dataSource, projection, batchSize: 50, onProgress: ({ sequence }) => seen.push(sequence) })

    expect(seen[0]).toBeGreaterThan(100)
    const { generations } = await progressOf(bus, dataSource, projection)
    expect(generations.filter(({ status }) => status !== 'retired')).toMatchObject([{ generation: 4, status: 'live' }])
  })

  it('takes the place of tables whose stream is no longer what it was', async () => {
    await runner.stop()
    await dataSource.query(`UPDATE checkpoint SET sequence = sequence + 1000 WHERE status = 'live'`)

    const generation = await rebuild({ bus, dataSource, projection })

    expect(generation).toMatchObject({ status: 'live', generation: 5 })
  })

  it('leaves the old tables until they are dropped', async () => {
    const tables = async (): Promise<string[]> =>
      (
        await dataSource.query(`SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'account_state_g%'`)
      ).map(({ relname }: { relname: string }) => relname)
    expect(await tables()).toHaveLength(5)

    const dropped = await dropRetired(dataSource, projection)

    expect(dropped).toHaveLength(4)
    expect(await tables()).toEqual(['account_state_g5'])
  })
})
