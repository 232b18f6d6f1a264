import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@cartly/testing'
import { createPublicKey, verify } from 'node:crypto'
import { Webhook as Standard } from 'standardwebhooks'
import { Webhook as Svix } from 'svix'
import { startReceiver, type Received, type Receiver } from './receiver.ts'
import { openScene, type Scene } from './scene.ts'

/** The rows of the contract on webhooks, judged by a receiver of our own and by two verifiers of others. */
let scene: Scene
let receiver: Receiver

beforeAll(async () => {
  ;[scene, receiver] = await Promise.all([openScene('contract-webhooks'), startReceiver()])
}, 120_000)

afterAll(async () => {
  await scene?.close()
  await receiver?.close()
}, 60_000)

interface Endpoint {
  readonly id: string
  readonly secret: string
  readonly publicKey?: string
  readonly status: string
}
interface Delivery {
  readonly id: string
  readonly status: string
  readonly attempts: number
  readonly attemptLog: readonly {
    readonly outcome: string
    readonly status?: number
    readonly error?: { code: string }
  }[]
}

/** A store of its own for each test, with one endpoint at the receiver's path of the same name. */
async function endpointOf(name: string, options: object = {}) {
  const store = `store_${name}`
  const webhooks = `/v1/stores/${store}/webhooks`
  const sent = { url: `${receiver.url}/${name}`, eventTypes: ['*'], ...options }
  const endpoint = await scene.api.post<Endpoint>(webhooks, sent)
  const deliveries = async () => {
    const { data } = await scene.api.get<{ data: Delivery[] }>(`${webhooks}/${endpoint.id}/deliveries`)
    return Promise.all(data.map(({ id }) => scene.api.get<Delivery>(`/v1/stores/${store}/deliveries/${id}`)))
  }
  return {
    ...endpoint,
    store,
    path: `${webhooks}/${endpoint.id}`,
    publish: (type = 'order.created', data: object = {}, subject?: string) =>
      scene.publish(store, type, { data, ...(subject === undefined ? {} : { subject }) }),
    deliveries,
    got: (count = 1) =>
      eventually(() => receiver.at(`/${name}`).length >= count && receiver.at(`/${name}`), { withinMs: 20_000 }),
    /** The only delivery, once it is settled so. */
    settled: (status: string) =>
      eventually(async () => {
        const [first] = await deliveries()
        return first?.status === status && first
      }),
  }
}

const headersOf = ({ headers }: Received) => headers as Record<string, string>
const dataOf = ({ body }: Received) => JSON.parse(body).data as Record<string, unknown>

describe('a delivery', () => {
  it('is verified by the libraries that receivers use', async () => {
    const endpoint = await endpointOf('signed', { headers: { authorization: 'Bearer theirs', 'x-shop': '7' } })
    await endpoint.publish()
    const [received] = await endpoint.got()

    new Standard(endpoint.secret).verify(received!.body, headersOf(received!))
    new Svix(endpoint.secret).verify(received!.body, headersOf(received!))
    expect(received!.headers).toMatchObject({ 'x-shop': '7', 'webhook-id': expect.stringMatching(/^msg_/) })

    const delivery = await endpoint.settled('succeeded')
    expect(delivery.attemptLog).toMatchObject([
      {
        attempt: 1,
        status: 204,
        requestHeaders: {
          authorization: '[redacted]',
          'x-shop': '[redacted]',
          'webhook-id': received!.headers['webhook-id'],
        },
        responseHeaders: expect.any(Object),
        timings: {
          dns: expect.any(Number),
          connect: expect.any(Number),
          tls: expect.any(Number),
          firstByte: expect.any(Number),
          total: expect.any(Number),
        },
      },
    ])
  })

  it('carries a signature for each live secret', async () => {
    const endpoint = await endpointOf('rotated')
    const rotated = await scene.api.post<Endpoint>(`${endpoint.path}/rotate-secret`, { overlapHours: 1 })
    expect(await scene.api.get(`${endpoint.path}/secret`)).toMatchObject({ secret: rotated.secret })
    await endpoint.publish()
    const [received] = await endpoint.got()
    for (const secret of [endpoint.secret, rotated.secret]) {
      new Standard(secret).verify(received!.body, headersOf(received!))
    }

    await scene.api.post(`${endpoint.path}/rotate-secret`, { overlapHours: 0 })
    await endpoint.publish()
    const [, after] = await endpoint.got(2)
    expect(() => new Standard(rotated.secret).verify(after!.body, headersOf(after!))).toThrow()
  })

  it('is signed with Ed25519 where that is asked for', async () => {
    const endpoint = await endpointOf('v1a', { signature: 'v1a' })
    await endpoint.publish()
    const [{ headers, body }] = (await endpoint.got()) as [Received]

    const raw = Buffer.from(endpoint.publicKey!.replace('whpk_', ''), 'base64')
    // RFC 8410: the header of an Ed25519 key in SubjectPublicKeyInfo.
    const key = createPublicKey({
      key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]),
      format: 'der',
      type: 'spki',
    })
    const signature = String(headers['webhook-signature']).replace('v1a,', '')
    const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
    expect(verify(null, Buffer.from(content), key, Buffer.from(signature, 'base64'))).toBe(true)
  })

  it('is a CloudEvent where that is asked for', async () => {
    const endpoint = await endpointOf('cloudevents', { format: 'cloudevents' })
    const id = await endpoint.publish()
    const [received] = await endpoint.got()
    expect(received!.headers['content-type']).toMatch(/^application\/cloudevents\+json/)
    expect(JSON.parse(received!.body)).toMatchObject({ specversion: '1.0', id, type: 'order.created' })
    new Standard(endpoint.secret).verify(received!.body, headersOf(received!))
  })

  it('is of what the endpoint asks for, as it asks for it', async () => {
    const endpoint = await endpointOf('chosen', {
      eventTypes: ['order.*'],
      filter: { '/data/total/amount': { gte: 5_000 } },
      mapping: { order: { $: 'input.data.id' }, kind: { $: 'input.type' } },
    })
    await endpoint.publish('product.created')
    await endpoint.publish('order.created', { id: 'ord_small', total: { amount: 4_999, currency: 'USD' } })
    await endpoint.publish('order.created', { id: 'ord_large', total: { amount: 5_000, currency: 'USD' } })
    expect((await endpoint.got()).map(dataOf)).toEqual([{ order: 'ord_large', kind: 'order.created' }])
  })
})

describe('a failure', () => {
  it('is tried again by the schedule, under the same id, and shown with what came back', async () => {
    receiver.answer('/again', (nth) => (nth < 3 ? { status: 500, body: 'x'.repeat(20_000) } : { status: 200 }))
    const endpoint = await endpointOf('again', { retrySchedule: [0, 0.1] })
    await endpoint.publish()
    const received = await endpoint.got(3)

    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const delivery = await endpoint.settled('succeeded')
    expect(delivery.attemptLog.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['failed', 500],
      ['failed', 500],
      ['succeeded', 200],
    ])
    expect(delivery.attemptLog[0]).toMatchObject({ responseBody: 'x'.repeat(16 * 1_024), error: { code: 'http_500' } })
  })

  it('is what a redirect is, and silence', async () => {
    receiver.answer('/moved', () => ({ status: 302, headers: { location: `${receiver.url}/landed` } }))
    receiver.answer('/silent', () => undefined)
    const [moved, silent] = [
      await endpointOf('moved', { retrySchedule: [] }),
      await endpointOf('silent', { retrySchedule: [], timeoutMs: 200 }),
    ]
    await Promise.all([moved.publish(), silent.publish()])

    expect((await moved.settled('failed')).attemptLog).toMatchObject([{ status: 302, error: { code: 'redirect' } }])
    expect((await silent.settled('failed')).attemptLog).toMatchObject([{ error: { code: 'first_byte_timeout' } }])
    expect(receiver.at('/landed')).toEqual([])
  })

  it('waits as long as the receiver asks', async () => {
    receiver.answer('/later', (nth) => (nth === 1 ? { status: 429, headers: { 'retry-after': '2' } } : { status: 200 }))
    const endpoint = await endpointOf('later', { retrySchedule: [0] })
    await endpoint.publish()
    const [first, second] = await endpoint.got(2)
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(2_000)
  })

  it('holds up what is behind it of the same entity, and nothing else', async () => {
    receiver.answer('/ordered', (_, received) => {
      const tries = receiver.at('/ordered').filter((other) => dataOf(other)['step'] === 'A1').length
      return { status: dataOf(received)['step'] === 'A1' && tries < 2 ? 500 : 200 }
    })
    const endpoint = await endpointOf('ordered', { ordering: 'entity', retrySchedule: [1] })
    for (const step of ['A1', 'A2', 'B1', 'B2']) await endpoint.publish('order.updated', { step }, step[0])
    const steps = (await endpoint.got(5)).map((received) => dataOf(received)['step'])
    expect(steps.filter((step) => String(step).startsWith('A'))).toEqual(['A1', 'A1', 'A2'])
    expect(steps.slice(0, 3)).toEqual(expect.arrayContaining(['B1', 'B2']))
  })

  it('with 410 disables the endpoint, tells the store, and what was missed is recovered', async () => {
    receiver.answer('/gone', (nth) => ({ status: nth === 1 ? 410 : 200 }))
    const since = new Date().toISOString()
    const endpoint = await endpointOf('gone', { eventTypes: ['order.created'] })
    await scene.api.post(`/v1/stores/${endpoint.store}/webhooks`, {
      url: `${receiver.url}/told`,
      eventTypes: ['webhook.disabled'],
    })
    await endpoint.publish()
    await eventually(async () => (await scene.api.get<Endpoint>(endpoint.path)).status === 'disabled')
    const [told] = await eventually(() => receiver.at('/told').length > 0 && receiver.at('/told'))
    expect(dataOf(told!)).toMatchObject({ id: endpoint.id, cause: 'gone' })
    await endpoint.publish('order.created', { id: 'ord_meanwhile' })

    await scene.api.post(`${endpoint.path}/enable`)
    const recover = (more: object) =>
      scene.api.post<{ id: string; total: number }>(`${endpoint.path}/recover`, { since, ...more })
    await eventually(async () => (await recover({ dryRun: true })).total === 2)
    expect(receiver.at('/gone')).toHaveLength(1)
    const { id } = await recover({})

    await eventually(async () => {
      const job = await scene.api.get(`${endpoint.path}/recoveries/${id}`)
      return (job.status as unknown) === 'done' && (job.recovered as unknown) === 2
    })
    const received = await endpoint.got(3)
    expect(received[1]!.headers['webhook-id']).toBe(received[0]!.headers['webhook-id'])
  })

  it('that is final is tried again by hand, and counted', async () => {
    receiver.answer('/hand', (nth) => ({ status: nth === 1 ? 503 : 200 }))
    const endpoint = await endpointOf('hand', { retrySchedule: [] })
    await endpoint.publish()
    const { id } = await endpoint.settled('failed')
    const retried = await scene.api.post<Delivery>(`/v1/stores/${endpoint.store}/deliveries/${id}/retry`)
    expect(retried).toMatchObject({ status: 'succeeded', attempts: 2 })

    for (const window of ['1h', '24h', '7d', '30d']) {
      await eventually(
        async () => ((await scene.api.get(`${endpoint.path}/stats?window=${window}`)).total as unknown as number) === 2,
      )
      expect(await scene.api.get(`${endpoint.path}/stats?window=${window}`)).toMatchObject({
        succeeded: 1,
        failed: 1,
        backlog: { size: 0, oldestAgeMs: null },
      })
    }
  })
})

it('refuses options that could not work, each with its place', async () => {
  const refused = async (options: object) => {
    const sent = { url: `${receiver.url}/x`, eventTypes: ['*'], ...options }
    const { status, body } = await scene.api.call('POST', '/v1/stores/store_refused/webhooks', sent)
    return [status, (body.errors as unknown as { pointer: string }[])?.[0]?.pointer]
  }
  expect(await refused({ url: 'ftp://x' })).toEqual([422, '/url'])
  expect(await refused({ url: 'http://169.254.169.254/' })).toEqual([422, '/url'])
  expect(await refused({ eventTypes: ['order.exploded'] })).toEqual([422, '/eventTypes/0'])
  expect(await refused({ headers: { 'not a name': 'x' } })).toEqual([422, '/headers/not a name'])
  expect(await refused({ headers: { 'webhook-id': 'x' } })).toEqual([422, '/headers/webhook-id'])
  expect(await refused({ format: 'xml' })).toEqual([422, '/format'])
  expect(await refused({ rateLimitPerSecond: 0 })).toEqual([422, '/rateLimitPerSecond'])
  expect(await refused({ mapping: { a: { $nothing: 1 } } })).toEqual([422, '/mapping/a/$nothing'])
})

it('shows executions, deliveries and changes as they happen', async () => {
  const store = 'store_live'
  const stop = new AbortController()
  const live = await fetch(`${scene.engine.run.gatewayUrl}/v1/stores/${store}/live`, {
    headers: { authorization: `Bearer ${scene.engine.run.adminToken}` },
    signal: stop.signal,
  })
  expect(live.headers.get('content-type')).toMatch(/^text\/event-stream/)
  let seen = ''
  const reading = (async () => {
    for await (const part of live.body!.pipeThrough(new TextDecoderStream())) seen += part
  })().catch(() => {})

  await eventually(() => seen.includes('event: ready'))
  await scene.connectShippo(store)
  await scene.api.post(`/v1/stores/${store}/webhooks`, { url: `${receiver.url}/live`, eventTypes: ['*'] })
  await scene.publish(store, 'order.created')

  await eventually(() =>
    ['connector', 'webhook', 'delivery', 'execution'].every((kind) => seen.includes(`event: ${kind}\n`)),
  )
  stop.abort()
  await reading
})
