import type { ConnectorId, ExecutionRecorded, StoreId } from '@cartly/contracts'
import { startSandboxCarrier, type SandboxCarrier } from '@cartly/demo-store'
import { createDataSource, openSession, statements, type Session, type Tx } from '@cartly/read-model'
import { eventually } from '@cartly/testing'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { DataSource } from 'typeorm'
import { withoutExecutor, type ExecutorProcess, type RunningExecutor } from '../testing/running-executor.ts'

/*
 * `buy_label` by a process that is killed at each boundary of its one writing step, 25 purchases at a time.
 * The judge is the carrier: what it has sold. Boundaries inside the process are held open by locks in Postgres.
 */
const PURCHASES = 25

// A dead process keeps its runs for ten seconds, and a purchase counts as not made only after five.
jest.setTimeout(120_000)

let engine: RunningExecutor
let carrier: SandboxCarrier
let dataSource: DataSource
let sql: Tx
let victim: ExecutorProcess

beforeAll(async () => {
  ;[engine, carrier] = await Promise.all([withoutExecutor(), startSandboxCarrier()])
  victim = await engine.startProcess()
  dataSource = createDataSource({ url: engine.postgres.urls.executor, schema: 'executor' })
  await dataSource.initialize()
  sql = statements(dataSource)
}, 120_000)
afterAll(async () => {
  await dataSource.destroy()
  await carrier.stop()
  await engine.stop()
})

interface Round {
  readonly storeId: StoreId
  readonly connectorId: ConnectorId
  readonly rateIds: readonly string[]
  /** When it began, by the carrier's books. */
  readonly soldBefore: number
}

const inches = { value: 5, unit: 'in' }
const address = {
  name: 'Ada',
  street1: '731 Valencia Street',
  city: 'San Francisco',
  state: 'CA',
  postalCode: '94110',
  country: 'US',
}

async function begin(): Promise<Round> {
  const storeId = `store-${randomUUID()}` as StoreId
  const connectorId = await engine.install({ storeId, baseUrl: carrier.url })
  const parcel = { length: inches, width: inches, height: inches, weight: { value: 2, unit: 'lb' } }
  const rateIds: string[] = []
  while (rateIds.length < PURCHASES) {
    const to = { ...address, name: randomUUID(), postalCode: '10001' }
    const { results } = await engine.invoke(storeId, 'get_rates', { input: { from: address, to, parcels: [parcel] } })
    const { rates } = results[0]!.output as { rates: { id: string }[] }
    rateIds.push(...rates.map(({ id }) => id).slice(0, PURCHASES - rateIds.length))
  }
  return { storeId, connectorId, rateIds, soldBefore: carrier.labels.length }
}

/** Asks for every purchase, and does not wait: the one who answers is about to die. */
function buyAll({ storeId, rateIds }: Round): void {
  for (const rateId of rateIds) {
    engine.invoke(storeId, 'buy_label', { input: { rateId }, deadlineMs: 8_000 }).catch(() => undefined)
  }
}

const purchasesSent = (since: number): number =>
  carrier.journal.entries.filter(
    ({ sequence, method, path }) => sequence > since && method === 'POST' && path === '/transactions/',
  ).length

async function count(query: string, ...parameters: unknown[]): Promise<number> {
  const [row] = await sql.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${query}`, parameters)
  return row!.n
}

const blocked = (table: string): Promise<number> =>
  count('pg_locks WHERE NOT granted AND relation = $1::regclass', `executor.${table}`)

/** Holds up whoever writes to the table, until the session is closed. */
async function hold(table: string): Promise<Session> {
  const session = await openSession(dataSource)
  await session.query('BEGIN')
  // Keeps out those who write rows, not those who only lock one.
  await session.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`)
  return session
}

/** Another process takes over; then every run must have ended, every end be recorded, and nothing be sold twice. */
async function judge({ storeId, connectorId, rateIds, soldBefore }: Round): Promise<void> {
  await victim.kill()
  carrier.behaveWell()
  victim = await engine.startProcess()
  const begun = await count('run WHERE connector_id = $1', connectorId)
  expect(begun).toBeGreaterThan(0)
  await eventually(
    async () => (await count('run WHERE connector_id = $1 AND ended_at IS NOT NULL', connectorId)) === begun,
    { withinMs: 90_000, everyMs: 250 },
  )

  const sold = carrier.labels
    .slice(soldBefore)
    .map(({ trackingNumber, quote }) => ({ trackingNumber, rateId: quote.id }))
  const soldRates = sold.map(({ rateId }) => rateId)
  expect(new Set(soldRates).size).toBe(soldRates.length)
  expect(soldRates.every((rateId) => rateIds.includes(rateId))).toBe(true)

  const facts = (await engine.executions(storeId, connectorId)).filter(({ hook }) => hook === 'buy_label')
  const recorded = new Map(
    facts.filter(({ status }) => status === 'succeeded').map((fact) => [rateOf(fact), trackedBy(fact)]),
  )
  expect(recorded.size).toBe(begun)
  for (const { trackingNumber, rateId } of sold) expect(recorded.get(rateId)).toBe(trackingNumber)
  expect(sold).toHaveLength(begun)
}

const rateOf = ({ input }: ExecutionRecorded): string => (input.content as { rateId: string }).rateId
const trackedBy = ({ output }: ExecutionRecorded): unknown =>
  (output as { content: { trackingNumber: string } }).content.trackingNumber

describe('a process that is killed while it buys labels', () => {
  it('before it has written down that it will', async () => {
    const round = await begin()
    const held = await hold('run_step')
    buyAll(round)
    await eventually(async () => (await blocked('run_step')) > 0)
    await eventually(async () => (await count('run WHERE connector_id = $1', round.connectorId)) > 0)
    await victim.kill()
    await held.close()

    await judge(round)
  })

  it('after it has written that down and sent the request, which was not carried out', async () => {
    const round = await begin()
    const since = carrier.journal.entries.at(-1)!.sequence
    carrier.behave({ method: 'POST', path: '/transactions/', behaviour: 'hang' })
    buyAll(round)
    await eventually(() => purchasesSent(since) === PURCHASES)

    await judge(round)
  })

  it('after the carrier has sold, before it has answered', async () => {
    const round = await begin()
    carrier.behave({ method: 'POST', path: '/transactions/', behaviour: 'slow:60000' })
    buyAll(round)
    await eventually(() => carrier.labels.length === round.soldBefore + PURCHASES)

    await judge(round)
  })

  it('after the carrier has answered, before that is written down', async () => {
    const round = await begin()
    carrier.behave({ method: 'POST', path: '/transactions/', behaviour: 'slow:1000' })
    buyAll(round)
    await eventually(() => carrier.labels.length === round.soldBefore + PURCHASES)
    const held = await hold('run_step')
    await eventually(async () => (await blocked('run_step')) > 0)
    await victim.kill()
    await held.close()

    await judge(round)
  })

  it('when the answer of some is written down', async () => {
    const round = await begin()
    buyAll(round)
    await eventually(async () => (await count("run_step WHERE key = 'buy' AND outcome IS NOT NULL")) > 0, {
      everyMs: 1,
    })

    await judge(round)
  })

  it('when the end of some is recorded', async () => {
    const round = await begin()
    buyAll(round)
    await eventually(
      async () => (await engine.executions(round.storeId, round.connectorId)).some(({ hook }) => hook === 'buy_label'),
      { everyMs: 1 },
    )

    await judge(round)
  })

  it('after the end is recorded, before the run has ended', async () => {
    const round = await begin()
    carrier.behave({ method: 'POST', path: '/transactions/', behaviour: 'slow:1000' })
    buyAll(round)
    await eventually(() => carrier.labels.length === round.soldBefore + PURCHASES)
    const held = await hold('run')
    await eventually(async () => (await blocked('run')) > 0)
    await eventually(async () =>
      (await engine.executions(round.storeId, round.connectorId)).some(({ hook }) => hook === 'buy_label'),
    )
    await victim.kill()
    await held.close()

    await judge(round)
  })

  it.each([1, 2, 3])('at any time (%i)', async () => {
    const round = await begin()
    carrier.behave({ method: 'POST', path: '/transactions/', behaviour: 'slow:150' })
    buyAll(round)
    await eventually(async () => (await count('run WHERE connector_id = $1', round.connectorId)) > 0, { everyMs: 1 })
    await pause(randomInt(0, 250))

    await judge(round)
  })
})
