import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { CartlyError, oauth, type StoreId } from '@cartly/contracts'
import { browserCookie } from '../oauth-callback/browser-cookie.ts'
import { connectorId } from '../testing/examples.ts'
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts'

let gateway: GatewayUnderTest
beforeAll(async () => {
  gateway = await startGateway()
})
afterEach(() => gateway.services.reset())
afterAll(() => gateway.stop())

const path = `/v1/stores/s1/connectors/${connectorId}/oauth`
const begun = {
  authorizationUrl: 'https://provider.test/authorize?state=abc',
  connectionKey: 'key-1',
  browserToken: 'browser-token',
  expiresAt: new Date(Date.now() + 600_000).toISOString(),
}

test('an authorization is tied to the browser that begins it', async () => {
  gateway.services.on(oauth.authorize, () => begun)

  const answer = await gateway.send('POST', `${path}/authorize`)

  expect(answer.json).toEqual({ authorizationUrl: begun.authorizationUrl, expiresAt: begun.expiresAt })
  const cookie = answer.headers.get('set-cookie')
  expect(cookie).toMatch(/^cartly_oauth=browser-token\.[\w-]{43};/)
  expect(cookie).toContain('Path=/oauth/callback/key-1')
  expect(cookie).toContain('HttpOnly')
  expect(cookie).toContain('SameSite=Lax')
  expect(gateway.services.of(oauth.authorize)).toEqual([
    { storeId: 's1', connectorId, user: 'user:ada', publicUrl: 'http://gateway.test' },
  ])
})

test('the address to come back to is the one that is set, whatever the request says of its own', async () => {
  gateway.services.on(oauth.authorize, () => begun)
  const headers = { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https', forwarded: 'host=evil.test' }
  await gateway.send('POST', `${path}/authorize`, { headers })
  expect(gateway.services.of(oauth.authorize)).toMatchObject([{ publicUrl: 'http://gateway.test' }])
})

test('behind a proxy that puts it under a path, the cookie is sent there, over https alone', () => {
  const cookie = browserCookie(begun, 'user:ada', 'https://shop.example/cartly')
  expect(cookie).toContain('Path=/cartly/oauth/callback/key-1;')
  expect(cookie).toContain('Secure')
})

const callback = (query: string, cookie?: string) =>
  gateway.send('GET', `/oauth/callback/key-1?${query}`, { claims: null, headers: cookie ? { cookie } : {} })

describe('the callback', () => {
  const connected = {
    outcome: 'connected',
    title: 'Shop <b>connected</b>',
    message: 'Tokens & all',
    storeId: 's1' as StoreId,
    connectorId,
  } as const

  test('hands on what came, with the cookie, and shows a page without scripts', async () => {
    gateway.services.on(oauth.callback, () => connected)

    const page = await callback('code=c&state=abc&iss=https%3A%2F%2Fprovider.test', 'cartly_oauth=browser-token')

    expect(gateway.services.of(oauth.callback)).toEqual([
      {
        connectionKey: 'key-1',
        parameters: { code: 'c', state: 'abc', iss: 'https://provider.test' },
        browserToken: 'browser-token',
      },
    ])
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(page.headers.get('set-cookie')).toMatch(/^cartly_oauth=; .*Expires=Thu, 01 Jan 1970/)
    expect(page.text).toContain('<h1>Shop &lt;b&gt;connected&lt;/b&gt;</h1>')
    expect(page.text).toContain(`href="http://gateway.test/stores/s1/integrations/${connectorId}"`)
    expect(page.text).not.toContain('<script')
    expect(gateway.logLines.join('')).not.toContain('browser-token')
  })

  test.each([
    ['denied', 200],
    ['expired', 410],
    ['refused', 400],
    ['failed', 502],
  ] as const)('that is %s says so with status %d', async (outcome, status) => {
    gateway.services.on(oauth.callback, () => ({ outcome, title: `It was ${outcome}`, message: 'Because.' }))
    const page = await callback('error=access_denied&state=abc')
    expect(page.status).toBe(status)
    expect(page.text).toContain(`<h1>It was ${outcome}</h1>`)
  })

  test('is refused to whoever is signed in by then, if they have not begun it', async () => {
    gateway.services.on(oauth.authorize, () => begun)
    gateway.services.on(oauth.callback, () => connected)
    const cookieOf = async (at: string, sub: string, name: string): Promise<string> => {
      const { headers } = await gateway.send('POST', at, { claims: { sub } })
      const set = headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`)) as string
      return set.split(';', 1)[0] as string
    }
    const oauthCookie = await cookieOf(`${path}/authorize`, 'ada', 'cartly_oauth')
    const [adas, bobs] = [
      await cookieOf('/session', 'ada', 'cartly_user'),
      await cookieOf('/session', 'bob', 'cartly_user'),
    ]

    await callback('code=c&state=abc', `${oauthCookie}; ${adas}`)
    await callback('code=c&state=abc', `${oauthCookie}; ${bobs}`)

    const tokens = gateway.services.of(oauth.callback).map((asked) => (asked as { browserToken?: string }).browserToken)
    expect(tokens).toEqual(['browser-token', undefined])
  })

  test('with a parameter that comes twice is refused', async () => {
    gateway.services.on(oauth.callback, () => connected)
    expect(await callback('state=a&state=b')).toMatchObject({ status: 422, json: { code: 'invalid_callback' } })
    expect(gateway.services.asked).toEqual([])
  })

  test('shows a page even when no service answers', async () => {
    gateway.services.on(oauth.callback, () => {
      throw new CartlyError('timeout', 'timeout', 'too late')
    })
    const page = await callback('code=c&state=abc')
    expect(page.status).toBe(502)
    expect(page.text).toContain('could not be completed')
  })
})
