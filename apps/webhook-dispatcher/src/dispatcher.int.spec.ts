import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { attemptsSubject, CartlyError, newId, webhooks, type Delivery, type StoreId } from '@cartly/contracts'
import { createDataSource, statements } from '@cartly/read-model'
import { startTelemetry } from '@cartly/telemetry'
import { eventually } from '@cartly/testing'
import { createPublicKey, verify } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { runningDispatcher, type RunningDispatcher } from './testing/running-dispatcher.ts'
import type { Received } from './testing/receiver.ts'

let running: RunningDispatcher
beforeAll(async () => {
  await startTelemetry({ service: 'webhook-dispatcher', version: 'spec' })
  running = await runningDispatcher()
})
afterAll(async () => {
  if (process.env['SHOW']) console.log(running?.service.lines.join(''))
  await running?.stop()
})

let stores = 0
/** Each spec has a store of its own. */
const newStore = (): StoreId => `store_${++stores}` as StoreId

const received = (eventId: string): Promise<Received> =>
  eventually(() => running.receiver.of(eventId)[0], { withinMs: 5_000 })

const deliveryOf = (storeId: StoreId, eventId: string, until: (delivery: Delivery) => boolean): Promise<Delivery> =>
  eventually(
    async () => {
      const { data } = await running.ask(webhooks.listDeliveries, { storeId, limit: 200 })
      const summary = data.find((each) => each.eventId === eventId)
      if (!summary) return undefined
      const delivery = await running.ask(webhooks.getDelivery, { storeId, deliveryId: summary.id })
      return until(delivery) ? delivery : undefined
    },
    { withinMs: 8_000 },
  )

const refusal = async (asked: Promise<unknown>): Promise<CartlyError> => {
  const outcome: unknown = await asked.catch((error: unknown) => error)
  if (outcome instanceof CartlyError) return outcome
  throw new Error(`not refused: ${JSON.stringify(outcome)}`)
}

describe('a delivery', () => {
  it('reaches the endpoint, signed so that the public libraries verify it, and can be looked at', async () => {
    const storeId = newStore()
    const endpoint = await running.createEndpoint(storeId, '/first', { headers: { 'x-api-key': 'hunter2-hunter2' } })

    const event = await running.publish(storeId, 'order.created')

    const { headers, body } = await received(event.id === '' ? '' : 'ord_1001').then(() =>
      eventually(() => running.receiver.journal.find(({ path }) => path === '/first')),
    )
    const [secret = ''] = running.vault.secrets(endpoint.id)
    const plain = headers as Record<string, string>
    expect(new Webhook(secret).verify(body, plain)).toEqual({
      type: 'order.created',
      timestamp: event.time,
      storeId,
      data: event.data,
    })
    new SvixWebhook(secret).verify(body, plain)
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-api-key': 'hunter2-hunter2' })

    const delivery = await deliveryOf(storeId, event.id, ({ status }) => status === 'succeeded')
    expect(delivery).toMatchObject({
      endpointId: endpoint.id,
      messageId: headers['webhook-id'],
      eventType: 'order.created',
      attempts: 1,
      lastStatus: 200,
      requestBody: body,
      attemptLog: [
        {
          attempt: 1,
          trigger: 'event',
          outcome: 'succeeded',
          status: 200,
          requestHeaders: { 'webhook-signature': headers['webhook-signature'], 'x-api-key': '[redacted]' },
          responseHeaders: { 'content-type': 'text/plain' },
          responseBody: 'thanks',
        },
      ],
    })
    const [attempt] = delivery.attemptLog
    expect(attempt?.timings.total).toBeGreaterThanOrEqual(attempt?.timings.firstByte ?? Infinity)
  })

  it('is signed with a v1a key where the endpoint asks for it', async () => {
    const storeId = newStore()
    const endpoint = await running.createEndpoint(storeId, '/v1a', { signature: 'v1a' })
    await running.publish(storeId, 'order.created')
    const { headers, body } = await eventually(() => running.receiver.journal.find(({ path }) => path === '/v1a'))
    const x = Buffer.from(endpoint.publicKey?.slice('whpk_'.length) ?? '', 'base64').toString('base64url')
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    const [scheme, signature = ''] = String(headers['webhook-signature']).split(',')
    expect(scheme).toBe('v1a')
    const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
    expect(verify(null, signed, publicKey, Buffer.from(signature, 'base64'))).toBe(true)
  })

  it('carries every live secret while a rotation overlaps', async () => {
    const storeId = newStore()
    const endpoint = await running.createEndpoint(storeId, '/rotated')
    await running.publish(storeId, 'order.created')
    await eventually(() => running.receiver.journal.find(({ path }) => path === '/rotated'))

    await running.ask(webhooks.rotateSecret, { storeId, endpointId: endpoint.id, overlapHours: 24 })
    const { headers, body } = await eventually(async () => {
      await running.publish(storeId, 'order.created')
      return running.receiver.journal.findLast(
        ({ path, headers: h }) => path === '/rotated' && String(h['webhook-signature']).includes(' '),
      )
    })
    const secrets = running.vault.secrets(endpoint.id)
    expect(secrets).toHaveLength(2)
    for (const secret of secrets) new Webhook(secret).verify(body, headers as Record<string, string>)
  })

  it('is a CloudEvent as the platform published it where the endpoint asks for that', async () => {
    const storeId = newStore()
    await running.createEndpoint(storeId, '/cloudevents', { format: 'cloudevents' })
    const event = await running.publish(storeId, 'order.created', { extension: 'kept' } as object)
    const { headers, body } = await eventually(() =>
      running.receiver.journal.find(({ path }) => path === '/cloudevents'),
    )
    expect(headers['content-type']).toMatch('application/cloudevents+json')
    expect(JSON.parse(body)).toEqual(event)
  })

  it('has the data that the endpoint maps', async () => {
    const storeId = newStore()
    await running.createEndpoint(storeId, '/mapped', { mapping: { order: { $: 'input.data.id' } } })
    await running.publish(storeId, 'order.created')
    const { body } = await eventually(() => running.receiver.journal.find(({ path }) => path === '/mapped'))
    expect(JSON.parse(body)).toMatchObject({ type: 'order.created', data: { order: 'ord_1001' } })
  })

  it('leaves its payload where it is: it is in the STORE stream, and nowhere else', async () => {
    const storeId = newStore()
    const { id: endpointId } = await running.createEndpoint(storeId, '/kept-once')
    const marker = `marker-${newId('msg')}`
    let failures = 1
    running.receiver.answer('/kept-once', (_, response) => response.writeHead(failures-- > 0 ? 500 : 200).end())
    const event = await running.publish(storeId, 'order.created', { data: { id: 'ord_1', marker } })
    await deliveryOf(storeId, event.id, ({ status }) => status === 'retrying')
    const dataSource = createDataSource({ url: running.postgres.urls.dispatcher, schema: 'dispatcher' })
    await dataSource.initialize()
    const sql = statements(dataSource)
    for (const table of ['backlog', 'delivery']) {
      const rows = await sql.query<{ row: string }>(`SELECT t::text AS row FROM ${table} AS t WHERE endpoint_id = $1`, [
        endpointId,
      ])
      expect(rows).toHaveLength(1)
      expect(rows[0]?.row).not.toContain(marker)
    }
    await dataSource.destroy()
    const { jsm } = running.service.context
    const fact = await jsm.streams.getMessage('ACTIVITY', { last_by_subj: attemptsSubject(storeId, endpointId) })
    expect(fact?.string()).toContain(event.id)
    expect(fact?.string()).not.toContain(marker)
    expect(await deliveryOf(storeId, event.id, () => true)).toMatchObject({
      requestBody: expect.stringContaining(marker),
    })
  })

  it('goes to those alone whose types and filter take it', async () => {
    const storeId = newStore()
    await running.createEndpoint(storeId, '/all-orders', { eventTypes: ['order.*'] })
    await running.createEndpoint(storeId, '/products', { eventTypes: ['product.*'] })
    await running.createEndpoint(storeId, '/expensive', { filter: { '/data/total/amount': { gte: 100_000 } } })
    await running.createEndpoint(newStore(), '/other-store', { eventTypes: ['*'] })
    const cheap = await running.publish(storeId, 'order.created')
    const dear = await running.publish(storeId, 'order.created', {
      data: { id: 'ord_2', total: { amount: 250_000, currency: 'USD' } },
    })
    const paths = async (event: typeof cheap) => {
      const { data } = await running.ask(webhooks.listDeliveries, { storeId, limit: 200 })
      return data.filter(({ eventId }) => eventId === event.id)
    }
    await eventually(async () => (await paths(dear)).length === 2)
    expect(await paths(cheap)).toHaveLength(1)
    const seen = running.receiver.journal.map(({ path }) => path)
    expect(seen.filter((path) => path === '/all-orders')).toHaveLength(2)
    expect(seen.filter((path) => path === '/expensive')).toHaveLength(1)
    expect(seen).not.toContain('/products')
    expect(seen).not.toContain('/other-store')
  })

  it('carries the trace of the platform on to the receiver', async () => {
    const storeId = newStore()
    await running.createEndpoint(storeId, '/traced')
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    await running.publish(storeId, 'order.created', {}, `00-${traceId}-00f067aa0ba902b7-01`)
    const { headers } = await eventually(() => running.receiver.journal.find(({ path }) => path === '/traced'))
    expect(headers['traceparent']).toMatch(`00-${traceId}-`)
  })
})

describe('an endpoint that asks for order', () => {
  /** Ids of what has arrived at a path, in order. */
  const arrived = (path: string): string[] =>
    running.receiver.journal
      .filter((each) => each.path === path)
      .map(({ body }) => JSON.parse(body).data.note as string)
  const publishInOrder = async (storeId: StoreId, entity: string, notes: readonly string[]): Promise<void> => {
    for (const note of notes) {
      await running.publish(storeId, 'order.created', { subject: entity, data: { id: entity, note } })
    }
  }

  it('gets the events of an entity one after the other, while those of others pass one that fails', async () => {
    const storeId = newStore()
    const open = new Map<string, number>()
    let overlaps = 0
    let failures = 1
    running.receiver.answer('/ordered', ({ body }, response) => {
      const { id, note } = JSON.parse(body).data as { id: string; note: string }
      open.set(id, (open.get(id) ?? 0) + 1)
      if (open.get(id) !== 1) overlaps++
      setTimeout(() => {
        open.set(id, (open.get(id) ?? 0) - 1)
        response.writeHead(note === 'a3' && failures-- > 0 ? 500 : 200).end()
      }, 5)
    })
    await running.createEndpoint(storeId, '/ordered', { ordering: 'entity', retrySchedule: [1, 1] })
    const [a, b] = ['a', 'b'].map((name) => Array.from({ length: 12 }, (_, index) => `${name}${index}`)) as [
      string[],
      string[],
    ]
    await Promise.all([publishInOrder(storeId, 'ord_a', a), publishInOrder(storeId, 'ord_b', b)])
    await eventually(() => arrived('/ordered').length === 25, { withinMs: 10_000 })
    expect(overlaps).toBe(0)
    expect(arrived('/ordered').filter((note) => note.startsWith('b'))).toEqual(b)
    expect(arrived('/ordered').filter((note) => note.startsWith('a'))).toEqual([...a.slice(0, 4), ...a.slice(3)])
    // Those of the other entity did not wait for the one that failed.
    expect(arrived('/ordered').lastIndexOf('b11')).toBeLessThan(arrived('/ordered').lastIndexOf('a3'))
  })

  it('passes by what fails where it parks, and sends that when it is asked to', async () => {
    const storeId = newStore()
    let broken = true
    running.receiver.answer('/parks', ({ body }, response) => {
      response.writeHead(broken && body.includes('"p1"') ? 500 : 200).end()
    })
    await running.createEndpoint(storeId, '/parks', { ordering: 'entity', orderFailure: 'park' })
    await publishInOrder(storeId, 'ord_p', ['p0', 'p1', 'p2'])
    await eventually(() => arrived('/parks').includes('p2'))
    expect(arrived('/parks')).toEqual(['p0', 'p1', 'p2'])
    const [parked] = await eventually(async () => {
      const { data } = await running.ask(webhooks.listDeliveries, { storeId, status: 'parked', limit: 10 })
      return data.length === 1 && data
    })
    broken = false
    expect(
      await running.ask(webhooks.retryDelivery, { storeId, deliveryId: parked?.id ?? newId('dlv') }),
    ).toMatchObject({ status: 'succeeded' })
  })
})

describe('an event that does not fit', () => {
  it('is put aside with the reason, and stops nothing behind it', async () => {
    const storeId = newStore()
    await running.createEndpoint(storeId, '/after-the-broken')
    await running.platform.publish(`store.${storeId}.order.created`, '{"specversion":"1.0"}')
    await running.platform.publish(`store.${storeId}.order.created`, 'not json')
    await running.publish(storeId, 'order.created')
    await eventually(() => running.receiver.journal.find(({ path }) => path === '/after-the-broken'))
    const rejected = await eventually(async () => {
      const { data } = await running.ask(webhooks.listRejectedEvents, { storeId, limit: 10 })
      return data.length === 2 && data
    })
    expect(rejected.map(({ code }) => code)).toEqual(['invalid_json', 'invalid_cloudevent'])
    expect(rejected[1]?.reason).toMatch('/id is required')
  })
})

describe('an endpoint', () => {
  it('is listed, read, changed and deleted in its own store alone', async () => {
    const [storeId, other] = [newStore(), newStore()]
    const created = await running.createEndpoint(storeId, '/life', { description: 'one' })
    expect(created).toMatchObject({ status: 'enabled', description: 'one', revision: 1 })
    const place = { storeId, endpointId: created.id }

    const changed = await running.ask(webhooks.update, {
      ...place,
      expectedRevisions: [1],
      change: { description: null, eventTypes: ['product.*'] },
    })
    expect(changed).toMatchObject({ eventTypes: ['product.*'], revision: 2 })
    expect(changed).not.toHaveProperty('description')
    expect((await refusal(running.ask(webhooks.update, { ...place, expectedRevisions: [1], change: {} }))).kind).toBe(
      'precondition_failed',
    )
    expect((await running.ask(webhooks.list, { storeId, limit: 10 })).data).toEqual([changed])
    expect((await running.ask(webhooks.list, { storeId: other, limit: 10 })).data).toEqual([])
    for (const operation of [webhooks.get, webhooks.remove, webhooks.disable, webhooks.test] as const) {
      expect((await refusal(running.ask(operation, { storeId: other, endpointId: created.id }))).kind).toBe('not_found')
    }
    await running.ask(webhooks.remove, place)
    expect((await refusal(running.ask(webhooks.get, place))).kind).toBe('not_found')
    expect((await running.ask(webhooks.list, { storeId, limit: 10 })).data).toEqual([])
  })

  it('has its own headers from the vault, as they were last set', async () => {
    const storeId = newStore()
    const created = await running.createEndpoint(storeId, '/own', { headers: { 'x-one': 'one', 'x-two': 'two' } })
    const place = { storeId, endpointId: created.id }
    expect(created.headers).toEqual({ 'x-one': '[redacted]', 'x-two': '[redacted]' })
    const sent = async () => {
      await running.ask(webhooks.test, place)
      const { headers } = running.receiver.journal.findLast(({ path }) => path === '/own') as Received
      return [headers['x-one'], headers['x-two']]
    }
    expect(await sent()).toEqual(['one', 'two'])

    // Another value under the same name is a change, and applies at once.
    const changed = await running.ask(webhooks.update, {
      ...place,
      change: { headers: { 'x-one': '[redacted]', 'x-two': '[redacted]' } },
      sealedHeaders: await running.sealHeaders(storeId, created.id, { 'x-two': 'new' }),
    })
    expect(changed).toMatchObject({ revision: 2, headers: created.headers })
    expect(await sent()).toEqual(['one', 'new'])

    // What would be refused does not reach the vault.
    const stale = running.ask(webhooks.update, {
      ...place,
      expectedRevisions: [1],
      change: { headers: { 'x-one': '[redacted]' } },
      sealedHeaders: await running.sealHeaders(storeId, created.id, { 'x-one': 'stale' }),
    })
    expect((await refusal(stale)).kind).toBe('precondition_failed')
    expect(running.vault.headers(created.id)).toEqual({ 'x-one': 'one', 'x-two': 'new' })

    // The same names and no new value change nothing; fewer names leave the others' values where they are.
    const same = { ...place, change: { headers: changed.headers! } }
    expect(await running.ask(webhooks.update, same)).toMatchObject({ revision: 2 })
    await running.ask(webhooks.update, { ...place, change: { headers: { 'x-one': '[redacted]' } } })
    expect(await sent()).toEqual(['one', undefined])

    expect(await running.ask(webhooks.update, { ...place, change: { headers: null } })).not.toHaveProperty('headers')
    expect(running.vault.headers(created.id)).toBeUndefined()
    expect(await sent()).toEqual([undefined, undefined])
  })

  it('has what one of two changes at once says, never some of each', async () => {
    const storeId = newStore()
    const { id: endpointId } = await running.createEndpoint(storeId, '/at-once', { headers: { 'x-old': 'old' } })
    const changeTo = async (name: string) =>
      running.ask(webhooks.update, {
        storeId,
        endpointId,
        change: { headers: { [name]: '[redacted]' } },
        sealedHeaders: await running.sealHeaders(storeId, endpointId, { [name]: name }),
      })
    for (let round = 0; round < 10; round++) {
      await Promise.all([
        changeTo('x-left'),
        changeTo('x-right'),
        running.ask(webhooks.update, { storeId, endpointId, change: { headers: null } }),
      ])
      const names = Object.keys((await running.ask(webhooks.get, { storeId, endpointId })).headers ?? {})
      expect(running.vault.headers(endpointId)).toEqual(
        names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, name])),
      )
    }
  })

  it('does not find the values of its headers in what is recorded, though its receiver sends them back', async () => {
    const storeId = newStore()
    const value = 'Bearer echoed-0123456789'
    running.receiver.answer('/echo', ({ headers }, response) => {
      response.writeHead(200, { 'x-echo': String(headers['authorization']) }).end(JSON.stringify(headers))
    })
    const { id: endpointId } = await running.createEndpoint(storeId, '/echo', { headers: { authorization: value } })
    const delivery = await running.ask(webhooks.test, { storeId, endpointId })
    expect(delivery.attemptLog).toMatchObject([
      {
        requestHeaders: { authorization: '[redacted]' },
        responseHeaders: { 'x-echo': '[redacted]' },
        responseBody: expect.stringContaining('"authorization":"[redacted]"'),
      },
    ])
    expect(JSON.stringify(delivery)).not.toContain(value)
  })

  it('is refused with every place that is wrong', async () => {
    const refused = await refusal(
      running.ask(webhooks.create, {
        storeId: newStore(),
        endpointId: newId('whk'),
        config: {
          url: 'http://169.254.169.254/latest',
          eventTypes: ['order.created', 'order.eaten'],
          headers: { Host: '[redacted]', 'webhook-id': '[redacted]' },
          filter: { '/payload/total': { gt: 1 } },
          mapping: { a: { $nope: 1 } },
        },
      }),
    )
    expect(refused).toMatchObject({ kind: 'invalid', code: 'invalid_endpoint' })
    expect(refused.errors?.map(({ pointer }) => pointer)).toEqual([
      '/url',
      '/eventTypes/1',
      '/headers/Host',
      '/headers/webhook-id',
      '/filter/~1payload~1total',
      expect.stringMatching(/^\/mapping/),
    ])
  })

  it('is tested with an example, and takes nothing while it is disabled', async () => {
    const storeId = newStore()
    const { id: endpointId } = await running.createEndpoint(storeId, '/tested')
    await running.ask(webhooks.disable, { storeId, endpointId })
    await running.publish(storeId, 'order.created')
    const tested = await running.ask(webhooks.test, { storeId, endpointId, eventType: 'order.created' })
    expect(tested).toMatchObject({ status: 'succeeded', attemptLog: [{ trigger: 'test', status: 200 }] })
    expect(running.receiver.journal.filter(({ path }) => path === '/tested')).toHaveLength(1)
    expect((await refusal(running.ask(webhooks.getDelivery, { storeId, deliveryId: newId('dlv') }))).kind).toBe(
      'not_found',
    )
  })

  it('that answers 410 is disabled at once', async () => {
    const storeId = newStore()
    running.receiver.answer('/gone', (_, response) => response.writeHead(410).end())
    const { id: endpointId } = await running.createEndpoint(storeId, '/gone')
    await running.createEndpoint(storeId, '/operations', { eventTypes: ['webhook.disabled'] })
    const event = await running.publish(storeId, 'order.created')
    const endpoint = await eventually(async () => {
      const found = await running.ask(webhooks.get, { storeId, endpointId })
      return found.status === 'disabled' && found
    })
    expect(endpoint.disabled).toMatchObject({ cause: 'gone', reason: expect.stringContaining('410') })
    expect(await deliveryOf(storeId, event.id, ({ status }) => status === 'failed')).toMatchObject({
      error: { code: 'gone' },
    })
    const told = await eventually(() => running.receiver.journal.find(({ path }) => path === '/operations'))
    expect(JSON.parse(told.body)).toMatchObject({
      type: 'webhook.disabled',
      data: { id: endpointId, cause: 'gone', url: `${running.receiver.url}/gone` },
    })
  })
})

describe('a delivery that fails', () => {
  it('is tried again by the schedule, with the same id and a new timestamp and signature', async () => {
    const storeId = newStore()
    let failures = 2
    running.receiver.answer('/flaky', (_, response) => response.writeHead(failures-- > 0 ? 503 : 200).end('x'))
    const endpoint = await running.createEndpoint(storeId, '/flaky', { retrySchedule: [1, 1, 1] })
    const event = await running.publish(storeId, 'order.created')
    const delivery = await deliveryOf(storeId, event.id, ({ status }) => status === 'succeeded')
    expect(delivery.attemptLog.map(({ status, trigger }) => [status, trigger])).toEqual([
      [503, 'event'],
      [503, 'retry'],
      [200, 'retry'],
    ])
    const attempts = running.receiver.journal.filter(({ path }) => path === '/flaky')
    expect(new Set(attempts.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    for (const { headers, body } of attempts) {
      new Webhook(running.vault.secrets(endpoint.id)[0] ?? '').verify(body, headers as Record<string, string>)
    }
    const [first, second] = attempts.map(({ at }) => at) as [number, number]
    expect(second - first).toBeGreaterThanOrEqual(1_000)
    const stats = await running.ask(webhooks.stats, { storeId, endpointId: endpoint.id, window: '1h' })
    expect(stats).toMatchObject({ total: 3, succeeded: 1, failed: 2, backlog: { size: 0, oldestAgeMs: null } })
    expect(stats.latencyMs.p50).toBeGreaterThan(0)

    const [listed] = (await running.ask(webhooks.list, { storeId, include: 'health', limit: 10 })).data
    expect(listed!.health).toMatchObject({ total: 3, failed: 2, p95Ms: stats.latencyMs.p95, waiting: 0 })
    expect(listed!.health!.hours.reduce((sum, { failed }) => sum + failed, 0)).toBe(2)
    expect(listed!.health).not.toHaveProperty('lastFailure')
    expect((await running.ask(webhooks.list, { storeId, limit: 10 })).data[0]).not.toHaveProperty('health')
  })

  it('waits for as long as Retry-After asks', async () => {
    const storeId = newStore()
    let asked = false
    running.receiver.answer('/later', (_, response) => {
      if (asked) return response.writeHead(200).end()
      asked = true
      return response.writeHead(429, { 'retry-after': '4' }).end()
    })
    const { id: endpointId } = await running.createEndpoint(storeId, '/later', { retrySchedule: [1, 1] })
    const event = await running.publish(storeId, 'order.created')
    const { id: deliveryId } = await deliveryOf(storeId, event.id, ({ status }) => status === 'retrying')
    // Nobody's request undercuts it.
    for (const request of [
      running.ask(webhooks.retryDelivery, { storeId, deliveryId }),
      running.ask(webhooks.test, { storeId, endpointId }),
    ]) {
      expect(await refusal(request)).toMatchObject({ kind: 'conflict', code: 'retry_after' })
    }
    await deliveryOf(storeId, event.id, ({ status }) => status === 'succeeded')
    const [first, second] = running.receiver.journal.filter(({ path }) => path === '/later').map(({ at }) => at)
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(4_000)
  })

  it('does not follow a redirect', async () => {
    const storeId = newStore()
    running.receiver.answer('/moved', (_, response) => response.writeHead(302, { location: '/elsewhere' }).end())
    await running.createEndpoint(storeId, '/moved', { retrySchedule: [] })
    const event = await running.publish(storeId, 'order.created')
    const delivery = await deliveryOf(storeId, event.id, ({ status }) => status === 'failed')
    expect(delivery).toMatchObject({ lastStatus: 302, error: { code: 'redirect' } })
    const [listed] = (await running.ask(webhooks.list, { storeId, include: 'health', limit: 10 })).data
    expect(listed!.health!.lastFailure).toEqual({ id: delivery.id, at: delivery.lastAttemptAt })
    expect(running.receiver.journal.map(({ path }) => path)).not.toContain('/elsewhere')
  })

  it('can be tried again by hand', async () => {
    const storeId = newStore()
    let broken = true
    running.receiver.answer('/by-hand', (_, response) => response.writeHead(broken ? 500 : 200).end())
    await running.createEndpoint(storeId, '/by-hand', { retrySchedule: [] })
    const event = await running.publish(storeId, 'order.created')
    const failed = await deliveryOf(storeId, event.id, ({ status }) => status === 'failed')
    broken = false
    const retried = await running.ask(webhooks.retryDelivery, { storeId, deliveryId: failed.id })
    expect(retried).toMatchObject({ status: 'succeeded', attempts: 2 })
    expect(retried.attemptLog[1]).toMatchObject({ trigger: 'manual', attempt: 2 })
  })
})
