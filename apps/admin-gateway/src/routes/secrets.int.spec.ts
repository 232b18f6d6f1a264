import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { invalid, registry, vault, webhooks } from '@cartly/contracts'
import { connector, connectorId, credentialId, endpoint, endpointId } from '../testing/examples.ts'
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts'
import { stubVault } from '../testing/stub-vault.ts'

let gateway: GatewayUnderTest
beforeAll(async () => {
  gateway = await startGateway()
})
afterEach(() => gateway.services.reset())
afterAll(() => gateway.stop())

const credentials = `/v1/stores/s1/connectors/${connectorId}/credentials`
const apiKey = 'shippo_test_planted_secret_0123456789'

describe('credentials', () => {
  test('go to the vault sealed, and are then attached to the connector', async () => {
    const safe = await stubVault(gateway.services)
    gateway.services.on(registry.attachCredentials, () => connector())

    const stored = await gateway.send('PUT', credentials, { body: { values: { apiKey } } })

    expect(safe.stored).toEqual({ apiKey })
    expect(stored).toMatchObject({
      status: 200,
      json: { version: 3, fields: [{ name: 'apiKey', set: true, last4: '6789' }] },
    })
    expect(gateway.services.of(registry.attachCredentials)).toEqual([
      { storeId: 's1', connectorId, purpose: 'connector', credentialId, version: 3 },
    ])
    expectNowhere(apiKey, stored.text)
  })

  test('that the vault refuses are attached to nothing', async () => {
    await stubVault(gateway.services)
    gateway.services.on(vault.putCredentials, () => {
      throw invalid('invalid_credentials', 'The credentials do not fit', [
        { pointer: '/values/apiKey', message: 'is not a known field' },
      ])
    })

    const refused = await gateway.send('PUT', credentials, { body: { values: { apiKey } } })

    expect(refused).toMatchObject({ status: 422, json: { errors: [{ pointer: '/values/apiKey' }] } })
    expect(gateway.services.of(registry.attachCredentials)).toEqual([])
    expectNowhere(apiKey, refused.text)
  })

  test('of the wrong shape are refused without being repeated', async () => {
    const refused = await gateway.send('PUT', credentials, { body: { values: { apiKey: [apiKey] } } })
    expect(refused.status).toBe(422)
    expectNowhere(apiKey, refused.text)
  })

  test('are destroyed in the vault, then detached', async () => {
    await stubVault(gateway.services)
    gateway.services.on(registry.detachCredentials, () => connector())
    expect((await gateway.send('DELETE', credentials)).status).toBe(204)
    expect(gateway.services.of(registry.detachCredentials)).toEqual([
      { storeId: 's1', connectorId, purpose: 'connector', credentialId },
    ])
  })
})

describe('the secret of a webhook', () => {
  const config = { url: 'https://example.com/webhooks', eventTypes: ['order.created'] }

  test('comes with the answer to its creation, sealed until then', async () => {
    const { webhookSecret } = await stubVault(gateway.services)
    gateway.services.on(webhooks.create, () => endpoint())

    const created = await gateway.send('POST', '/v1/stores/s1/webhooks', { body: config })

    expect(created).toMatchObject({ status: 201, json: { id: endpointId, secret: webhookSecret } })
    expect(created.headers.get('location')).toBe(`/v1/stores/s1/webhooks/${endpointId}`)
    expect(gateway.services.of(webhooks.create)).toEqual([
      { storeId: 's1', endpointId: expect.stringMatching(/^whk_/), config },
    ])
    expect(gateway.services.asked.at(-1)).toMatchObject({
      operation: vault.revealWebhookSecret.subject,
      call: { actor: 'user:ada' },
    })
    expectNowhere(webhookSecret)
  })

  test('can be read and rotated', async () => {
    const safe = await stubVault(gateway.services)
    const overlapUntil = '2026-11-25T09:30:00Z'
    gateway.services.on(webhooks.rotateSecret, () => ({ endpoint: endpoint({ revision: 2 }), overlapUntil }))
    const path = `/v1/stores/s1/webhooks/${endpointId}`

    const secret = await gateway.send('GET', `${path}/secret`)
    expect(secret.json).toEqual({ secret: safe.webhookSecret, version: 2 })
    expect(secret.headers.get('cache-control')).toBe('no-store')

    safe.webhookSecret = 'whsec_bmV3'
    const rotated = await gateway.send('POST', `${path}/rotate-secret`)
    expect(rotated.json).toMatchObject({ secret: 'whsec_bmV3', overlapUntil, revision: 2 })
    expect(gateway.services.of(webhooks.rotateSecret)).toEqual([{ storeId: 's1', endpointId, overlapHours: 24 }])
  })
})

describe("a webhook's own headers", () => {
  const path = '/v1/stores/s1/webhooks'
  const config = { url: 'https://example.com/webhooks', eventTypes: ['order.created'] }
  const value = 'Bearer planted+header/secret=0123456789'
  const shown = { Authorization: '[redacted]' as const }

  test('go to the dispatcher by name, their values sealed to the vault for the new endpoint', async () => {
    const safe = await stubVault(gateway.services)
    gateway.services.on(webhooks.create, () => endpoint({ headers: shown }))

    const created = await gateway.send('POST', path, { body: { ...config, headers: { Authorization: value } } })

    expect(created).toMatchObject({ status: 201, json: { headers: shown } })
    const [asked] = gateway.services.of(webhooks.create)
    expect(asked).toMatchObject({ config: { ...config, headers: shown } })
    expect(await safe.headersIn(asked!.sealedHeaders!, asked!.storeId, asked!.endpointId)).toEqual({
      Authorization: value,
    })
    expectNowhere(value, created.text)
  })

  test('stay what they were where the change says [redacted]', async () => {
    const safe = await stubVault(gateway.services)
    gateway.services.on(webhooks.update, () => endpoint())
    const change = (headers: unknown) => gateway.send('PATCH', `${path}/${endpointId}`, { body: { headers } })

    await change({ ...shown, 'X-New': value })
    await change(shown)
    await change(null)

    const [mixed, same, none] = gateway.services.of(webhooks.update)
    expect(mixed).toMatchObject({ change: { headers: { ...shown, 'X-New': '[redacted]' } } })
    expect(await safe.headersIn(mixed!.sealedHeaders!, mixed!.storeId, mixed!.endpointId)).toEqual({ 'X-New': value })
    expect(same).toEqual({ storeId: 's1', endpointId, change: { headers: shown } })
    expect(none).toEqual({ storeId: 's1', endpointId, change: { headers: null } })
    expectNowhere(value)
  })

  test.each([
    ['a name that is none', { 'not a name': value }, '/headers/not a name'],
    ['a value that no header can have', { 'X-Key': `${value}\n` }, '/headers/X-Key'],
    ['an empty value', { 'X-Key': '' }, '/headers/X-Key'],
  ])('are refused at the door for %s, without being repeated', async (_, headers, pointer) => {
    const refused = await gateway.send('POST', path, { body: { ...config, headers } })
    expect(refused).toMatchObject({ status: 422, json: { errors: [{ pointer }] } })
    expectNowhere(value, refused.text)
  })
})

/** Not in the log, in nothing that was asked, in no answer: plain, base64 or URL-encoded. */
function expectNowhere(secret: string, ...answers: string[]): void {
  const everything = [...gateway.logLines, ...answers, JSON.stringify(gateway.services.asked)].join('\n')
  for (const form of [secret, Buffer.from(secret).toString('base64').slice(0, -4), encodeURIComponent(secret)]) {
    expect(everything).not.toContain(form)
  }
}
