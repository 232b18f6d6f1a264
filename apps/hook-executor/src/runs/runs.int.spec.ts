import {
  executor,
  newId,
  type ConnectorId,
  type ExecutionRecorded,
  type InvokeResult,
  type StoreId,
} from '@cartly/contracts'
import { startSandboxCarrier, type SandboxCarrier } from '@cartly/demo-store'
import { createDataSource, statements, type Tx } from '@cartly/read-model'
import { eventually } from '@cartly/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { definitionOf } from '../testing/definitions.ts'
import { startFakeService, type FakeService } from '../testing/fake-service.ts'
import { runningExecutor, type RunningExecutor } from '../testing/running-executor.ts'

let engine: RunningExecutor
let carrier: SandboxCarrier
let service: FakeService
let dataSource: DataSource
let sql: Tx
let storeId: StoreId

beforeAll(async () => {
  ;[engine, carrier, service] = await Promise.all([runningExecutor(), startSandboxCarrier(), startFakeService()])
  dataSource = createDataSource({ url: engine.postgres.urls.executor, schema: 'executor' })
  await dataSource.initialize()
  sql = statements(dataSource)
})
afterAll(async () => {
  await dataSource.destroy()
  await Promise.all([carrier.stop(), service.stop()])
  await engine.stop()
})
beforeEach(() => {
  storeId = `store-${randomUUID()}` as StoreId
  carrier.behaveWell()
  service.requests.length = 0
  service.answer = () => ({ body: { answer: 'yes' } })
})

const inches = (value: number) => ({ value, unit: 'in' })
const address = {
  name: 'Ada',
  street1: '731 Valencia Street',
  city: 'San Francisco',
  state: 'CA',
  postalCode: '94110',
  country: 'US',
}

async function invoke(hook: string, input: object, idempotencyKey?: string): Promise<InvokeResult> {
  const { results } = await engine.invoke(storeId, hook, {
    input,
    deadlineMs: 8_000,
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })
  return results[0]!
}

/** A rate to buy, of a connector that is installed for it. */
async function quote(): Promise<{ connectorId: ConnectorId; rateId: string }> {
  const connectorId = await engine.install({ storeId, baseUrl: carrier.url })
  const parcel = { length: inches(5), width: inches(5), height: inches(5), weight: { value: 2, unit: 'lb' } }
  const { output } = await invoke('get_rates', {
    from: address,
    to: { ...address, postalCode: '10001' },
    parcels: [parcel],
  })
  return { connectorId, rateId: (output as { rates: { id: string }[] }).rates[0]!.id }
}

const labelsOf = (rateId: string) => carrier.labels.filter((label) => JSON.stringify(label).includes(rateId))
const factsOf = (connectorId: ConnectorId, wanted: (fact: ExecutionRecorded) => boolean, count: number) =>
  eventually(async () => {
    const found = (await engine.executions(storeId, connectorId)).filter(wanted)
    return found.length >= count && found
  })

describe('a hook that buys', () => {
  it('finds out what became of a purchase whose answer was lost, instead of buying again', async () => {
    const { rateId } = await quote()
    carrier.behave({ method: 'POST', path: '/transactions/', behaviour: 'lost', times: 1 })

    const result = await invoke('buy_label', { rateId })

    expect(result).toMatchObject({ status: 'succeeded', source: 'live' })
    expect(labelsOf(rateId)).toHaveLength(1)
  })

  it('gives the same label again for the same idempotency key', async () => {
    const { rateId } = await quote()
    const key = randomUUID()

    const first = await invoke('buy_label', { rateId }, key)
    const second = await invoke('buy_label', { rateId }, key)
    const together = await Promise.all([1, 2, 3].map(() => invoke('buy_label', { rateId }, key)))

    expect(first).toMatchObject({ status: 'succeeded' })
    expect([second, ...together]).toEqual([first, first, first, first])
    expect(labelsOf(rateId)).toHaveLength(1)
    const other = engine.invoke(storeId, 'buy_label', { input: { rateId, reference: 'x' }, idempotencyKey: key })
    await expect(other).rejects.toThrow('idempotency_key_reused')
  })

  it('buys once for one key, however many ask at once', async () => {
    const { rateId } = await quote()
    const key = randomUUID()

    const results = await Promise.all(Array.from({ length: 10 }, () => invoke('buy_label', { rateId }, key)))

    expect(new Set(results.map(({ executionId }) => executionId)).size).toBe(1)
    expect(results.every(({ status }) => status === 'succeeded')).toBe(true)
    expect(labelsOf(rateId)).toHaveLength(1)
  })

  it('does not buy again when it is replayed', async () => {
    const { connectorId, rateId } = await quote()
    const { executionId } = await invoke('buy_label', { rateId })
    const request = { storeId, connectorId, executionId, hook: 'buy_label', input: { rateId } }

    const replayed = await engine.client.request(executor.replay, request)

    expect(replayed).toMatchObject({ status: 'succeeded' })
    expect(replayed.executionId).not.toBe(executionId)
    expect(labelsOf(rateId)).toHaveLength(1)
  })

  it('is taken over from a process that died after it had sent the purchase', async () => {
    const { connectorId, rateId } = await quote()
    const headers = { authorization: 'ShippoToken shippo_test_0123456789', 'content-type': 'application/json' }
    const body = JSON.stringify({ rate: rateId, label_file_type: 'PDF_4x6', async: false })
    await fetch(`${carrier.url}/transactions/`, { method: 'POST', headers, body })
    const executionId = await abandoned(connectorId, 'buy_label', { rateId }, [{ key: 'buy', begunAt: Date.now() }])

    const [fact] = await factsOf(connectorId, ({ hook }) => hook === 'buy_label', 1)

    expect(fact).toMatchObject({ executionId, status: 'succeeded' })
    expect(labelsOf(rateId)).toHaveLength(1)
  })

  it('is taken over from a process that died before it had sent the purchase', async () => {
    const { connectorId, rateId } = await quote()
    const executionId = await abandoned(connectorId, 'buy_label', { rateId }, [])

    const [fact] = await factsOf(connectorId, ({ hook }) => hook === 'buy_label', 1)

    expect(fact).toMatchObject({ executionId, status: 'succeeded' })
    expect(labelsOf(rateId)).toHaveLength(1)
  })
})

/** A run as a process leaves it behind that was killed. */
async function abandoned(
  connectorId: ConnectorId,
  hook: string,
  input: object,
  steps: { key: string; begunAt: number }[],
): Promise<string> {
  const executionId = newId('exec')
  await sql.query(
    `WITH run AS (
       INSERT INTO run (execution_id, store_id, connector_id, hook, trigger, key, input, tries, holder, held_until)
       VALUES ($1, $2, $3, $4, 'invoke', $1, $5, 1, 'a process that is gone', now()) RETURNING execution_id)
     INSERT INTO run_step (execution_id, key, step, writes, begun_at)
     SELECT execution_id, step.key, step.key, true, step."begunAt" FROM run, jsonb_to_recordset($6) AS step(key text, "begunAt" bigint)`,
    [executionId, storeId, connectorId, hook, JSON.stringify(input), JSON.stringify(steps)],
  )
  return executionId
}

const installOn = (step: object = {}): Promise<ConnectorId> =>
  engine.install({
    storeId,
    baseUrl: service.url,
    definition: definitionOf({
      hook: { on: ['product.updated'], deadlineMs: 30_000 },
      step: { request: { method: 'POST', path: '/ask', body: { question: { $: 'input.title' } } }, ...step },
    }),
  })
const update = (entity: string, title: string, id: string = randomUUID()) =>
  engine.publish(storeId, { id, type: 'product.updated', data: { id: entity, title } })
const questions = () => service.requests.map(({ body }) => (body as { question: string }).question)

describe('hooks on store events', () => {
  it('keep the order of each entity, and let no entity wait for another', async () => {
    const connectorId = await installOn()
    const gate = Promise.withResolvers<object>()
    service.answer = ({ body }) => ((body as { question: string }).question === 'a1' ? gate.promise : {})
    for (const title of ['a1', 'a2', 'b1', 'a3', 'b2']) await update(`prod_${title[0]}`, title)
    await factsOf(connectorId, () => true, 2)
    expect(questions()).toEqual(['a1', 'b1', 'b2'])

    gate.resolve({})

    await factsOf(connectorId, () => true, 5)
    expect(questions()).toEqual(['a1', 'b1', 'b2', 'a2', 'a3'])
  })

  it('run once for an event, though it is published again and read by two replicas', async () => {
    const connectorId = await installOn()
    const replica = await engine.startReplica()
    const id = randomUUID()
    await update('prod_1', 'first', id)
    await factsOf(connectorId, () => true, 1)

    const again = await engine.nats.connect('store-platform')
    const event = {
      specversion: '1.0',
      source: '/x',
      id,
      type: 'product.updated',
      data: { id: 'prod_1', title: 'first' },
    }
    await again.request(`store.${storeId}.product.updated`, JSON.stringify(event))
    await update('prod_1', 'second')

    await factsOf(connectorId, ({ input }) => JSON.stringify(input).includes('second'), 1)
    await replica.close()
    expect(questions()).toEqual(['first', 'second'])
  })

  it('are tried again after a passing failure, each try in the history', async () => {
    const connectorId = await installOn()
    service.answer = () => ({ status: 503, body: {} })
    await update('prod_1', 'title')
    const [first] = await factsOf(connectorId, () => true, 1)
    expect(first).toMatchObject({ status: 'failed', error: { class: 'transient' } })
    service.answer = () => ({ body: { answer: 'yes' } })

    await eventually(async () => {
      const soon = 'UPDATE run SET due_at = now() WHERE execution_id = $1 AND holder IS NULL RETURNING 1'
      return (await sql.query(soon, [first!.executionId])).length > 0
    })

    const [, second] = await factsOf(connectorId, () => true, 2)
    expect(second).toMatchObject({ status: 'succeeded', trigger: 'event', replayOf: first!.executionId })
    expect(second!.eventId).toBe(first!.eventId)
  })

  it('are not run any more once the connector is inactive', async () => {
    const connectorId = await installOn()
    await engine.record(connectorId, { type: 'ConnectorDeactivated', data: {} })
    const other = await installOn()

    await update('prod_1', 'title')

    await factsOf(other, () => true, 1)
    expect(await engine.executions(storeId, connectorId)).toEqual([])
  })

  it('run although all the connectors of another store hang', async () => {
    const [gate, hanging, well] = [Promise.withResolvers<object>(), storeId, await startFakeService()]
    service.answer = () => gate.promise
    const connectors = await Promise.all(Array.from({ length: 40 }, () => installOn()))
    for (let i = 0; i < 8; i++) await update(`prod_${i}`, `h${i}`)
    await eventually(() => service.requests.length >= 64)
    storeId = `store-${randomUUID()}` as StoreId
    const definition = definitionOf({ hook: { on: ['product.updated'] } })
    const other = await engine.install({ storeId, baseUrl: well.url, definition })

    await update('prod_1', 'title')

    await factsOf(other, ({ status }) => status === 'succeeded', 1)
    expect(service.requests).toHaveLength(64)
    for (const connectorId of connectors) expect(await engine.executions(hanging, connectorId)).toEqual([])
    gate.resolve({})
    await eventually(() => service.requests.length === 320)
    await well.stop()
  })

  it('run although a connector beside it hangs', async () => {
    const hanging = await installOn()
    const gate = Promise.withResolvers<object>()
    service.answer = () => gate.promise
    for (let i = 0; i < 10; i++) await update(`prod_${i}`, `h${i}`)
    await eventually(() => service.requests.length === 8)
    const store = storeId
    storeId = `store-${randomUUID()}` as StoreId
    const well = await startFakeService()
    const other = await engine.install({
      storeId,
      baseUrl: well.url,
      definition: definitionOf({ hook: { on: ['product.updated'] } }),
    })

    await update('prod_1', 'title')

    await factsOf(other, ({ status }) => status === 'succeeded', 1)
    expect(await engine.executions(store, hanging)).toEqual([])
    gate.resolve({})
    await well.stop()
  })
})
