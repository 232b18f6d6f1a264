import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { registry } from '@cartly/contracts'
import { connector, connectorId } from '../testing/examples.ts'
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts'
import { allScopes } from '../testing/token-issuer.ts'

let gateway: GatewayUnderTest
beforeAll(async () => {
  gateway = await startGateway()
})
afterEach(() => gateway.services.reset())
afterAll(() => gateway.stop())

const one = `/v1/stores/s1/connectors/${connectorId}`

async function signIn(): Promise<string> {
  const { headers } = await gateway.send('POST', '/session')
  return (headers.get('set-cookie') ?? '').split(';', 1)[0] as string
}

const withCookie = (method: string, path: string, cookie: string, headers: Record<string, string> = {}) =>
  gateway.send(method, path, { claims: null, headers: { cookie, ...headers } })

test('a session trades the token for a cookie that scripts cannot read', async () => {
  const signedIn = await gateway.send('POST', '/session')
  expect(signedIn.json).toMatchObject({ actor: 'user:ada', stores: ['s1'], scopes: allScopes.split(' ') })
  const cookie = signedIn.headers.get('set-cookie')
  expect(cookie).toMatch(/^cartly_session=ey/)
  for (const part of ['Path=/', 'HttpOnly', 'SameSite=Strict', 'Expires=']) expect(cookie).toContain(part)

  expect((await withCookie('GET', '/session', await signIn())).json).toMatchObject({ actor: 'user:ada' })
  expect((await gateway.send('GET', '/session', { claims: null })).status).toBe(401)
})

test('with the cookie one can read', async () => {
  gateway.services.on(registry.get, () => connector())
  expect((await withCookie('GET', one, await signIn())).status).toBe(200)
})

test('a change with the cookie must come from the console', async () => {
  gateway.services.on(registry.activate, () => connector())
  const cookie = await signIn()
  const origin = gateway.url
  const change = (headers: Record<string, string>) => withCookie('POST', `${one}/activate`, cookie, headers)

  expect(await change({})).toMatchObject({ status: 403, json: { code: 'cross_site_request' } })
  expect((await change({ origin })).status).toBe(403)
  expect((await change({ 'x-cartly-console': '1' })).status).toBe(403)
  expect((await change({ origin: 'https://evil.test', 'x-cartly-console': '1' })).status).toBe(403)
  expect((await change({ origin: 'http://127.0.0.1:1', 'x-cartly-console': '1' })).status).toBe(403)
  expect((await change({ origin: 'null', 'x-cartly-console': '1' })).status).toBe(403)
  expect(gateway.services.asked).toEqual([])
  expect((await change({ origin, 'x-cartly-console': '1' })).status).toBe(200)
})

test('signing out ends the cookie', async () => {
  const origin = gateway.url
  const out = await withCookie('DELETE', '/session', await signIn(), { origin, 'x-cartly-console': '1' })
  expect(out.status).toBe(204)
  expect(out.headers.get('set-cookie')).toMatch(/^cartly_session=; .*Expires=Thu, 01 Jan 1970/)
})
