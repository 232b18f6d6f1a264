import { beforeEach, describe, expect, test } from '@jest/globals'
import { Secret } from '@cartly/contracts'
import type { AuthorizationCodeAuth, ClientCredentialsAuth } from '@cartly/templates'
import { issuedTokens, missingScopes, timesOf } from '../commands/issued.ts'
import { authorizationUrl, newAuthorizationSecrets } from './authorization-request.ts'
import { capture } from './capture.ts'
import { classifyFailure } from './classify-failure.ts'
import { clientOf } from './client.ts'
import { inStandardNames } from './callback-names.ts'
import { TokenEndpoint } from './token-endpoint.ts'

const spec: AuthorizationCodeAuth = {
  type: 'oauth2',
  grant: 'authorization_code',
  authorizationUrl: 'https://harbor.example/auth?tenant=7',
  tokenUrl: 'https://harbor.example/token',
  scopes: ['read', 'write'],
}
const byClient: ClientCredentialsAuth = {
  type: 'oauth2',
  grant: 'client_credentials',
  tokenUrl: spec.tokenUrl,
  scopes: ['read', 'write'],
}
const server = {
  issuer: 'https://harbor.example',
  token_endpoint: spec.tokenUrl,
  revocation_endpoint: 'https://harbor.example/revoke',
}
const values = { clientId: new Secret('client'), clientSecret: new Secret('s:cret') }
const tokens = {
  access_token: 'new',
  token_type: 'Bearer',
  expires_in: 3600,
  refresh_token: 'next',
  scope: 'read write',
}
const issuedAt = Date.parse('2026-11-24T10:00:00.000Z')

describe("a service's oddities, each by a field of its template", () => {
  let sent: { url: string; headers: Headers; body: string }
  let reply: unknown
  beforeEach(() => {
    reply = tokens
  })
  const endpoint = (auth: AuthorizationCodeAuth | ClientCredentialsAuth) =>
    new TokenEndpoint(
      async (url, init) => {
        const request = new Request(url, init)
        sent = { url: request.url, headers: request.headers, body: await request.text() }
        return new Response(typeof reply === 'string' ? reply : JSON.stringify(reply))
      },
      server,
      clientOf(auth, values),
    )
  const form = () => Object.fromEntries(new URLSearchParams(sent.body))
  const urlOf = async (more: Partial<AuthorizationCodeAuth>) => {
    const auth = { ...spec, ...more }
    const secrets = newAuthorizationSecrets()
    return new URL(await authorizationUrl(auth, auth.authorizationUrl, 'client', 'https://shop.example/cb', secrets))
      .searchParams
  }

  test('scopeSeparator and scopeParameter, where consent is asked for', async () => {
    expect((await urlOf({})).get('scope')).toBe('read write')
    expect((await urlOf({ scopeSeparator: ',' })).get('scope')).toBe('read,write')
    const renamed = await urlOf({ scopeParameter: 'user_scope', scopeSeparator: '+' })
    expect([renamed.get('user_scope'), renamed.has('scope')]).toEqual(['read+write', false])
    expect((await urlOf({ scopes: [] })).has('scope')).toBe(false)
  })

  test('and where a client asks for itself', async () => {
    await endpoint(byClient).clientCredentials({ ...byClient, scopeParameter: 'permissions', scopeSeparator: ',' })
    expect(form()).toEqual({ grant_type: 'client_credentials', permissions: 'read,write' })
  })

  test('authorizationParameters, beside those that the address has; none of them ousts ours', async () => {
    const url = await urlOf({ authorizationParameters: { access_type: 'offline', state: 'mine', client_id: 'mine' } })
    expect(Object.fromEntries(url)).toMatchObject({ tenant: '7', access_type: 'offline', client_id: 'client' })
    expect(url.get('state')).toHaveLength(43)
  })

  test('pkce: S256, unless the service cannot', async () => {
    const url = await urlOf({})
    expect(url.get('code_challenge_method')).toBe('S256')
    expect(url.get('code_challenge')).toMatch(/^[\w-]{43}$/)
    expect((await urlOf({ pkce: false })).has('code_challenge')).toBe(false)
  })

  test('codeParameter: what the callback calls the code', () => {
    const callback = { spapi_oauth_code: 'c', state: 's', selling_partner_id: 'A1' }
    const standard = inStandardNames({ ...spec, codeParameter: 'spapi_oauth_code' }, callback)
    expect(Object.fromEntries(standard)).toMatchObject({ code: 'c', state: 's' })
    expect(Object.fromEntries(inStandardNames(spec, { code: 'c', state: 's' }))).toEqual({ code: 'c', state: 's' })
  })

  test('clientAuth: in a header, in the body, or not at all', async () => {
    await endpoint(spec).refresh(spec, 'old')
    // RFC 6749 section 2.3.1: each part form-encoded first.
    expect(sent.headers.get('authorization')).toBe(`Basic ${Buffer.from('client:s%3Acret').toString('base64')}`)
    expect(form()).toEqual({ grant_type: 'refresh_token', refresh_token: 'old' })

    const posted = { ...spec, clientAuth: 'post' as const }
    await endpoint(posted).refresh(posted, 'old')
    expect(form()).toMatchObject({ client_id: 'client', client_secret: 's:cret' })
    expect(sent.headers.has('authorization')).toBe(false)

    const open = { ...spec, clientAuth: 'none' as const }
    await endpoint(open).refresh(open, 'old')
    expect(form()).toEqual({ client_id: 'client', grant_type: 'refresh_token', refresh_token: 'old' })
  })

  test('tokenParameters and refreshParameters', async () => {
    const odd = { ...spec, tokenParameters: { expiring: '1' }, refreshParameters: { audience: 'api' } }
    await endpoint(odd).refresh(odd, 'old')
    expect(form()).toMatchObject({ expiring: '1', audience: 'api' })
    const odder = { ...byClient, tokenParameters: { audience: 'api' } }
    await endpoint(odder).clientCredentials(odder)
    expect(form()).toMatchObject({ audience: 'api' })
  })

  test('tokenRequestFormat: JSON', async () => {
    const odd = { ...spec, tokenRequestFormat: 'json' as const, clientAuth: 'post' as const }
    await endpoint(odd).refresh(odd, 'old')
    expect(sent.headers.get('content-type')).toBe('application/json')
    expect(JSON.parse(sent.body)).toMatchObject({
      grant_type: 'refresh_token',
      refresh_token: 'old',
      client_id: 'client',
    })
  })

  test('a refresh token that is not given again stays, as do scopes that are not named', async () => {
    const before = { refreshToken: new Secret('old'), scopes: ['read'] }
    reply = { access_token: 'new', token_type: 'Bearer' }
    const kept = issuedTokens(spec, await endpoint(spec).refresh(spec, 'old'), issuedAt, before)
    expect([kept.refreshToken?.reveal(), kept.scopes]).toEqual(['old', ['read']])
    reply = tokens
    const replaced = issuedTokens(spec, await endpoint(spec).refresh(spec, 'old'), issuedAt, before)
    expect([replaced.refreshToken?.reveal(), replaced.scopes]).toEqual(['next', ['read', 'write']])
  })

  test('defaultExpirySeconds: for replies that do not say', async () => {
    reply = { access_token: 'new' }
    const issued = issuedTokens(
      { ...spec, defaultExpirySeconds: 601 },
      await endpoint(spec).refresh(spec, 'old'),
      issuedAt,
      {
        scopes: [],
      },
    )
    expect(timesOf(spec, issued)).toEqual({
      expiresAt: '2026-11-24T10:10:00.000Z',
      refreshAt: '2026-11-24T10:05:00.000Z',
    })
  })

  test('idleExpirySeconds: a grant that dies of disuse is refreshed though nobody uses it', () => {
    const idle = { ...spec, idleExpirySeconds: 60 * 86_400 }
    expect(timesOf(idle, { issuedAt, expiresAt: null })).toEqual({
      expiresAt: null,
      refreshAt: '2026-12-24T10:00:00.000Z',
    })
  })

  test('capture: from the callback, and from within the token reply', () => {
    const odd: AuthorizationCodeAuth = {
      ...spec,
      capture: [
        { name: 'realmId', from: 'callback', key: 'realmId', pattern: '\\d{5,20}' },
        { name: 'teamId', from: 'token', key: 'team.id', pattern: 'T[A-Z0-9]+' },
        { name: 'instanceUrl', from: 'token', key: 'instance_url' },
      ],
    }
    const callback = (realmId: string) => new URLSearchParams({ realmId })
    const answer = { team: { id: 'T123' }, instance_url: 'https://eu.harbor.example' }
    expect(capture(odd, callback('46208163'), answer)).toEqual({
      realmId: '46208163',
      teamId: 'T123',
      instanceUrl: 'https://eu.harbor.example',
    })
    expect(() => capture(odd, callback('46208163/../x'), answer)).toThrow('realmId')
    expect(() => capture(odd, callback('46208163'), { ...answer, team: {} })).toThrow('teamId')
    expect(() => capture(odd, callback('46208163'), { ...answer, instance_url: { a: 1 } })).toThrow('instanceUrl')
  })

  test('scopes granted are those of the reply; the missing ones are named', async () => {
    reply = { ...tokens, scope: 'read' }
    const { scopes } = issuedTokens(spec, await endpoint(spec).refresh(spec, 'old'), issuedAt, { scopes: spec.scopes })
    expect([scopes, missingScopes(spec, scopes)]).toEqual([['read'], ['write']])
  })

  test('Slack, whole: comma, token type "bot", error under status 200', async () => {
    const slack: AuthorizationCodeAuth = {
      ...spec,
      scopes: ['chat:write', 'chat:write.public'],
      scopeSeparator: ',',
      clientAuth: 'post',
      pkce: false,
      tokenPlacement: { in: 'header', name: 'authorization', prefix: 'Bearer ' },
    }
    reply = {
      ok: true,
      access_token: 'xoxb-1',
      token_type: 'bot',
      scope: 'chat:write,chat:write.public',
      team: { name: 'Shop', id: 'T1' },
    }
    const { accessToken, tokenType, scopes } = await endpoint(slack).refresh(slack, 'old')
    expect({ accessToken, tokenType, scopes }).toEqual({
      accessToken: 'xoxb-1',
      tokenType: 'Bearer',
      scopes: ['chat:write', 'chat:write.public'],
    })
    reply = { ok: false, error: 'invalid_refresh_token' }
    const failure = await endpoint(slack)
      .refresh(slack, 'old')
      .catch((error: unknown) => classifyFailure(error, 'Slack'))
    expect(failure).toMatchObject({ class: 'permanent', code: 'invalid_refresh_token' })
  })

  test.each([
    ['nothing', '', true],
    ['a text', 'revoked', true],
    ['what nobody asked for', { ok: true, revoked: true }, true],
    ['that it did not', { ok: false, error: 'invalid_auth' }, false],
  ])('a revocation answered 200 with %s', async (_, body, revoked) => {
    reply = body
    const outcome = await endpoint(spec)
      .revoke('token')
      .then(
        () => true,
        () => false,
      )
    expect(outcome).toBe(revoked)
    expect(form()).toMatchObject({ token: 'token' })
  })
})
