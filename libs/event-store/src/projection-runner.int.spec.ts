import { insertRows } from '@cartly/read-model'
import { eventually, testNats, testPostgres, type TestNats, type TestPostgres } from '@cartly/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { Type, type Static } from 'typebox'
import type { DataSource } from 'typeorm'
import type { Bus } from './bus.ts'
import { StreamBehindReadModel } from './errors.ts'
import { defineProjection, type Projection } from './projection.ts'
import { ProjectionRunner } from './projection-runner.ts'
import { factsOf, type RecordedFact } from './source.ts'
import { busOf, connectReadModel } from './testing/rig.spec.ts'

const Fact = Type.Object({ n: Type.Integer() })
type Fact = Static<typeof Fact>

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
const range = (from: number, to: number): Fact[] => numbers(from, to).map((n) => ({ n }))

async function grantedLocks(dataSource: DataSource): Promise<number> {
  const [row] = await dataSource.query(`SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted`)
  return row.count
}

describe('a projection', () => {
  let nats: TestNats
  let postgres: TestPostgres
  let bus: Bus
  let dataSource: DataSource
  let runners: ProjectionRunner[]
  let projection: Projection<RecordedFact<Fact>, string>
  let subject: string
  let table: string

  beforeAll(async () => {
    ;[nats, postgres] = await Promise.all([testNats(), testPostgres()])
    bus = await busOf(await nats.connect('hook-executor', { maxReconnectAttempts: -1, reconnectTimeWait: 20 }))
    dataSource = await connectReadModel(postgres)
  })
  afterAll(async () => {
    await dataSource.destroy()
    await Promise.all([nats.stop(), postgres.stop()])
  })

  beforeEach(() => {
    const name = randomUUID().slice(0, 8)
    runners = []
    table = `facts_${name}`
    subject = `act.hook.s.${name}`
    projection = defineProjection<RecordedFact<Fact>, string>({
      name,
      version: 1,
      source: factsOf('ACTIVITY', [subject], Fact),
      tables: {
        [table]: (physical) => `CREATE TABLE ${physical} (sequence bigint PRIMARY KEY, n integer CHECK (n <> 13))`,
      },
      apply: (batch, tx) =>
        insertRows(
          tx,
          tx.table(table),
          { sequence: 'bigint', n: 'integer' },
          batch.map(({ sequence, fact }) => ({ sequence, n: fact.n })),
        ),
    })
  })
  afterEach(() => Promise.all(runners.map((runner) => runner.stop())))

  const run = async (over: Partial<Projection> = {}): Promise<ProjectionRunner> => {
    const reader = await busOf(
      await nats.connect('connector-registry', { maxReconnectAttempts: -1, reconnectTimeWait: 20 }),
    )
    const runner = new ProjectionRunner({
      bus: reader,
      dataSource,
      projection: { ...projection, ...over } as Projection,
    })
    runners.push(runner)
    await runner.start()
    return runner
  }
  const publish = async (...bodies: unknown[]): Promise<number> => {
    let last = 0
    for (const body of bodies.map((value) => JSON.stringify(value))) {
      last = (await bus.js.publish(subject, body, { msgID: `${subject} ${body}` })).seq
    }
    return last
  }
  const stored = async (): Promise<number[]> =>
    (await dataSource.query(`SELECT n FROM ${table} ORDER BY sequence`)).map((row: { n: number }) => row.n)

  it('holds every message once, in order, those from before and those from after it began', async () => {
    await publish(...range(20, 120))
    const runner = await run()

    const last = await publish(...range(120, 220))

    expect(await runner.passed(last, 5_000)).toBe(true)
    expect(await stored()).toEqual(numbers(20, 220))
    expect(runner.status).toMatchObject({ state: 'leading', sequence: last, pending: 0, lagSeconds: 0 })
  })

  it('writes what comes alone at once, and what trickles in at its pace', async () => {
    const batches: number[] = []
    const apply: Projection['apply'] = async (batch, tx) => {
      batches.push(batch.length)
      await projection.apply(batch as RecordedFact<Fact>[], tx)
    }
    const runner = await run({ paceMs: 1_000, apply })

    const first = await publish({ n: 20 })
    const atOnce = await runner.passed(first, 900)
    const last = await publish(...range(21, 60))

    expect(atOnce).toBe(true)
    expect(await runner.passed(last, 5_000)).toBe(true)
    expect(batches).toEqual([1, 39])
  })

  it('fills a batch while the one before is being written', async () => {
    const batches: number[] = []
    const writing = Promise.withResolvers<void>()
    const apply: Projection['apply'] = async (batch, tx) => {
      batches.push(batch.length)
      if (batches.length === 1) await writing.promise
      await projection.apply(batch as RecordedFact<Fact>[], tx)
    }
    const runner = await run({ apply })
    await publish({ n: 20 })
    await eventually(() => batches.length === 1)

    const last = await publish(...range(21, 60))
    writing.resolve()

    expect(await runner.passed(last, 5_000)).toBe(true)
    expect(batches).toEqual([1, 39])
  })

  it('goes on from its checkpoint', async () => {
    const first = await run()
    const seen = await publish(...range(20, 30))
    await first.passed(seen, 5_000)
    await first.stop()
    const last = await publish(...range(30, 40))

    const second = await run()

    expect(await second.passed(last, 5_000)).toBe(true)
    expect(await stored()).toEqual(numbers(20, 40))
  })

  it('is written by one replica; another knows what it wrote, and takes over', async () => {
    const leader = await run()
    await eventually(() => leader.status.state === 'leading')
    const standby = await run()
    await eventually(() => standby.status.state === 'standby')
    const first = await publish(...range(20, 30))
    expect(await standby.passed(first, 5_000)).toBe(true)

    await leader.stop()
    const last = await publish(...range(30, 40))

    expect(await standby.passed(last, 5_000)).toBe(true)
    expect(standby.status.state).toBe('leading')
    expect(await stored()).toEqual(numbers(20, 40))
  })

  it('notices that another has moved its checkpoint, writes nothing, and goes on behind that', async () => {
    const runner = await run()
    const seen = await publish(...range(20, 30))
    await runner.passed(seen, 5_000)
    const [then] = await dataSource.query('SELECT identity FROM checkpoint WHERE projection = $1', [projection.name])
    await runner.passed(await publish({ n: 30 }), 5_000)
    // Another has been here since, and put the tables back to where they were.
    await dataSource.query(`DELETE FROM ${table}_g1 WHERE n = 30`)
    await dataSource.query('UPDATE checkpoint SET sequence = $2, identity = $3 WHERE projection = $1', [
      projection.name,
      seen,
      then.identity,
    ])

    const last = await publish({ n: 31 })

    expect(await runner.passed(last, 5_000)).toBe(true)
    expect(await stored()).toEqual(numbers(20, 32))
  })

  it('puts aside what cannot be read, and what the database refuses, with the reason', async () => {
    const runner = await run()
    const notJson = (await bus.js.publish(subject, '{')).seq
    const last = await publish({ n: 20 }, { n: 'x' }, { n: 21 }, { n: 13 }, { n: 22 })

    expect(await runner.passed(last, 5_000)).toBe(true)

    expect(await stored()).toEqual([20, 21, 22])
    const poison = await dataSource.query(
      'SELECT sequence, stream, subject, reason FROM poison WHERE projection = $1 ORDER BY sequence',
      [projection.name],
    )
    expect(poison).toEqual([
      { sequence: notJson, stream: 'ACTIVITY', subject, reason: 'the body is not JSON' },
      { sequence: notJson + 2, stream: 'ACTIVITY', subject, reason: '/n must be integer' },
      { sequence: notJson + 4, stream: 'ACTIVITY', subject, reason: expect.stringContaining('check constraint') },
    ])
  })

  it('waits at what it cannot read when its source says so, holding all that comes before', async () => {
    const halting = { ...projection.source, undecodable: 'halt' as const }
    const last = await publish({ n: 20 }, { n: 21 }, { n: 'x' }, { n: 22 })
    const runner = await run({ source: halting })

    expect(await runner.passed(last - 2, 5_000)).toBe(true)
    await eventually(() => runner.status.failure?.name === 'UndecodableMessage')
    expect(runner.status.failure?.message).toContain(String(last - 1))
    expect(await stored()).toEqual([20, 21])
  })

  it('undoes a batch that fails, and tries it again', async () => {
    let failures = 2
    const runner = await run({
      apply: async (batch, tx) => {
        await projection.apply(batch as RecordedFact<Fact>[], tx)
        if (failures-- > 0) throw new Error('out of luck')
      },
    })
    const last = await publish(...range(20, 30))

    expect(await runner.passed(last, 5_000)).toBe(true)
    expect(await stored()).toEqual(numbers(20, 30))
  })

  it.each([
    ['ends before it', 999_999, 'x', 'the stream ends at'],
    ['has another message there', undefined, 'x', 'another message is at that place'],
  ])('refuses to go on when the stream %s', async (_, sequence, identity, found) => {
    const seen = await publish({ n: 20 })
    const first = await run()
    await first.passed(seen, 5_000)
    await first.stop()
    await dataSource.query('UPDATE checkpoint SET sequence = $2, identity = $3 WHERE projection = $1', [
      projection.name,
      sequence ?? seen,
      identity,
    ])

    const second = await run()

    await eventually(() => second.status.state === 'refused')
    expect(second.status.failure).toBeInstanceOf(StreamBehindReadModel)
    expect(second.status.failure?.message).toContain(`the checkpoint is ${sequence ?? seen}`)
    expect(second.status.failure?.message).toContain(found)
  })

  it('loses and repeats nothing when the bus crashes', async () => {
    const runner = await run()
    await runner.passed(await publish(...range(20, 520)), 5_000)

    await nats.server.kill()
    await nats.restart()
    const last = await eventually(() => publish({ n: 520 }))
    await publish(...range(521, 600))

    expect(await runner.passed(last + 79, 10_000)).toBe(true)
    expect(await stored()).toEqual(numbers(20, 600))
  })

  it('goes on when Postgres has dropped its connections', async () => {
    const runner = await run()
    await runner.passed(await publish(...range(20, 30)), 5_000)

    await dataSource.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = current_user',
    )
    const last = await publish(...range(30, 40))

    expect(await runner.passed(last, 5_000)).toBe(true)
    expect(await stored()).toEqual(numbers(20, 40))
  })

  it('fills the tables of a new version beside the old, and shows them when they have caught up', async () => {
    const old = await run()
    const seen = await publish(...range(20, 30))
    await old.passed(seen, 5_000)

    const next = await run({
      version: 2,
      tables: {
        [table]: (physical) => `CREATE TABLE ${physical} (sequence bigint PRIMARY KEY, n integer, double integer)`,
      },
      apply: (batch, tx) =>
        insertRows(
          tx,
          tx.table(table),
          { sequence: 'bigint', n: 'integer', double: 'integer' },
          (batch as RecordedFact<Fact>[]).map(({ sequence, fact: { n } }) => ({ sequence, n, double: 2 * n })),
        ),
    })
    const last = await publish(...range(30, 40))

    expect(await next.passed(last, 5_000)).toBe(true)
    const rows = await dataSource.query(`SELECT n, double FROM ${table} ORDER BY sequence`)
    expect(rows).toEqual(range(20, 40).map(({ n }) => ({ n, double: 2 * n })))
    await publish({ n: 40 })
    await eventually(() => old.status.state === 'refused')
    expect(old.status.failure?.name).toBe('ProjectionSuperseded')
  })

  it('gives its lock and its connection back when it stops', async () => {
    const before = await grantedLocks(dataSource)
    const runner = await run()
    await eventually(async () => (await grantedLocks(dataSource)) === before + 1)

    await runner.stop()

    await eventually(async () => (await grantedLocks(dataSource)) === before)
  })
})
