import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { conflict, registry, webhooks, type EndpointId } from '@cartly/contracts'
import { jetstreamManager, type StoredMsg } from '@nats-io/jetstream'
import { connector, connectorId, endpoint } from '../testing/examples.ts'
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts'
import { stubVault } from '../testing/stub-vault.ts'
import { requestKey } from './command-id.ts'

let gateway: GatewayUnderTest
beforeAll(async () => {
  gateway = await startGateway()
})
afterEach(() => gateway.services.reset())
afterAll(() => gateway.stop())

const path = '/v1/stores/s1/connectors'
const body = { template: 'shippo', name: 'Shippo' }

const post = (key: string, sent: object = body, claims = {}) =>
  gateway.send('POST', path, { body: sent, headers: { 'idempotency-key': key }, claims })

function countInstalls(): void {
  let installed = 0
  gateway.services.on(registry.install, () => connector({ name: `number ${++installed}` }))
}

describe('a POST with an Idempotency-Key', () => {
  test('is done once, and answered alike from then on', async () => {
    countInstalls()
    const key = randomUUID()

    const first = await post(key)
    const again = await post(key, { name: 'Shippo', template: 'shippo' })

    expect(again).toMatchObject({ status: 201, json: first.json })
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'))
    expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true'])
    expect(gateway.services.of(registry.install)).toHaveLength(1)
  })

  test('is refused with another body', async () => {
    countInstalls()
    const key = randomUUID()
    await post(key)
    expect(await post(key, { template: 'easypost' })).toMatchObject({
      status: 422,
      json: { code: 'idempotency_key_reused' },
    })
    expect(gateway.services.of(registry.install)).toHaveLength(1)
  })

  test('is another request for another person, store or route', async () => {
    countInstalls()
    gateway.services.on(registry.activate, () => connector())
    const key = randomUUID()
    await post(key)
    expect((await post(key, { template: 'other' }, { sub: 'bob' })).status).toBe(201)
    const elsewhere = { body: { template: 'other' }, headers: { 'idempotency-key': key }, claims: { stores: ['s2'] } }
    expect((await gateway.send('POST', '/v1/stores/s2/connectors', elsewhere)).status).toBe(201)
    const activated = await gateway.send('POST', `${path}/${connectorId}/activate`, {
      headers: { 'idempotency-key': key },
    })
    expect(activated.headers.get('idempotent-replayed')).toBeNull()
  })

  test('that comes many times at once is done once', async () => {
    const release = Promise.withResolvers<void>()
    gateway.services.on(registry.install, async () => {
      await release.promise
      return connector()
    })
    const key = randomUUID()

    const answers = Promise.all(Array.from({ length: 20 }, () => post(key)))
    setImmediate(release.resolve)
    const statuses = (await answers).map(({ status }) => status)

    expect(gateway.services.of(registry.install)).toHaveLength(1)
    expect(statuses).toContain(201)
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([])
  })

  test('may be tried again after it failed, as the same command', async () => {
    const key = randomUUID()
    gateway.services.on(registry.install, () => {
      throw conflict('not_now', 'Not now')
    })
    expect((await post(key)).status).toBe(409)
    countInstalls()
    expect((await post(key)).status).toBe(201)

    const commands = gateway.services.asked.map(({ call }) => call.commandId)
    expect(commands).toHaveLength(2)
    expect(new Set(commands).size).toBe(1)
  })

  test('is answered even when the answer is too large to be kept', async () => {
    const name = 'x'.repeat(1024 * 1024 - JSON.stringify(connector({ name: '' })).length)
    gateway.services.on(registry.install, () => connector({ name }))
    expect((await post(randomUUID())).json).toEqual(connector({ name }))
    expect(gateway.logLines.join('')).toContain('could not be kept')
  })

  test('must have a key that can be one', async () => {
    for (const key of ['with space', 'x'.repeat(256)]) {
      expect(await post(key)).toMatchObject({ status: 422, json: { code: 'invalid_idempotency_key' } })
    }
  })
})

test('without a key, each POST is a command of its own', async () => {
  countInstalls()
  await gateway.send('POST', path, { body })
  await gateway.send('POST', path, { body })
  expect(new Set(gateway.services.asked.map(({ call }) => call.commandId)).size).toBe(2)
})

test('a kept answer holds no secret, and a replayed one does', async () => {
  const safe = await stubVault(gateway.services)
  const id = 'whk_06e8rk2m4p7q' as EndpointId
  gateway.services.on(webhooks.create, () => endpoint({ id }))
  const key = randomUUID()
  const sent = { body: { url: 'https://example.com', eventTypes: ['*'] }, headers: { 'idempotency-key': key } }

  const first = await gateway.send('POST', '/v1/stores/s1/webhooks', sent)
  const again = await gateway.send('POST', '/v1/stores/s1/webhooks', sent)

  expect(again.json).toEqual(first.json)
  expect(again.json.secret).toBe(safe.webhookSecret)
  expect(gateway.services.of(webhooks.create)).toHaveLength(1)
  const kept = await keptUnder('createWebhook', key)
  expect(kept).toContain(id)
  expect(kept).not.toContain(safe.webhookSecret)
})

test('nobody who reads the stream can try out what was sent: the same body has another digest under another key', async () => {
  await stubVault(gateway.services)
  gateway.services.on(webhooks.create, () => endpoint())
  const headers = { 'X-Pin': '1234' }
  const sent = async (key: string) => {
    const settings = { url: 'https://example.com', eventTypes: ['*'], headers }
    await gateway.send('POST', '/v1/stores/s1/webhooks', { body: settings, headers: { 'idempotency-key': key } })
    return (await messageUnder('createWebhook', key))?.header.get('Cartly-Fingerprint')
  }
  const [one, other] = [await sent(randomUUID()), await sent(randomUUID())]
  expect(one).toMatch(/^[\w-]{43}$/)
  expect(one).not.toBe(other)
})

/** What the stream keeps under a key of the user `ada` in the store `s1`. */
const keptUnder = async (operation: string, key: string): Promise<string> =>
  (await messageUnder(operation, key))?.string() ?? ''

async function messageUnder(operation: string, key: string): Promise<StoredMsg | null> {
  const streams = await jetstreamManager(await gateway.nats.connect('admin-gateway'), { checkAPI: false })
  const subject = `idem.${requestKey([operation, 'user:ada', 's1', key])}`
  return streams.direct.getMessage('IDEMPOTENCY', { last_by_subj: subject })
}
