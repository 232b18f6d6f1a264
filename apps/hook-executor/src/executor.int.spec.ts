import { executor, newId, type CartlyError, type InvokeResult, type StoreId } from '@cartly/contracts'
import { startSandboxCarrier, type SandboxCarrier } from '@cartly/demo-store'
import { eventually } from '@cartly/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { NEXT_VERSION, runningExecutor, type RunningExecutor } from './testing/running-executor.ts'

let engine: RunningExecutor
let carrier: SandboxCarrier
const newStore = (): StoreId => `store-${randomUUID()}` as StoreId

const address = {
  name: 'Ada',
  street1: '731 Valencia Street',
  city: 'San Francisco',
  state: 'CA',
  postalCode: '94110',
  country: 'US',
}
const inches = (value: number) => ({ value, unit: 'in' })
const input = {
  from: address,
  to: { ...address, postalCode: '10001', city: 'New York', state: 'NY' },
  parcels: [{ length: inches(5), width: inches(5), height: inches(5), weight: { value: 2, unit: 'lb' } }],
}

beforeAll(async () => {
  ;[engine, carrier] = await Promise.all([runningExecutor(), startSandboxCarrier()])
})
afterAll(async () => {
  await engine.stop()
  await carrier.stop()
})
afterEach(() => carrier.behaveWell())

const failure = (promise: Promise<unknown>): Promise<CartlyError> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: CartlyError) => error,
  )

describe('invoking a hook', () => {
  it('gives the rates of every active connector, live, and records each execution', async () => {
    const storeId = newStore()
    const shippo = await engine.install({ storeId, baseUrl: carrier.url })
    const other = await engine.install({ storeId, baseUrl: carrier.url })
    await engine.install({ storeId, baseUrl: carrier.url, active: false })

    const { results } = await engine.invoke(storeId, 'get_rates', { input })

    expect(results.map(({ connectorId }) => connectorId).toSorted()).toEqual([shippo, other].toSorted())
    for (const { status, source, output } of results) {
      expect({ status, source }).toEqual({ status: 'succeeded', source: 'live' })
      expect((output as { rates: unknown[] }).rates.length).toBeGreaterThan(0)
    }
    const [fact] = await eventually(async () => {
      const facts = await engine.executions(storeId, shippo)
      return facts.length > 0 && facts
    })
    const result = results.find(({ connectorId }) => connectorId === shippo)
    expect(fact).toMatchObject({
      executionId: result?.executionId,
      hook: 'get_rates',
      trigger: 'invoke',
      status: 'succeeded',
      source: 'live',
      connectorRevision: 1,
    })
    expect(fact!.steps[0]).toMatchObject({
      id: 'shipment',
      status: 'succeeded',
      attempts: [{ response: { status: 201 } }],
    })
  })

  it('has no result where no connector serves the hook', async () => {
    expect(await engine.invoke(newStore(), 'get_rates', { input })).toEqual({ results: [] })
  })

  it('finds a connector that was activated a moment ago', async () => {
    const storeId = newStore()
    const connectorId = await engine.install({ storeId, baseUrl: carrier.url, active: false })
    const ask = () => engine.client.request(executor.invoke, { storeId, connectorId, hook: 'get_rates', input })
    expect(await failure(ask())).toMatchObject({ kind: 'conflict', code: 'connector_not_active' })

    for (let i = 0; i < 5; i++) {
      await engine.record(connectorId, { type: 'ConnectorActivated', data: {} })
      expect(await ask()).toMatchObject({ status: 'succeeded' })
      await engine.record(connectorId, { type: 'ConnectorDeactivated', data: {} })
      await eventually(async () => (await failure(ask())).code === 'connector_not_active')
    }
  })

  it("knows neither another store's connector nor a hook that is not there", async () => {
    const storeId = newStore()
    const connectorId = await engine.install({ storeId, baseUrl: carrier.url })
    const ask = (over: object) =>
      failure(engine.client.request(executor.invoke, { storeId, connectorId, hook: 'get_rates', input, ...over }))

    expect(await ask({ storeId: newStore() })).toMatchObject({ kind: 'not_found' })
    expect(await ask({ connectorId: newId('conn') })).toMatchObject({ kind: 'not_found' })
    expect(await ask({ hook: 'no_such_hook' })).toMatchObject({ kind: 'not_found' })
  })

  it('says where an input does not fit', async () => {
    const storeId = newStore()
    const connectorId = await engine.install({ storeId, baseUrl: carrier.url })
    const bad = { ...input, parcels: [] }

    const error = await failure(
      engine.client.request(executor.invoke, { storeId, connectorId, hook: 'get_rates', input: bad }),
    )

    expect(error).toMatchObject({ kind: 'invalid', errors: [{ pointer: '/input/parcels' }] })
  })

  it('answers at its deadline although the service hangs, and says so', async () => {
    const storeId = newStore()
    const connectorId = await engine.install({ storeId, baseUrl: carrier.url })
    carrier.behave({ path: '/shipments/', behaviour: 'hang' })
    const began = performance.now()

    const { results } = await engine.invoke(storeId, 'get_rates', { input, deadlineMs: 300 })

    const took = performance.now() - began
    expect(took).toBeGreaterThan(250)
    expect(results).toMatchObject([{ connectorId, status: 'failed', error: { class: 'transient' } }])
    const facts = await eventually(async () => {
      const found = await engine.executions(storeId, connectorId)
      return found.length > 0 && found
    })
    expect(facts).toMatchObject([{ executionId: results[0]!.executionId, status: 'failed' }])
  })

  it('keeps the key out of what is recorded and logged', async () => {
    const apiKey = `shippo_test_${randomUUID()}`
    const storeId = newStore()
    const connectorId = await engine.install({ storeId, baseUrl: carrier.url, apiKey })
    await engine.invoke(storeId, 'get_rates', { input })

    const facts = await eventually(async () => {
      const found = await engine.executions(storeId, connectorId)
      return found.length > 0 && found
    })
    const everything = JSON.stringify(facts) + engine.lines.join('\n')
    expect(carrier.journal.entries.at(-1)?.headers['authorization']).toContain(apiKey.slice(-4))
    for (const form of [apiKey, Buffer.from(apiKey).toString('base64'), encodeURIComponent(apiKey)]) {
      expect(everything).not.toContain(form)
    }
  })

  it('borrows a credential once a minute, not once a call', async () => {
    const storeId = newStore()
    const connectorId = await engine.install({ storeId, baseUrl: carrier.url })
    for (let i = 0; i < 5; i++) await engine.invoke(storeId, 'track', { input: { trackingNumber: `T${i}` } })

    expect(engine.vault.asked.filter(({ ownerId }) => ownerId === connectorId)).toHaveLength(1)
  })

  it('names the credentials when there are none', async () => {
    const storeId = newStore()
    await engine.install({ storeId, baseUrl: carrier.url, apiKey: null })

    const { results } = await engine.invoke(storeId, 'get_rates', { input })

    expect(results).toMatchObject([
      { status: 'failed', error: { class: 'configuration', code: 'credentials_missing' } },
    ])
  })
})

describe('upgrading connectors', () => {
  it('fails no execution, of a hundred connectors under load', async () => {
    const stores = Array.from({ length: 100 }, newStore)
    const connectors = await Promise.all(stores.map((storeId) => engine.install({ storeId, baseUrl: carrier.url })))
    const from = '1.0.0'
    const asked: Promise<InvokeResult | undefined>[] = []
    const ask = (): void => {
      for (const storeId of stores) {
        const track = engine.invoke(storeId, 'track', { input: { trackingNumber: randomUUID() }, deadlineMs: 8_000 })
        asked.push(track.then(({ results }) => results[0]))
      }
    }

    ask()
    const upgrades = connectors.map((connectorId) =>
      engine.record(connectorId, {
        type: 'ConnectorUpgraded',
        data: { from, to: NEXT_VERSION, settings: { defaultCarrier: 'ups' }, mappings: {} },
      }),
    )
    ask()
    const afterSequence = Math.max(...(await Promise.all(upgrades)))
    // A test waits until all of that is known; what was asked before has then been sent.
    await engine.client.request(executor.test, { storeId: stores[0]!, connectorId: connectors[0]!, afterSequence })
    await Promise.all(asked)
    ask()

    const results = await Promise.all(asked)
    expect(results.filter((result) => result?.status !== 'succeeded')).toEqual([])
    const paths = carrier.journal.entries.slice(-100).map(({ path }) => path)
    expect(paths.every((path) => path.startsWith('/tracks/ups/'))).toBe(true)
    const [last] = (
      await eventually(async () => {
        const found = await engine.executions(stores[0]!, connectors[0]!)
        const tracked = found.filter(({ hook }) => hook === 'track')
        return tracked.length === 3 && tracked
      })
    ).toReversed()
    expect(last).toMatchObject({ templateVersion: NEXT_VERSION, connectorRevision: 2 })
  })
})

describe('testing a connection', () => {
  it('passes with a good key and explains a bad one, as of the change before', async () => {
    const storeId = newStore()
    const connectorId = await engine.install({ storeId, active: false, apiKey: 'not-a-token' })
    const test = async () => {
      const afterSequence = await engine.record(connectorId, {
        type: 'ConnectorConfigured',
        data: { endpoints: { baseUrl: carrier.url } },
      })
      return engine.client.request(executor.test, { storeId, connectorId, afterSequence })
    }
    expect(await test()).toMatchObject({ ok: false })

    engine.vault.credentials.set(`${connectorId} connector`, {
      version: 2,
      values: { apiKey: 'shippo_test_9876543210' },
    })

    expect(await test()).toMatchObject({ ok: true, checks: [{ ok: true }, { ok: true }, { ok: true }] })
    const facts = await eventually(async () => {
      const found = await engine.executions(storeId, connectorId)
      return found.length === 2 && found
    })
    const about = { hook: 'test_connection', trigger: 'test', source: 'live' }
    expect(facts).toMatchObject([
      { ...about, status: 'failed', error: { class: 'configuration' }, connectorRevision: 2 },
      { ...about, status: 'succeeded', steps: [{ id: 'test', attempts: [{ response: { status: 200 } }] }] },
    ])
    expect(JSON.stringify(facts)).not.toMatch(/not-a-token|9876543210/)
  })

  it('explains that credentials are missing', async () => {
    const storeId = newStore()
    const connectorId = await engine.install({ storeId, baseUrl: carrier.url, apiKey: null })

    const result = await engine.client.request(executor.test, { storeId, connectorId, afterSequence: 0 })

    expect(result).toMatchObject({ ok: false, error: { code: 'credentials_missing' } })
    const facts = await eventually(async () => {
      const found = await engine.executions(storeId, connectorId)
      return found.length > 0 && found
    })
    expect(facts).toMatchObject([
      { trigger: 'test', status: 'failed', error: { code: 'credentials_missing' }, steps: [] },
    ])
  })
})

const previewMapping = (mapping: unknown, more: object = {}) =>
  engine.client.request(executor.previewMapping, { mapping, input: { name: ' Ada ' }, ...more })

describe('previews', () => {
  it('show what would be sent, and send nothing', async () => {
    const storeId = newStore()
    const connectorId = await engine.install({ storeId, baseUrl: carrier.url, active: false, apiKey: null })
    const before = carrier.journal.total

    const preview = await engine.client.request(executor.preview, {
      storeId,
      connectorId,
      hook: 'get_rates',
      input,
      responses: { shipment: { status: 201, body: { status: 'SUCCESS', rates: [], messages: [] } } },
    })

    expect(preview).toMatchObject({
      requests: [{ step: 'shipment', method: 'POST' }],
      output: { rates: [], messages: [] },
    })
    expect(carrier.journal.total).toBe(before)
  })

  it('show what a mapping gives, or where it is wrong', async () => {
    expect(await previewMapping({ to: { $trim: { $: 'input.name' } } })).toEqual({ output: { to: 'Ada' } })
    expect(await previewMapping({ $jsonata: '{ "to": $trim(name) }' })).toEqual({ output: { to: 'Ada' } })
    expect(await previewMapping({ $jsonata: '{ "to": ' })).toMatchObject({ error: { pointer: '/$jsonata' } })
    expect(await previewMapping({ to: { $nothing: 1 } })).toMatchObject({
      error: { code: 'unknown_function', pointer: '/to/$nothing' },
    })
  })

  it('apply named mappings, and say in which of them something is wrong', async () => {
    const mapping = { person: { $apply: { mapping: 'person', to: { $: 'input' } } } }
    const person = { first: { $trim: { $: 'input.name' } } }
    const broken = { $nothing: 1 }

    expect(await previewMapping(mapping, { mappings: { person, broken } })).toEqual({
      output: { person: { first: 'Ada' } },
    })
    expect(await previewMapping(mapping, { mappings: { person: broken } })).toMatchObject({
      error: { code: 'unknown_function', pointer: '/mappings/person/$nothing' },
    })
    expect(await previewMapping(mapping, { mappings: { person: mapping } })).toMatchObject({
      error: { code: 'cycle', pointer: '/mappings/person' },
    })
  })

  it('go backwards, or say which rule has no way back', async () => {
    const backward = (mapping: unknown, written: unknown) =>
      previewMapping(mapping, { input: written, direction: 'backward' })

    const cents = { $decimal: { of: { $: 'input.cents' }, currency: 'USD' } }
    expect(await backward({ total: cents }, { total: '12.50' })).toEqual({ output: { cents: 1250 } })
    expect(await backward({ to: { $trim: { $: 'input.name' } } }, { to: 'Ada' })).toMatchObject({
      error: { code: 'not_invertible', pointer: '/to/$trim' },
    })
    expect(await backward({ $jsonata: 'name' }, 'Ada')).toMatchObject({
      error: { code: 'not_invertible', pointer: '/$jsonata' },
    })
  })
})

describe('replaying', () => {
  it("runs with today's configuration, or that of then", async () => {
    const storeId = newStore()
    const connectorId = await engine.install({ storeId, baseUrl: carrier.url })
    const then = new Date().toISOString()
    await eventually(() => Date.now() > Date.parse(then))
    await engine.record(connectorId, {
      type: 'ConnectorConfigured',
      data: { endpoints: { baseUrl: 'http://127.0.0.1:1' } },
    })
    const executionId = newId('exec')
    const request = { storeId, executionId, connectorId, hook: 'get_rates', input }
    await eventually(async () => {
      const today = await engine.client.request(executor.replay, request)
      return today.status === 'failed'
    })

    const ofThen = await engine.client.request(executor.replay, { ...request, asOf: then })

    expect(ofThen).toMatchObject({ status: 'succeeded', source: 'live' })
    const facts = await eventually(async () => {
      const found = await engine.executions(storeId, connectorId)
      return found.some(({ status }) => status === 'succeeded') && found
    })
    expect(facts.at(-1)).toMatchObject({ trigger: 'replay', replayOf: executionId, connectorRevision: 1 })
  })
})

describe('store events', () => {
  it('run the hooks that name their type, once', async () => {
    const storeId = newStore()
    const connectorId = await engine.install({ storeId, baseUrl: carrier.url })
    await engine.invoke(storeId, 'track', { input: { trackingNumber: 'T1' } })
    const order = { id: 'ord_1', shippingAddress: address }

    await engine.publish(storeId, { id: randomUUID(), type: 'order.created', data: order })

    const fact = await eventually(async () => {
      const found = await engine.executions(storeId, connectorId)
      return found.find(({ trigger }) => trigger === 'event')
    })
    expect(fact).toMatchObject({ hook: 'check_order_address', status: 'succeeded', input: { content: order } })
  })

  it('that do not fit their schema stop nothing behind them', async () => {
    const storeId = newStore()
    const connectorId = await engine.install({ storeId, baseUrl: carrier.url })
    await engine.invoke(storeId, 'track', { input: { trackingNumber: 'T1' } })
    await engine.publish(storeId, { id: randomUUID(), type: 'order.created', data: { id: 7 } })
    const id = randomUUID()
    await engine.publish(storeId, { id, type: 'order.created', data: { id: 'ord_2', shippingAddress: address } })

    await eventually(async () => {
      const found = await engine.executions(storeId, connectorId)
      return found.some(({ eventId }) => eventId === id)
    })
  })
})
