import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startIdentityProvider, type IdentityProvider } from '@cartly/testing'
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts'

const audience = 'https://cartly.test/integrations'
let provider: IdentityProvider
let gateway: GatewayUnderTest
beforeAll(async () => {
  provider = await startIdentityProvider({
    audience,
    gatewayUrl: 'http://gateway.test',
    scope: 'integrations:read webhooks:read',
  })
  gateway = await startGateway({
    auth: { issuer: provider.issuer, jwksUrl: provider.jwksUrl, audience },
    oidc: { ...provider.client, scope: 'openid integrations:read webhooks:read' },
  })
})
afterAll(async () => {
  await gateway?.stop()
  await provider?.stop()
})

/** A browser's own memory of cookies: name and value. */
type Cookies = Record<string, string>

const get = (path: string, cookies: Cookies = {}) =>
  gateway.send('GET', path, {
    claims: null,
    headers: {
      cookie: Object.entries(cookies)
        .map((pair) => pair.join('='))
        .join('; '),
    },
  })

const cookiesOf = (headers: Headers): Cookies =>
  Object.fromEntries(headers.getSetCookie().map((cookie) => cookie.split(';')[0]!.split(/=(.*)/).slice(0, 2)))

async function begin(returnTo = '/'): Promise<{ url: string; cookies: Cookies }> {
  const begun = await get(`/auth/login?returnTo=${encodeURIComponent(returnTo)}`)
  expect(begun.status).toBe(302)
  return { url: begun.headers.get('location')!, cookies: cookiesOf(begun.headers) }
}

/** The path that the provider sends the browser back to. */
async function comeBack(url: string, login: string | undefined = 'ada'): Promise<string> {
  const back = await provider.signIn(url, login)
  expect(`${back.origin}${back.pathname}`).toBe('http://gateway.test/auth/callback')
  return `${back.pathname}${back.search}`
}

test('says how people sign in', async () => {
  const { json } = await get('/auth')
  expect(json).toEqual({ signInUrl: '/auth/login', signOutUrl: expect.any(String) })
  const signOut = new URL(String(json.signOutUrl))
  expect(signOut.href).toMatch(new RegExp(`^${provider.issuer}/session/end\\?`))
  expect(Object.fromEntries(signOut.searchParams)).toEqual({
    client_id: 'console',
    post_logout_redirect_uri: 'http://gateway.test/',
  })
  expect((await fetch(signOut)).status).toBe(200)
})

describe('signing in', () => {
  test('asks with PKCE, state and nonce, and ties them to the browser', async () => {
    const { headers } = await get('/auth/login')
    const asked = new URL(headers.get('location')!)
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      client_id: 'console',
      response_type: 'code',
      redirect_uri: 'http://gateway.test/auth/callback',
      scope: 'openid integrations:read webhooks:read',
      resource: audience,
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    })
    const cookie = headers.get('set-cookie')
    for (const part of ['Path=/auth/callback', 'HttpOnly', 'SameSite=Lax', 'Max-Age=600'])
      expect(cookie).toContain(part)
  })

  test('ends in the console with a session of what the person may do', async () => {
    const { url, cookies } = await begin('/stores/s1/webhooks?tab=all')
    const signedIn = await get(await comeBack(url), cookies)

    expect(signedIn.status).toBe(302)
    expect(signedIn.headers.get('location')).toBe('http://gateway.test/stores/s1/webhooks?tab=all')
    const [forgotten, session] = signedIn.headers.getSetCookie()
    expect(forgotten).toMatch(/^cartly_sign_in=; .*Expires=Thu, 01 Jan 1970/)
    for (const part of ['cartly_session=ey', 'Path=/', 'HttpOnly', 'SameSite=Strict']) expect(session).toContain(part)
    expect((await get('/session', cookiesOf(signedIn.headers))).json).toMatchObject({
      actor: 'user:ada',
      stores: ['s1'],
      scopes: ['integrations:read', 'webhooks:read'],
    })
  })

  test.each(['https://evil.example/', '//evil.example/', '/\\evil.example', '/.//evil.example', 'stores'])(
    'leads nowhere else: %s',
    async (returnTo) => {
      const begun = await get(`/auth/login?returnTo=${encodeURIComponent(returnTo)}`)
      if (begun.status === 422) return expect(begun.json.errors).toMatchObject([{ pointer: '/query/returnTo' }])
      const cookies = cookiesOf(begun.headers)
      const { headers } = await get(await comeBack(begun.headers.get('location')!), cookies)
      expect(new URL(headers.get('location')!, gateway.url).host).toBe('gateway.test')
    },
  )
})

describe('nobody is signed in', () => {
  const refused = async (path: string, cookies: Cookies, status: number, text: RegExp) => {
    const answer = await get(path, cookies)
    expect(answer).toMatchObject({ status, text: expect.stringMatching(text) })
    expect(answer.text).toContain('href="http://gateway.test/auth/login"')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(cookiesOf(answer.headers)).toEqual({ cartly_sign_in: '' })
  }

  test('in a browser that did not begin, or began something else', async () => {
    const { url } = await begin()
    const other = await begin()
    const back = await comeBack(url)
    await refused(back, {}, 400, /not begun in this browser/)
    await refused(back, other.cookies, 400, /not begun in this browser/)
    await refused(back, { cartly_sign_in: 'bm8' }, 400, /not begun in this browser/)
  })

  test('by a link that was used already', async () => {
    const { url, cookies } = await begin()
    const back = await comeBack(url)
    expect((await get(back, cookies)).status).toBe(302)
    await refused(back, cookies, 400, /used already/)
  })

  test('who declined', async () => {
    const { url, cookies } = await begin()
    const back = await provider.signIn(url, undefined)
    await refused(`${back.pathname}${back.search}`, cookies, 403, /was cancelled/)
  })

  test('whose token says nothing of stores', async () => {
    const { url, cookies } = await begin()
    await refused(await comeBack(url, 'mallory'), cookies, 403, /no access/)
  })

  test('by an answer of another issuer (RFC 9207)', async () => {
    const { url, cookies } = await begin()
    const back = new URL(await comeBack(url), gateway.url)
    back.searchParams.set('iss', 'https://evil.example')
    await refused(`${back.pathname}${back.search}`, cookies, 502, /did not answer as it should/)
  })

  test('with the nonce of another sign-in', async () => {
    const [one, other] = [await begin(), await begin()]
    const { nonce } = pendingOf(other.cookies)
    const mixed = { ...pendingOf(one.cookies), nonce }
    const cookies = { cartly_sign_in: Buffer.from(JSON.stringify(mixed)).toString('base64url') }
    await refused(await comeBack(one.url), cookies, 502, /did not answer as it should/)
  })

  test('with the verifier of another sign-in', async () => {
    const [one, other] = [await begin(), await begin()]
    const { verifier } = pendingOf(other.cookies)
    const mixed = { ...pendingOf(one.cookies), verifier }
    const cookies = { cartly_sign_in: Buffer.from(JSON.stringify(mixed)).toString('base64url') }
    await refused(await comeBack(one.url), cookies, 400, /used already/)
  })

  test.each<[string, (answer: Record<string, unknown>) => Record<string, unknown>, number, RegExp]>([
    ['that is no token of this audience', (answer) => ({ ...answer, access_token: 'opaque' }), 403, /no access/],
    ['without an id token', (answer) => ({ ...answer, id_token: undefined }), 502, /did not answer as it should/],
    ['that is an error', () => ({ error: 'server_error' }), 502, /did not answer as it should/],
  ])('by an answer %s', async (_, change, status, text) => {
    const { url, cookies } = await begin()
    const back = await comeBack(url)
    provider.answerNext(change)
    await refused(back, cookies, status, text)
  })
})

test('a token too long for a cookie signs nobody in', async () => {
  provider.stores = Array.from({ length: 400 }, (_, index) => `store_${index}`)
  const { url, cookies } = await begin()
  const { status, headers } = await get(await comeBack(url), cookies)
  provider.stores = ['s1']
  expect(status).toBe(502)
  expect(cookiesOf(headers)).toEqual({ cartly_sign_in: '' })
})

test('without an identity provider there is a link alone', async () => {
  const plain = await startGateway()
  try {
    expect((await plain.send('GET', '/auth', { claims: null })).json).toEqual({})
    for (const path of ['/auth/login', '/auth/callback?code=1&state=2']) {
      expect(await plain.send('GET', path, { claims: null })).toMatchObject({
        status: 404,
        json: { code: 'no_identity_provider' },
      })
    }
  } finally {
    await plain.stop()
  }
})

test('an identity provider that is away stops nobody who has a link', async () => {
  const away = await startGateway({
    auth: { issuer: 'http://127.0.0.1:1', jwksUrl: provider.jwksUrl, audience },
    oidc: { clientId: 'console', clientSecret: undefined, scope: 'openid' },
  })
  try {
    expect((await away.send('GET', '/auth', { claims: null })).json).toEqual({ signInUrl: '/auth/login' })
    const begun = await away.send('GET', '/auth/login', { claims: null })
    expect(begun).toMatchObject({ status: 503, json: { code: 'issuer_unavailable' } })
    expect(begun.headers.get('retry-after')).toBe('2')
  } finally {
    await away.stop()
  }
})

test('nothing that could sign somebody in is logged', async () => {
  const { url, cookies } = await begin()
  const back = await comeBack(url)
  const signedIn = await get(back, cookies)
  const { state, nonce, verifier } = pendingOf(cookies)
  const secrets = [
    new URLSearchParams(back.split('?')[1]).get('code')!,
    cookiesOf(signedIn.headers)['cartly_session']!,
    state,
    nonce,
    verifier,
    provider.client.clientSecret,
  ]
  for (const secret of secrets) expect(gateway.logLines.join('')).not.toContain(secret)
})

const pendingOf = (cookies: Cookies) =>
  JSON.parse(Buffer.from(cookies['cartly_sign_in']!, 'base64url').toString()) as Record<
    'state' | 'nonce' | 'verifier',
    string
  >
