import { startPostgres, type PostgresServer } from '@cartly/launcher'
import { createDataSource, migrate } from '@cartly/read-model'
import { eventually, testFolder, testNats, type TestNats } from '@cartly/testing'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { DataSource } from 'typeorm'
import { aggregateProjection } from './aggregate-projection.ts'
import type { Bus } from './bus.ts'
import { createEventStore, type EventStore } from './event-store.ts'
import { ProjectionRunner } from './projection-runner.ts'
import { rebuild } from './rebuild.ts'
import { account, accountEvents, connectBus, newAccountId, storeA } from './testing/rig.spec.ts'

describe('a projection whose Postgres crashes', () => {
  let nats: TestNats
  let postgres: PostgresServer
  let bus: Bus
  let dataSource: DataSource
  let store: EventStore
  let runner: ProjectionRunner
  const projection = aggregateProjection(accountEvents, account, 1)
  const dataDir = testFolder('postgres')

  beforeAll(async () => {
    ;[nats, postgres] = await Promise.all([testNats(), startPostgres({ dataDir, password: 'secret' })])
    bus = await connectBus(nats)
    store = createEventStore(bus)
    dataSource = createDataSource({ url: postgres.url, schema: 'registry' })
    await migrate(dataSource)
    runner = new ProjectionRunner({ bus, dataSource, projection, batchSize: 20 })
    await runner.start()
  })
  afterAll(async () => {
    await runner.stop()
    await dataSource.destroy()
    await Promise.all([nats.stop(), postgres.stop()])
  })

  it('comes to what a rebuild comes to, however often; publishing goes on meanwhile', async () => {
    const ids = Array.from({ length: 10 }, newAccountId)
    const heads = new Map<string, number>()
    let published = 0
    const publish = async (): Promise<number> => {
      const id = ids[published++ % ids.length]!
      const { sequence } = await store.append(accountEvents, id, {
        expectedSequence: heads.get(id) ?? 0,
        revision: Math.ceil(published / ids.length),
        time: new Date().toISOString(),
        storeId: storeA,
        actor: 'service:test',
        commandId: `c${published}`,
        events: [{ type: 'MoneyDeposited', data: { amount: published } }],
      })
      heads.set(id, sequence)
      return sequence
    }
    const rows = (): Promise<unknown[]> => dataSource.query('SELECT * FROM account_state ORDER BY id')

    let last = 0
    for (let crash = 0; crash < 3; crash++) {
      for (let i = 0; i < 150; i++) last = await publish()
      await postgres.kill()
      for (let i = 0; i < 50; i++) last = await publish()
      expect(await runner.passed(last, 50)).toBe(false)
      await eventually(() => runner.status.state === 'waiting')
      postgres = await startPostgres({ dataDir, password: 'secret', port: postgres.port })
      expect(await runner.passed(last, 15_000)).toBe(true)
    }

    const incremental = await rows()
    expect(incremental).toHaveLength(ids.length)
    await rebuild({ bus, dataSource, projection })
    expect(await rows()).toEqual(incremental)
  }, 60_000)
})
