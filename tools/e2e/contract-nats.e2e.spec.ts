import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@cartly/testing'
import { PermissionViolationError } from '@nats-io/transport-node'
import { randomUUID } from 'node:crypto'
import { openScene, type Scene } from './scene.ts'
import { rates } from './rates.ts'
import { startReceiver, type Receiver } from './receiver.ts'

/** What the contract promises the store platform, by run.json and a NATS client as it comes. */
const store = 'store_nats'
let scene: Scene
let receiver: Receiver

beforeAll(async () => {
  ;[scene, receiver] = await Promise.all([openScene('contract-nats'), startReceiver()])
}, 120_000)

afterAll(async () => {
  await scene?.close()
  await receiver?.close()
}, 60_000)

interface EventType {
  readonly type: string
  readonly example: { readonly id: string; readonly data: object }
}
interface List<T> {
  readonly data: readonly T[]
  readonly nextCursor: string | null
}

describe('publishing', () => {
  it('takes the example of every type, and passes on what it does not know', async () => {
    await scene.api.post(`/v1/stores/${store}/webhooks`, { url: `${receiver.url}/all`, eventTypes: ['*'] })
    const { data: types } = await scene.api.get<List<EventType>>('/v1/event-types')

    for (const { type, example } of types) {
      const event = { ...example, id: `evt_${type}`, data: { ...example.data, unheardOf: { by: 'the schema' } } }
      await scene.js.publish(`store.${store}.${type}`, JSON.stringify(event), { msgID: event.id })
    }

    const bodies = await eventually(() => {
      const got = receiver.at('/all').map(({ body }) => JSON.parse(body))
      return got.length === types.length && got
    })
    expect(bodies.map(({ type }) => type).toSorted()).toEqual(types.map(({ type }) => type).toSorted())
    for (const body of bodies) {
      expect(body).toMatchObject({
        timestamp: expect.any(String),
        storeId: store,
        data: { unheardOf: { by: 'the schema' } },
      })
    }
    expect(await scene.api.get(`/v1/stores/${store}/rejected-events`)).toMatchObject({ data: [] })
  })

  it('drops what comes again under the same Nats-Msg-Id', async () => {
    const event = JSON.stringify({ ...(await orderCreated()), id: 'evt_twice' })
    const publish = () => scene.js.publish(`store.${store}.order.created`, event, { msgID: 'evt_twice' })
    expect([(await publish()).duplicate, (await publish()).duplicate]).toEqual([false, true])
  })

  it('puts aside what does not fit, says why, and goes on behind it', async () => {
    const elsewhere = 'store_rejects'
    await scene.api.post(`/v1/stores/${elsewhere}/webhooks`, { url: `${receiver.url}/rejects`, eventTypes: ['*'] })
    const fits = await orderCreated()
    const misfits: [string, string, unknown][] = [
      ['invalid_json', 'order.created', '{"specversion":'],
      ['invalid_cloudevent', 'order.created', { ...fits, specversion: '0.3' }],
      ['type_mismatch', 'order.created', { ...fits, type: 'order.updated' }],
      ['unknown_type', 'order.exploded', { ...fits, type: 'order.exploded' }],
      ['invalid_data', 'order.created', { ...fits, data: { ...fits.data, id: 7 } }],
      ['invalid_subject', 'order', fits],
    ]
    for (const [, type, body] of misfits) {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      await scene.js.publish(`store.${elsewhere}.${type}`, text, { msgID: randomUUID() })
    }
    await scene.publish(elsewhere, 'order.created', { data: { id: 'ord_behind' } })

    await eventually(() => receiver.at('/rejects').some(({ body }) => body.includes('ord_behind')))
    const rejected = await eventually(async () => {
      const { data } = await scene.api.get<List<{ code: string; reason: string }>>(
        `/v1/stores/${elsewhere}/rejected-events`,
      )
      return data.length === misfits.length && data
    })
    expect(rejected.map(({ code }) => code)).toEqual(misfits.map(([code]) => code).toReversed())
    expect(rejected.find(({ code }) => code === 'invalid_data')?.reason).toContain('/data/id')
    expect(receiver.at('/rejects')).toHaveLength(1)
  })

  it('is all that the platform may do, beside asking', async () => {
    const refused: string[] = []
    const watching = (async () => {
      for await (const status of scene.nc.status()) {
        if (status.type === 'error' && status.error instanceof PermissionViolationError)
          refused.push(status.error.subject)
        if (refused.length === 6) return
      }
    })()
    for (const subject of ['>', `store.${store}.>`, '_INBOX.>']) scene.nc.subscribe(subject, { callback: () => {} })
    for (const subject of ['evt.registry.connector.c1', 'svc.connector-registry.x', '$JS.API.STREAM.PURGE.STORE']) {
      scene.nc.publish(subject, '{}')
    }
    await watching
    expect(refused).toHaveLength(6)
  })
})

describe('asking', () => {
  const invoke = async (storeId: string, hook: string, request: unknown) => {
    const body = typeof request === 'string' ? request : JSON.stringify(request)
    const reply = await scene.nc.request(`integrations.invoke.${storeId}.${hook}`, body, { timeout: 10_000 })
    return reply.json<{ results?: Result[]; error?: { code: string; errors?: { pointer: string }[] } }>()
  }
  interface Result {
    readonly connectorId: string
    readonly status: string
    readonly source: string
    readonly output?: { readonly rates: readonly { price: unknown }[] }
    readonly error?: unknown
  }

  it('runs every active connector with the hook side by side, and a hanging one holds up no other', async () => {
    receiver.answer('/shipments/', () => undefined)
    const [healthy, hanging] = [await scene.connectShippo('store_two'), await scene.connectShippo('store_two')]
    await scene.api.patch(hanging, { endpoints: { baseUrl: receiver.url } })

    const { results = [] } = await invoke('store_two', 'get_rates', { input: rates, deadlineMs: 1_000 })

    const of = (path: string) => results.find(({ connectorId }) => path.endsWith(connectorId))
    expect(of(healthy)).toMatchObject({
      status: 'succeeded',
      source: 'live',
      output: {
        rates: expect.arrayContaining([
          expect.objectContaining({ price: { amount: expect.any(Number), currency: 'USD' } }),
        ]),
      },
    })
    expect(of(hanging)).toMatchObject({
      executionId: expect.stringMatching(/^exec_/),
      status: 'failed',
      error: { class: 'transient', code: expect.any(String), message: expect.stringContaining('Shippo') },
    })
    expect(results).toHaveLength(2)

    const only = await invoke('store_two', 'get_rates', { input: rates, connectorId: healthy.split('/').at(-1) })
    expect(only.results).toEqual([expect.objectContaining({ status: 'succeeded', source: 'cache' })])
  })

  it('is answered, whatever is asked', async () => {
    const connector = await scene.connectShippo('store_one')
    const code = async (request: unknown) => (await invoke('store_one', 'get_rates', request)).error?.code

    expect(await invoke('store_none', 'get_rates', { input: rates })).toEqual({ results: [] })
    expect(await invoke('store_one', 'dance', { input: {} })).toEqual({ results: [] })
    expect(await code('{"input":')).toBe('invalid_json')
    expect(await code({})).toBe('invalid_input')
    const tooLong = { input: rates, deadlineMs: 8_001 }
    const refused = [{ pointer: '/deadlineMs', message: expect.stringContaining('8000') }]
    expect((await invoke('store_one', 'get_rates', tooLong)).error).toMatchObject({ errors: refused })
    expect(await scene.api.call('POST', `${connector}/hooks/get_rates/invoke`, tooLong)).toMatchObject({
      status: 422,
      body: { errors: refused },
    })
    expect(await code({ input: rates, connectorId: 'conn_00000000000000000000000000' })).toBe('not_found')
    const { error } = await invoke('store_one', 'get_rates', { input: { ...rates, parcels: [{}] } })
    expect(error?.errors?.[0]?.pointer).toMatch(/^\/input\/parcels\/0\//)
  })

  it('does a thing once under an idempotencyKey', async () => {
    await scene.connectShippo('store_once')
    const { results: [rated] = [] } = await invoke('store_once', 'get_rates', { input: rates })
    const rateId = (rated!.output!.rates[0] as { id?: string }).id
    const buy = (input: object) => invoke('store_once', 'buy_label', { input, idempotencyKey: 'order 7' })

    const [first, again] = [await buy({ rateId }), await buy({ rateId })]

    expect(first.results?.[0]).toMatchObject({ status: 'succeeded', output: { labelId: expect.any(String) } })
    expect(again).toEqual(first)
    expect(await buy({ rateId: 'another' })).toMatchObject({ error: { code: 'idempotency_key_reused' } })
  })
})

async function orderCreated(): Promise<EventType['example'] & { data: object }> {
  return (await scene.api.get<EventType>('/v1/event-types/order.created')).example
}
