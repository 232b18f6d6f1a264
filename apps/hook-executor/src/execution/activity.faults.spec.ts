import { executionSubject, newId, type ExecutionRecorded, type StoreId } from '@cartly/contracts'
import { createDataSource, migrate, statements } from '@cartly/read-model'
import { createLogger } from '@cartly/telemetry'
import { eventually, testNats, testPostgres, type TestNats, type TestPostgres } from '@cartly/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import type { DataSource } from 'typeorm'
import { CreateUnpublishedFacts1764300000000 } from './1764300000000-create-unpublished-facts.ts'
import { Activity } from './activity.ts'
import { UnpublishedFacts } from './unpublished-facts.ts'

let nats: TestNats
let postgres: TestPostgres
let dataSource: DataSource
let registry: JetStreamManager
const begun: Activity[] = []

beforeAll(async () => {
  ;[nats, postgres] = await Promise.all([testNats(), testPostgres()])
  const migrations = [CreateUnpublishedFacts1764300000000]
  dataSource = createDataSource({ url: postgres.urls.executor, schema: 'executor', migrations })
  await migrate(dataSource)
  registry = await jetstreamManager(await nats.connect('connector-registry', always), { checkAPI: false })
})
afterEach(async () => {
  await Promise.all(begun.splice(0).map((activity) => activity.close()))
})
afterAll(async () => {
  await dataSource.destroy()
  await nats.stop()
  await postgres.stop()
})

const always = { maxReconnectAttempts: -1, reconnectTimeWait: 50 }
const log = createLogger('hook-executor', { write: () => undefined, exported: false })

async function replica(maxWaiting?: number): Promise<Activity> {
  const js = jetstream(await nats.connect('hook-executor', always))
  const unpublished = new UnpublishedFacts(dataSource)
  const activity = new Activity({ js, unpublished, log, ...(maxWaiting === undefined ? {} : { maxWaiting }) })
  begun.push(activity)
  return activity
}

const factOf = (storeId: StoreId): ExecutionRecorded => ({
  executionId: newId('exec'),
  storeId,
  connectorId: newId('conn'),
  hook: 'get_rates',
  trigger: 'invoke',
  connectorRevision: 1,
  templateVersion: null,
  status: 'succeeded',
  source: 'live',
  startedAt: new Date().toISOString(),
  durationMs: 1,
  deadlineMs: 3_000,
  input: { content: { note: 'with a NUL \0' }, truncated: false },
  steps: [],
})
const manyOf = (storeId: StoreId, count: number) => Array.from({ length: count }, () => factOf(storeId))

const waiting = async (): Promise<number> => {
  const [row] = await statements(dataSource).query<{ n: number }>('SELECT count(*)::int AS n FROM unpublished_fact')
  return row!.n
}

async function published(storeId: StoreId): Promise<string[]> {
  const subjects_filter = executionSubject(storeId, '*')
  const { state } = await registry.streams.info('ACTIVITY', { subjects_filter })
  if (!state.subjects) return []
  const ids: string[] = []
  const stored = await registry.direct.getBatch('ACTIVITY', { seq: 1, batch: 1_000, next_by_subj: subjects_filter })
  for await (const message of stored) ids.push(message.json<ExecutionRecorded>().executionId)
  return ids.toSorted()
}

describe('what was executed', () => {
  it('is all recorded once the bus is back, however much of it there was', async () => {
    const storeId = 'store_1' as StoreId
    const facts = manyOf(storeId, 250)
    const room = JSON.stringify(facts[0]).length * 20
    const activity = await replica(room)
    await nats.server.kill()

    const kept = facts.map((fact) => activity.publish({ fact, json: JSON.stringify(fact) }))
    // What does not fit into memory is in the database, and as good as recorded.
    await eventually(async () => (await waiting()) >= 225)
    await Promise.all(kept.slice(-200))
    await nats.restart()

    await Promise.all(kept)
    await eventually(async () => (await waiting()) === 0, { withinMs: 30_000 })
    expect(await published(storeId)).toEqual(facts.map(({ executionId }) => executionId).toSorted())
  })

  it('is left to another process by one that must end while the bus is away', async () => {
    const storeId = 'store_2' as StoreId
    const facts = manyOf(storeId, 5)
    const ending = await replica()
    await nats.server.kill()
    const kept = facts.map((fact) => ending.publish({ fact, json: JSON.stringify(fact) }))
    await ending.close()
    await Promise.all(kept)
    expect(await waiting()).toBe(5)

    await nats.restart()
    const next = await replica()
    next.start()

    await eventually(async () => (await published(storeId)).length === 5)
    expect(await waiting()).toBe(0)
  })
})
