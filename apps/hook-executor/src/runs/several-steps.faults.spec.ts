import type { StoreId } from '@cartly/contracts'
import { createDataSource, statements, type Tx } from '@cartly/read-model'
import { eventually } from '@cartly/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { definitionOf } from '../testing/definitions.ts'
import { startFakeService, type FakeService, type SentRequest } from '../testing/fake-service.ts'
import { withoutExecutor, type ExecutorProcess, type RunningExecutor } from '../testing/running-executor.ts'

/*
 * A chain of three steps that each change something at the service, one for each kind of idempotency, by a process that
 * is killed before and after each of them, 10 runs at a time. The judge is the service: what it has done.
 */
const RUNS = 10
jest.setTimeout(120_000)

let engine: RunningExecutor
let service: FakeService
let dataSource: DataSource
let sql: Tx
let victim: ExecutorProcess

/** What the service has done, step by step: for which orders, and how often it was asked. */
const done = { order: new Map<string, number>(), payment: new Map<string, number>(), notice: new Map<string, number>() }
type Place = keyof typeof done
/** Where it keeps its peace from now on: before it does anything, or after. */
let silent: { place: Place; when: 'before' | 'after' } | undefined

beforeAll(async () => {
  ;[engine, service] = await Promise.all([withoutExecutor(), startFakeService()])
  victim = await engine.startProcess()
  dataSource = createDataSource({ url: engine.postgres.urls.executor, schema: 'executor' })
  await dataSource.initialize()
  sql = statements(dataSource)
}, 120_000)
afterAll(async () => {
  await dataSource.destroy()
  await service.stop()
  await engine.stop()
})
beforeEach(() => {
  for (const of of Object.values(done)) of.clear()
  silent = undefined
  service.requests.length = 0
  service.answer = answer
})

const never = new Promise<object>(() => {})

function answer({ method, path, body, headers }: SentRequest): object | Promise<object> {
  const [, what, id] = path.split('/') as [string, Place, string | undefined]
  if (method === 'GET') return done[what].has(id!) ? { body: { paid: true } } : { status: 404, body: {} }
  if (silent?.place === what && silent.when === 'before') return never
  const order = what === 'notice' ? String(headers['idempotency-key']) : (body as { order: string }).order
  // A key that is known already does nothing more; orders and payments the service would do twice.
  done[what].set(order, what === 'notice' ? 1 : (done[what].get(order) ?? 0) + 1)
  if (silent?.place === what) return never
  return { body: { id: `${what}-${order}` } }
}

const order = { $: 'input.question' }
const definition = definitionOf({
  hook: {
    deadlineMs: 8_000,
    steps: [
      {
        id: 'order',
        request: { method: 'PUT', path: '/order', body: { order } },
        idempotency: { by: 'natural', because: 'an order is put in its place, however often' },
        output: { id: { $: 'response.body.id' } },
      },
      {
        id: 'pay',
        request: { method: 'POST', path: '/payment', body: { order, of: { $: 'steps.order.id' } } },
        idempotency: {
          by: 'reconcile',
          request: { method: 'GET', path: ['payment', order] },
          found: { $equals: [{ $: 'response.body.paid' }, true] },
          absent: { $equals: [{ $: 'response.status' }, 404] },
          settleMs: 1_000,
          output: { id: { $concat: ['payment-', order] } },
        },
        output: { id: { $: 'response.body.id' } },
      },
      {
        id: 'tell',
        request: { method: 'POST', path: '/notice', body: { payment: { $: 'steps.pay.id' } } },
        idempotency: { by: 'key', in: 'header', name: 'Idempotency-Key' },
      },
    ],
    result: { payment: { $: 'steps.pay.id' } },
  },
})

const unended = async (connectorId: string): Promise<number> => {
  const query = 'SELECT count(*)::int AS n FROM run WHERE connector_id = $1 AND ended_at IS NULL'
  const [row] = await sql.query<{ n: number }>(query, [connectorId])
  return row!.n
}

describe('a chain of several steps whose process is killed', () => {
  const places = Object.keys(done) as Place[]
  const boundaries = places.flatMap((place) => [['before', place] as const, ['after', place] as const])

  it.each(boundaries)('%s the service has done its %s', async (when, place) => {
    const storeId = `store-${randomUUID()}` as StoreId
    const connectorId = await engine.install({ storeId, baseUrl: service.url, definition })
    const orders = Array.from({ length: RUNS }, () => randomUUID())
    silent = { place, when }
    for (const question of orders) {
      engine.invoke(storeId, 'ask', { input: { question }, deadlineMs: 8_000 }).catch(() => undefined)
    }
    const asked = (): number => service.requests.filter(({ path }) => path === `/${place}`).length
    await eventually(() => asked() === RUNS)

    await victim.kill()
    silent = undefined
    const earlier = places.slice(0, places.indexOf(place))
    service.requests.length = 0
    victim = await engine.startProcess()
    await eventually(async () => (await unended(connectorId)) === 0, { withinMs: 60_000, everyMs: 250 })

    // What was recorded is not done again, and what was not is done, or found out to have been.
    const again = service.requests.filter(
      ({ method, path }) => method !== 'GET' && earlier.includes(path.slice(1) as Place),
    )
    expect(again).toEqual([])
    expect([...done.order.keys()].toSorted()).toEqual(orders.toSorted())
    expect(Object.fromEntries(done.payment)).toEqual(Object.fromEntries(orders.map((id) => [id, 1])))
    expect(done.notice.size).toBe(RUNS)
    const facts = await engine.executions(storeId, connectorId)
    const ended = facts.filter(({ status }) => status === 'succeeded')
    const payments = ended.map(({ output }) => (output!.content as { payment: string }).payment)
    expect(payments.toSorted()).toEqual(orders.map((id) => `payment-${id}`).toSorted())
  })
})
