import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { storeEventType } from '@cartly/contracts'
import { serviceNames, startEngine, type Engine } from '@cartly/launcher'
import { eventually, testFolder } from '@cartly/testing'
import { jetstream, type JetStreamClient } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { randomUUID } from 'node:crypto'
import { apiOf, type Api, type Json } from './api.ts'
import { rates } from './rates.ts'

/** The contract, walked by a stranger: real processes, the public API, the store platform's NATS user. */
const store = 'store_e2e'
const other = 'store_other'
let engine: Engine
let api: Api
let stranger: Api
let nc: NatsConnection
let js: JetStreamClient
let demo: NonNullable<Engine['run']['demo']>

beforeAll(async () => {
  engine = await startEngine({ dataDir: testFolder('e2e'), services: serviceNames })
  const { run } = engine
  demo = run.demo!
  api = apiOf(run.gatewayUrl, run.adminToken)
  stranger = apiOf(run.gatewayUrl, await engine.token({ stores: [other] }))
  const { user, password } = run.natsUsers['storePlatform']!
  nc = await connect({ servers: run.natsUrl, user, pass: password, inboxPrefix: `_INBOX.${user}` })
  js = jetstream(nc)
}, 120_000)

afterAll(async () => {
  await nc?.close()
  await engine?.stop()
}, 60_000)

async function publish(type: string, change: { id?: string; subject?: string; data?: object } = {}): Promise<string> {
  const example = storeEventType(type)!.example
  const id = change.id ?? `evt_${randomUUID()}`
  const event = {
    ...example,
    id,
    subject: change.subject ?? example.subject,
    data: { ...example.data, ...change.data },
  }
  await js.publish(`store.${store}.${type}`, JSON.stringify(event), { msgID: id })
  return id
}

describe('a Shippo connector', () => {
  let id: string
  const path = (rest = ''): string => `/v1/stores/${store}/connectors/${id}${rest}`

  it('is found in the catalogue and installed', async () => {
    const catalogue = await api.get('/v1/templates?category=shipping')
    expect((catalogue.data as unknown as Json[]).map((template) => template.slug)).toEqual(
      expect.arrayContaining(['shippo', 'easypost']),
    )

    const answer = await api.call('POST', `/v1/stores/${store}/connectors`, {
      template: 'shippo',
      name: 'Shippo',
      endpoints: { baseUrl: demo.carrierUrl },
    })

    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({ status: 'installed', name: 'Shippo', revision: 1 })
    expect(answer.headers.get('etag')).toBe('"1"')
    id = String(answer.body.id)
    expect(id).toMatch(/^conn_/)
  })

  it('is not activated without credentials and a passed test', async () => {
    const refused = await api.call('POST', path('/activate'))

    expect(refused.status).toBe(409)
    expect(refused.headers.get('content-type')).toContain('application/problem+json')
    expect(refused.body).toMatchObject({ code: 'credentials_missing' })
  })

  it('takes credentials and never shows them', async () => {
    await api.put(path('/credentials'), { values: { apiKey: 'shippo_test_0123456789abcdef0123456789abcdef01234567' } })

    const shown = await api.get(path('/credentials'))

    expect(shown).toMatchObject({ version: 1, fields: [{ name: 'apiKey', set: true, last4: '4567' }] })
    expect(JSON.stringify(shown)).not.toContain('0123456789abcdef')
  })

  it('is tested, activated and active', async () => {
    const test = await api.post(path('/test'))
    expect(test).toMatchObject({ ok: true })

    expect(await api.get(path())).toMatchObject({ status: 'ready' })
    expect(await api.post(path('/activate'))).toMatchObject({ status: 'active' })
  })

  it('answers get_rates over NATS and over HTTP', async () => {
    const reply = await nc.request(`integrations.invoke.${store}.get_rates`, JSON.stringify({ input: rates }), {
      timeout: 4_000,
    })
    const { results } = reply.json<{ results: Json[] }>()
    expect(results).toHaveLength(1)
    expect(results[0]).toMatchObject({ connectorId: id, status: 'succeeded', source: 'live' })
    const [rate] = results[0]!.output!.rates as unknown as Json[]
    expect(rate).toMatchObject({ price: { currency: 'USD', amount: expect.any(Number) } })

    const over = await api.post(path('/hooks/get_rates/invoke'), { input: rates })
    expect(over).toMatchObject({ status: 'succeeded', connectorId: id })
  })

  it('shows what it would send without sending', async () => {
    const preview = await api.post(path('/hooks/get_rates/preview'), { input: rates })
    expect(preview.requests).toEqual(expect.arrayContaining([expect.objectContaining({ method: 'POST' })]))
  })

  it('runs a hook when an order is created', async () => {
    const eventId = await publish('order.created', { subject: 'ord_e2e_1', data: { id: 'ord_e2e_1' } })

    const run = await eventually(async () => {
      const { data } = await api.get(path('/executions?limit=50'))
      const found = (data as unknown as Json[]).find((execution) => (execution.eventId as unknown) === eventId)
      if (!found) throw new Error('no execution for the order yet')
      return found
    })

    expect(run).toMatchObject({ trigger: 'event', status: 'succeeded' })
  })

  it('keeps a history and the numbers', async () => {
    const { data } = await eventually(async () => {
      const list = await api.get(path('/executions?hook=get_rates'))
      if ((list.data as unknown as Json[]).length < 2) throw new Error('not recorded yet')
      return list
    })
    // The second of the two was answered from the cache, so it took no steps.
    const first = (data as unknown as Json[]).find(({ source }) => String(source) === 'live')
    const whole = await api.get(`/v1/stores/${store}/executions/${String(first!.id)}`)
    expect(whole.steps).toEqual(
      expect.arrayContaining([expect.objectContaining({ status: 'succeeded', attempts: expect.any(Array) })]),
    )
    expect(JSON.stringify(whole)).not.toContain('0123456789abcdef')

    const stats = await api.get(path('/stats?window=1h'))
    expect(stats).toMatchObject({ failed: 0, successRate: 1 })
    expect(Number(stats.total)).toBeGreaterThanOrEqual(3)
    expect(Number(stats.latencyMs!.p50)).toBeGreaterThan(0)

    const history = await api.get(path('/history'))
    expect((history.data as unknown as Json[]).map((entry) => entry.type)).toEqual(
      expect.arrayContaining([
        'ConnectorInstalled',
        'ConnectorCredentialsAttached',
        'ConnectorTested',
        'ConnectorActivated',
      ]),
    )
  })

  it('explains a refusal of the service', async () => {
    await api.patch(path(), { name: 'Shippo (renamed)' })
    const behave = await fetch(`${demo.carrierUrl}/__behave`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ behaviour: 'status:401', times: 1 }),
    })
    if (!behave.ok) throw new Error(await behave.text())
    const test = await api.post(path('/test'))

    expect(test).toMatchObject({ ok: false })
    expect(String(test.error!.message)).toMatch(/Shippo/)
    expect(await api.post(path('/test'))).toMatchObject({ ok: true })
  })

  it('is another store’s 404', async () => {
    for (const [method, rest] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['GET', '/credentials'],
      ['POST', '/test'],
      ['POST', '/activate'],
      ['GET', '/executions'],
      ['GET', '/stats?window=1h'],
      ['GET', '/history'],
    ] as const) {
      const body = method === 'PATCH' ? { name: 'mine' } : undefined
      const foreign = await stranger.call(method, `/v1/stores/${other}/connectors/${id}${rest}`, body)
      expect([method, rest, foreign.status]).toEqual([method, rest, 404])
      const trespass = await stranger.call(method, path(rest), body)
      expect([method, rest, trespass.status]).toEqual([method, rest, 404])
    }
  })

  it('is seen as it was', async () => {
    const { data } = await api.get(path('/history'))
    const entries = data as unknown as { revision: number; at: string; type: string }[]
    const installed = entries.find(({ type }) => type === 'ConnectorInstalled')!
    expect(await api.get(path(`?asOf=${encodeURIComponent(installed.at)}`))).toMatchObject({
      name: 'Shippo',
      revision: 1,
    })
  })
})

describe('a webhook', () => {
  it('is created, told of an event, and verified by its receiver', async () => {
    const { id, secret } = await api.post(`/v1/stores/${store}/webhooks`, {
      url: `${demo.receiverUrl}/hooks/e2e`,
      eventTypes: ['order.*'],
    })
    expect(String(secret)).toMatch(/^whsec_/)
    await fetch(`${demo.receiverUrl}/secrets`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ path: '/hooks/e2e', secret }),
    })

    await publish('order.created', { subject: 'ord_e2e_2', data: { id: 'ord_e2e_2', giftMessage: 'Hi' } })
    await publish('product.updated')

    const delivery = await eventually(async () => {
      const received = await fetch(`${demo.receiverUrl}/received?path=/hooks/e2e`)
      const { deliveries } = (await received.json()) as { deliveries: Json[] }
      const found = deliveries.find(({ body }) => (body!.data!.id as unknown) === 'ord_e2e_2')
      if (!found) throw new Error('not received yet')
      return found
    })
    expect(delivery).toMatchObject({
      signature: 'valid',
      body: { type: 'order.created', storeId: store, data: { giftMessage: 'Hi' } },
    })

    const { data } = await eventually(async () => {
      const list = await api.get(`/v1/stores/${store}/webhooks/${String(id)}/deliveries`)
      if ((list.data as unknown as Json[]).length === 0) throw new Error('not recorded yet')
      return list
    })
    expect(data).toHaveLength(1)
    const [summary] = data as unknown as Json[]
    const whole = await api.get(`/v1/stores/${store}/deliveries/${String(summary!.id)}`)
    expect(whole).toMatchObject({ status: 'succeeded' })
    expect(await stranger.call('GET', `/v1/stores/${other}/deliveries/${String(summary!.id)}`)).toMatchObject({
      status: 404,
    })
  })

  it('reports an event that does not fit and delivers the one behind it', async () => {
    await js.publish(`store.${store}.order.created`, '{"specversion":"1.0"', { msgID: randomUUID() })
    await js.publish(
      `store.${store}.order.exploded`,
      JSON.stringify({ ...storeEventType('order.created')!.example, type: 'order.exploded' }),
    )
    await js.publish(
      `store.${store}.order.created`,
      JSON.stringify({ ...storeEventType('order.created')!.example, id: undefined }),
    )
    await publish('order.updated', { subject: 'ord_e2e_3', data: { id: 'ord_e2e_3' } })

    await eventually(async () => {
      const received = await fetch(`${demo.receiverUrl}/received?path=/hooks/e2e`)
      const { deliveries } = (await received.json()) as { deliveries: Json[] }
      if (!deliveries.some(({ body }) => (body!.data!.id as unknown) === 'ord_e2e_3'))
        throw new Error('not received yet')
      return true
    })
    const { data } = await eventually(async () => {
      const list = await api.get(`/v1/stores/${store}/rejected-events`)
      if ((list.data as unknown as Json[]).length < 3) throw new Error('not all are reported yet')
      return list
    })
    expect((data as unknown as Json[]).map(({ code }) => code).toSorted()).toEqual([
      'invalid_cloudevent',
      'invalid_json',
      'unknown_type',
    ])
  })
})

describe('bad input at the door', () => {
  it.each<[string, () => Promise<{ status: number; body: Json }>, number]>([
    ['malformed JSON', () => api.call('POST', `/v1/stores/${store}/connectors`, '{"template":'), 400],
    [
      'a body of 5 MiB',
      () => api.call('POST', `/v1/stores/${store}/connectors`, { name: 'x'.repeat(5 * 2 ** 20) }),
      413,
    ],
    ['an unknown template', () => api.call('POST', `/v1/stores/${store}/connectors`, { template: 'nope' }), 422],
    ['an unknown field', () => api.call('POST', `/v1/stores/${store}/webhooks`, { uri: 'x' }), 422],
    [
      'a URL inside',
      () => api.call('POST', `/v1/stores/${store}/webhooks`, { url: 'ftp://x', eventTypes: ['*'] }),
      422,
    ],
    [
      'an invalid mapping',
      () => api.call('POST', '/v1/mappings/preview', { mapping: { a: { $: 'nope(' } }, input: {} }),
      200,
    ],
    ['no token', () => apiOf(engine.run.gatewayUrl, '').call('GET', '/v1/templates'), 401],
    ['a wrong token', () => apiOf(engine.run.gatewayUrl, 'x.y.z').call('GET', '/v1/templates'), 401],
    ['an unknown route', () => api.call('GET', '/v1/nothing'), 404],
  ])('%s gets a clear error', async (_, send, status) => {
    const answer = await send()
    expect([answer.status, JSON.stringify(answer.body).slice(0, 300)]).toEqual([status, expect.any(String)])
    if (status >= 400)
      expect(answer.body).toMatchObject({ title: expect.any(String), status, code: expect.any(String) })
  })
})
