import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAuthorizationServer, type AuthorizationServer } from './start-authorization-server.ts'
import { walkConsent } from './walk-consent.ts'

const folder = mkdtempSync(join(tmpdir(), 'authorization-'))
const redirectUri = 'http://127.0.0.1:4000/oauth/callback/key_1'

let server: AuthorizationServer
beforeAll(async () => {
  server = await startAuthorizationServer({ grantsFile: join(folder, 'grants.json') })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true })
})
afterEach(() => server.behaveWell())

interface Tokens {
  access_token: string
  refresh_token: string
  expires_in: number
  error?: string
}

function authorization(changes: Record<string, string | undefined> = {}) {
  const verifier = randomBytes(32).toString('base64url')
  const parameters = {
    response_type: 'code',
    client_id: server.clients[0].clientId,
    redirect_uri: redirectUri,
    scope: 'contacts.read contacts.write',
    state: 'state_1',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  }
  const url = new URL('/auth', server.url)
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
  return { url: url.href, verifier }
}

async function token(form: Record<string, string>, basic = server.clients[0]): Promise<Tokens> {
  const credentials = Buffer.from(`${basic.clientId}:${basic.clientSecret}`).toString('base64')
  const response = await fetch(`${server.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams(form),
  })
  return (await response.json()) as Tokens
}

async function connect(): Promise<Tokens> {
  const { url, verifier } = authorization()
  const callback = new URL(await walkConsent(url))
  return token({
    grant_type: 'authorization_code',
    code: String(callback.searchParams.get('code')),
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })
}

const refresh = (refreshToken: string) => token({ grant_type: 'refresh_token', refresh_token: refreshToken })

const api = (accessToken: string, path = '/api/account', init: RequestInit = {}) =>
  fetch(server.url + path, { ...init, headers: { authorization: `Bearer ${accessToken}` } })

describe('the authorization server', () => {
  it('sends an allowed browser back with code, state and issuer', async () => {
    const callback = new URL(await walkConsent(authorization().url))
    expect(callback.href.startsWith(redirectUri)).toBe(true)
    expect(callback.searchParams.get('code')).toBeTruthy()
    expect(callback.searchParams.get('state')).toBe('state_1')
    expect(callback.searchParams.get('iss')).toBe(server.issuer)
  })

  it('sends a denied browser back with the reason', async () => {
    const callback = new URL(await walkConsent(authorization().url, 'deny'))
    expect(callback.searchParams.get('error')).toBe('access_denied')
    expect(callback.searchParams.get('iss')).toBe(server.issuer)
    expect(callback.searchParams.has('code')).toBe(false)
  })

  it('refuses a request without PKCE, and a redirect it does not know', async () => {
    const plain = new URL(
      await walkConsent(authorization({ code_challenge: undefined, code_challenge_method: undefined }).url),
    )
    expect(plain.searchParams.get('error')).toBe('invalid_request')
    for (const uri of ['https://evil.example/oauth/callback/x', 'http://127.0.0.1:4000/elsewhere']) {
      await expect(walkConsent(authorization({ redirect_uri: uri }).url)).rejects.toThrow('400')
    }
  })

  it('takes both clients, each by its own authentication', async () => {
    const post = server.clients[1]
    const { url, verifier } = authorization({ client_id: post.clientId })
    const code = String(new URL(await walkConsent(url)).searchParams.get('code'))
    const response = await fetch(`${server.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        client_id: post.clientId,
        client_secret: post.clientSecret,
      }),
    })
    expect(response.status).toBe(200)
    const wrong = { ...server.clients[0], clientSecret: 'guessed' }
    expect(await token({ grant_type: 'client_credentials', scope: 'contacts.read' }, wrong)).toMatchObject({
      error: 'invalid_client',
    })
    expect(await token({ grant_type: 'client_credentials', scope: 'contacts.read' })).toHaveProperty('access_token')
  })

  it('gives tokens that its API takes, within their scope', async () => {
    const { access_token, expires_in } = await connect()
    expect(expires_in).toBe(300)
    expect(await (await api(access_token)).json()).toEqual({ account: 'ada@harbor.example', plan: 'sandbox' })
    const contact = { method: 'POST', body: JSON.stringify({ email: 'ben@example.com' }) }
    expect((await api(access_token, '/api/contacts', contact)).status).toBe(201)
    expect((await api(access_token, '/api/contacts', contact)).status).toBe(200)
    expect(await (await api(access_token, '/api/contacts')).json()).toMatchObject({
      contacts: [{ email: 'ben@example.com' }],
    })
    const unknown = await api('nonsense')
    expect(unknown.status).toBe(401)
    expect(unknown.headers.get('www-authenticate')).toContain('invalid_token')
    const narrow = await token({ grant_type: 'client_credentials', scope: 'contacts.read' })
    expect((await api(narrow.access_token, '/api/contacts', contact)).status).toBe(403)
  })

  it('rotates refresh tokens, and revokes the grant when one is used twice', async () => {
    const revokedBefore = server.grantsRevoked
    const first = await connect()
    const second = await refresh(first.refresh_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect((await api(second.access_token)).status).toBe(200)

    expect(await refresh(first.refresh_token)).toMatchObject({ error: 'invalid_grant' })
    expect(await refresh(second.refresh_token)).toMatchObject({ error: 'invalid_grant' })
    expect((await api(second.access_token)).status).toBe(401)
    expect(server.grantsRevoked).toBe(revokedBefore + 1)
    expect(server.tokenCalls.slice(-4).map(({ grantType, outcome }) => `${grantType} ${outcome}`)).toEqual([
      'authorization_code issued',
      'refresh_token issued',
      'refresh_token invalid_grant',
      'refresh_token invalid_grant',
    ])
  })

  it('keeps the connections of one account apart', async () => {
    const [one, other] = [await connect(), await connect()]
    const { clientId, clientSecret } = server.clients[0]
    const revoked = await fetch(`${server.url}/token/revocation`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ token: one.refresh_token }),
    })
    expect(revoked.status).toBe(200)
    expect((await api(one.access_token)).status).toBe(401)
    expect((await api(other.access_token)).status).toBe(200)
  })

  it('rotates and loses the answer when told to, which is the end of that grant for a client that asks again', async () => {
    const { refresh_token } = await connect()
    server.behave({ behaviour: 'lost', path: '/token', times: 1 })
    await expect(refresh(refresh_token)).rejects.toThrow()
    expect(await refresh(refresh_token)).toMatchObject({ error: 'invalid_grant' })
  })

  it('does nothing with the token when it refuses first', async () => {
    const { refresh_token } = await connect()
    server.behave({ behaviour: 'status:503', path: '/token', times: 1 })
    server.behave({ behaviour: 'reset', path: '/token', times: 1 })
    expect(await refresh(refresh_token)).toMatchObject({ error: 'temporarily_unavailable' })
    await expect(refresh(refresh_token)).rejects.toThrow()
    expect(await refresh(refresh_token)).toHaveProperty('access_token')
  })

  it('remembers its grants after a restart', async () => {
    const { refresh_token, access_token } = await connect()
    const { grants } = server
    await server.stop()
    server = await startAuthorizationServer({ grantsFile: join(folder, 'grants.json') })
    expect(server.grants).toBe(grants)
    expect((await api(access_token)).status).toBe(200)
    expect(await refresh(refresh_token)).toHaveProperty('access_token')
  })
})
