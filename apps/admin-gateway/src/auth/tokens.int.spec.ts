import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { registry, vault, webhooks } from '@cartly/contracts'
import { generateKeyPair, SignJWT, UnsecuredJWT, exportSPKI, importJWK, type CryptoKey, type JWTPayload } from 'jose'
import { connector, connectorId, endpoint } from '../testing/examples.ts'
import { startGateway, type GatewayUnderTest, type Received } from '../testing/gateway-under-test.ts'
import { allScopes, audience, issuer } from '../testing/token-issuer.ts'

let gateway: GatewayUnderTest
beforeAll(async () => {
  gateway = await startGateway()
})
afterEach(() => gateway.services.reset())
afterAll(() => gateway.stop())

const path = `/v1/stores/s1/connectors/${connectorId}`

const withToken = (token: string): Promise<Received> =>
  gateway.send('GET', path, { claims: null, headers: { authorization: `Bearer ${token}` } })

const good = (): JWTPayload => ({
  iss: issuer,
  aud: audience,
  sub: 'ada',
  stores: ['s1'],
  scope: allScopes,
  exp: Math.floor(Date.now() / 1_000) + 60,
})
const sign = (claims: JWTPayload, key: CryptoKey | Uint8Array, alg = 'ES256') =>
  new SignJWT(claims).setProtectedHeader({ alg, kid: 'k1' }).sign(key)

describe('a token that is not accepted', () => {
  const attacks: [name: string, token: () => Promise<string> | string][] = [
    ['without a signature (alg none)', () => new UnsecuredJWT(good()).encode()],
    [
      'signed HS256 with the public key as the secret',
      async () => {
        const key = (await importJWK({ ...gateway.issuer.publicJwk }, 'ES256', { extractable: true })) as CryptoKey
        return sign(good(), new TextEncoder().encode(await exportSPKI(key)), 'HS256')
      },
    ],
    ['signed with another key', async () => sign(good(), (await generateKeyPair('ES256')).privateKey)],
    ['of another issuer', () => sign({ ...good(), iss: 'https://evil.test' }, gateway.issuer.privateKey)],
    ['for another audience', () => sign({ ...good(), aud: 'other' }, gateway.issuer.privateKey)],
    ['that has ended', () => sign({ ...good(), exp: Math.floor(Date.now() / 1_000) - 60 }, gateway.issuer.privateKey)],
    ['that never ends', () => sign({ ...good(), exp: undefined }, gateway.issuer.privateKey)],
    [
      'that is not valid yet',
      () => sign({ ...good(), nbf: Math.floor(Date.now() / 1_000) + 60 }, gateway.issuer.privateKey),
    ],
    ['whose stores are no list', () => sign({ ...good(), stores: { s1: true } }, gateway.issuer.privateKey)],
    ['whose scope is no list', () => sign({ ...good(), scope: 7 }, gateway.issuer.privateKey)],
    [
      'whose payload was changed',
      async () => {
        const [head, , signature] = (await sign(good(), gateway.issuer.privateKey)).split('.')
        const payload = Buffer.from(JSON.stringify({ ...good(), scope: 'admin' })).toString('base64url')
        return `${head}.${payload}.${signature}`
      },
    ],
    ['that is no token', () => 'abc'],
  ]
  test.each(attacks)('%s is 401', async (_, token) => {
    gateway.services.on(registry.get, () => connector())
    const answer = await withToken(await token())
    expect(answer).toMatchObject({ status: 401, json: { code: 'invalid_token' } })
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="cartly", error="invalid_token"/)
    expect(gateway.services.asked).toEqual([])
  })

  test('and one that is as good but right is', async () => {
    gateway.services.on(registry.get, () => connector())
    expect((await withToken(await sign(good(), gateway.issuer.privateKey))).status).toBe(200)
  })
})

test('no token is 401, wherever else one is put', async () => {
  const token = await gateway.issuer.token()
  const missing = await gateway.send('GET', path, { claims: null })
  expect(missing).toMatchObject({ status: 401, json: { code: 'missing_token' } })
  expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="cartly"')
  expect((await gateway.send('GET', `${path}?access_token=${token}`, { claims: null })).status).toBe(401)
  const basic = { authorization: `Basic ${token}` }
  expect((await gateway.send('GET', path, { claims: null, headers: basic })).status).toBe(401)
})

test('keys that cannot be fetched are 503, not a bad token', async () => {
  const other = await startGateway({ auth: { jwksUrl: 'http://127.0.0.1:9/jwks', issuer, audience } })
  const answer = await other.send('GET', path)
  expect(answer).toMatchObject({ status: 503, json: { code: 'keys_unavailable' } })
  expect(answer.headers.get('retry-after')).toBe('2')
  await other.stop()
})

describe('scopes', () => {
  const rules: [method: string, path: string, body: unknown, scope: string][] = [
    ['POST', '/v1/stores/s1/connectors', { template: 'shippo' }, 'integrations:write'],
    ['GET', path, undefined, 'integrations:read'],
    ['PUT', `${path}/credentials`, { values: { apiKey: 'k' } }, 'credentials:write'],
    ['DELETE', `${path}/credentials`, undefined, 'credentials:write'],
    ['GET', `${path}/executions`, undefined, 'executions:read'],
    ['POST', '/v1/stores/s1/executions/exec_06e8rk2m4p7q/replay', {}, 'executions:replay'],
    ['GET', '/v1/stores/s1/webhooks', undefined, 'webhooks:read'],
    ['GET', `/v1/stores/s1/webhooks/${endpoint().id}/secret`, undefined, 'webhooks:write'],
    ['POST', '/v1/stores/s1/webhooks', { url: 'https://e.test', eventTypes: ['*'] }, 'webhooks:write'],
    ['POST', '/v1/stores/s1/deliveries/dlv_06e8rk2m4p7q/retry', undefined, 'webhooks:write'],
  ]
  test.each(rules)('%s %s needs the one it needs', async (method, route, body, scope) => {
    const others = allScopes
      .split(' ')
      .filter((other) => other !== scope)
      .join(' ')
    const refused = await gateway.send(method, route, { body, claims: { scope: others } })
    expect(refused).toMatchObject({ status: 403, json: { code: 'insufficient_scope' } })
    expect(refused.headers.get('www-authenticate')).toContain(`scope="${scope}"`)
    // With it the request comes to the service, of which there is none.
    expect((await gateway.send(method, route, { body, claims: { scope } })).status).toBe(503)
    expect((await gateway.send(method, route, { body, claims: { scope: [scope] } })).status).toBe(503)
    expect((await gateway.send(method, route, { body, claims: { scope: 'admin' } })).status).toBe(503)
  })
})

describe('stores', () => {
  test("another store's things answer 404, and nobody is asked", async () => {
    gateway.services.on(registry.get, () => connector())
    gateway.services.on(vault.describeCredentials, () => {
      throw new Error('asked')
    })
    gateway.services.on(webhooks.list, () => ({ data: [], nextCursor: null }))
    for (const route of [
      `/connectors/${connectorId}`,
      `/connectors/${connectorId}/credentials`,
      '/webhooks',
      '/live',
    ]) {
      const answer = await gateway.send('GET', `/v1/stores/s2${route}`)
      expect(answer).toMatchObject({ status: 404, json: { code: 'not_found' } })
    }
    expect(gateway.services.asked).toEqual([])
  })

  test.each([['*'], [['*']], [['s1', '*']]])('%j enters every store', async (stores) => {
    gateway.services.on(webhooks.list, () => ({ data: [], nextCursor: null }))
    expect((await gateway.send('GET', '/v1/stores/anything/webhooks', { claims: { stores } })).status).toBe(200)
  })
})
