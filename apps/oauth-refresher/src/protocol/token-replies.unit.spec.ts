import { describe, expect, test } from '@jest/globals'
import { Secret } from '@cartly/contracts'
import { EgressError } from '@cartly/egress'
import { classifyFailure } from './classify-failure.ts'
import { clientOf, type OAuthSpec } from './client.ts'
import { TokenEndpoint } from './token-endpoint.ts'

type AuthorizationCodeAuth = OAuthSpec & { grant: 'authorization_code' }

const spec: AuthorizationCodeAuth = {
  type: 'oauth2',
  grant: 'authorization_code',
  authorizationUrl: 'https://harbor.example/auth',
  tokenUrl: 'https://harbor.example/token',
  scopes: ['read'],
}
const client = clientOf(spec, { clientId: new Secret('client'), clientSecret: new Secret('secret') })
const server = { issuer: 'https://harbor.example', token_endpoint: spec.tokenUrl }

interface Reply {
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Record<string, string>
  readonly error?: Error
}

/** What a refresh makes of a reply: the tokens, or the class and code of its failure. */
async function outcomeOf(
  { status = 200, body = '', headers = {}, error }: Reply,
  more: Partial<AuthorizationCodeAuth> = {},
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const fetch = async () => {
    if (error) throw error
    return new Response(text, { status, headers })
  }
  try {
    const { reply: _reply, ...tokens } = await new TokenEndpoint(fetch, server, client).refresh(
      { ...spec, ...more },
      'old',
    )
    return JSON.parse(JSON.stringify(tokens)) as Record<string, unknown>
  } catch (failure) {
    const { class: kind, code } = classifyFailure(failure, 'Harbor')
    return `${kind} ${code}`
  }
}

const tokens = { access_token: 'new', token_type: 'Bearer', expires_in: 3600, refresh_token: 'next', scope: 'read' }
const understood = { accessToken: 'new', tokenType: 'Bearer', refreshToken: 'next', expiresIn: 3600, scopes: ['read'] }
const { refreshToken: _r, ...withoutRefresh } = understood
const { expiresIn: _e, ...withoutExpiry } = understood
const { scopes: _s, ...withoutScopes } = understood
const egressError = (code: ConstructorParameters<typeof EgressError>[0], sent: boolean) =>
  new EgressError(code, 'it failed', { sent })

describe('a reply of the token endpoint', () => {
  test.each<[string, Reply, unknown, Partial<AuthorizationCodeAuth>?]>([
    ['as RFC 6749 has it', { body: tokens }, understood],
    ['with a token type in other letters', { body: { ...tokens, token_type: 'bearer' } }, understood],
    ['without a token type (Shopify)', { body: { ...tokens, token_type: undefined } }, understood],
    ['form-encoded (GitHub)', { body: new URLSearchParams({ ...tokens, expires_in: '3600' }).toString() }, understood],
    ['under status 201', { status: 201, body: tokens }, understood],
    ['with its expiry as text', { body: { ...tokens, expires_in: '3600' } }, understood],
    ['without an expiry', { body: { ...tokens, expires_in: undefined } }, withoutExpiry],
    ['with no number as its expiry', { body: { ...tokens, expires_in: 'soon' } }, withoutExpiry],
    ['with a negative expiry', { body: { ...tokens, expires_in: -1 } }, withoutExpiry],
    ['with null as its expiry', { body: { ...tokens, expires_in: null } }, withoutExpiry],
    ['without a refresh token', { body: { ...tokens, refresh_token: undefined } }, withoutRefresh],
    ['with null as its refresh token', { body: { ...tokens, refresh_token: null } }, withoutRefresh],
    ['with an empty refresh token', { body: { ...tokens, refresh_token: '' } }, withoutRefresh],
    ['without scopes', { body: { ...tokens, scope: undefined } }, withoutScopes],
    [
      'with scopes between commas',
      { body: { ...tokens, scope: 'read,write' } },
      { ...understood, scopes: ['read', 'write'] },
      { scopeSeparator: ',' },
    ],
    [
      'with scopes as a list',
      { body: { ...tokens, scope: ['read', 'write'] } },
      { ...understood, scopes: ['read', 'write'] },
    ],
    ['with an id token that nobody asked for', { body: { ...tokens, id_token: 'x.y.z' } }, understood],
    [
      'with a type of its own, where the template places it',
      { body: { ...tokens, token_type: 'offline' } },
      understood,
      { tokenPlacement: { in: 'header', name: 'x-token' } },
    ],
    ['with a type that nobody understands', { body: { ...tokens, token_type: 'mac' } }, 'ambiguous unreadable_reply'],
    ['that the grant is over', { status: 400, body: { error: 'invalid_grant' } }, 'permanent invalid_grant'],
    [
      'that the grant is over, under status 200 (GitHub)',
      { body: { error: 'bad_refresh_token' } },
      'permanent bad_refresh_token',
    ],
    ['that the grant is over, form-encoded', { body: 'error=bad_refresh_token' }, 'permanent bad_refresh_token'],
    ['that it is not ok (Slack)', { body: { ok: false, error: 'token_revoked' } }, 'permanent token_revoked'],
    ['that it is not ok, and nothing else', { body: { ok: false } }, 'transient unspecified_error'],
    ['that the client is refused', { status: 401, body: { error: 'invalid_client' } }, 'permanent invalid_client'],
    [
      'that the client is not allowed this',
      { status: 400, body: { error: 'unauthorized_client' } },
      'permanent unauthorized_client',
    ],
    ['that it is busy, in words', { status: 503, body: { error: 'temporarily_unavailable' } }, 'transient http_503'],
    ['that is an error of its own', { status: 400, body: { error: 'x'.repeat(100) } }, 'transient unknown_error'],
    ['that asks for patience', { status: 429, headers: { 'retry-after': '7' } }, 'transient http_429'],
    ['that it is busy', { status: 503 }, 'transient http_503'],
    ['that it failed', { status: 500, body: '<html>' }, 'transient http_500'],
    ['of a gateway that got no answer', { status: 504 }, 'ambiguous http_504'],
    ['of a gateway that got a bad answer', { status: 502 }, 'ambiguous http_502'],
    ['of a firewall', { status: 403, body: '<html>' }, 'transient http_403'],
    ['that leads elsewhere', { status: 302, headers: { location: 'https://evil.example' } }, 'transient http_302'],
    ['that is cut short', { body: '{"access_tok' }, 'ambiguous unreadable_reply'],
    ['that is empty', { body: '' }, 'ambiguous unreadable_reply'],
    ['that is a page', { body: '<html>Welcome</html>' }, 'ambiguous unreadable_reply'],
    ['without an access token', { body: { ...tokens, access_token: undefined } }, 'ambiguous unreadable_reply'],
    ['with an empty access token', { body: { ...tokens, access_token: '' } }, 'ambiguous unreadable_reply'],
    ['that does not come', { error: egressError('first_byte_timeout', true) }, 'ambiguous first_byte_timeout'],
    ['whose connection breaks', { error: egressError('connection_reset', true) }, 'ambiguous connection_reset'],
    ['of nobody: refused', { error: egressError('connect_refused', false) }, 'transient connect_refused'],
    ['of nobody: no such name', { error: egressError('dns_not_found', false) }, 'transient dns_not_found'],
    [
      'of a place that may not be reached',
      { error: egressError('blocked_address', false) },
      'permanent blocked_address',
    ],
  ])('%s', async (_, reply, expected, ...[more]) => {
    expect(await outcomeOf(reply, more)).toEqual(expected)
  })

  test('never says what the service has sent', async () => {
    const canary = 'canary-in-the-reply'
    for (const status of [200, 400, 500]) {
      const failure = await new TokenEndpoint(
        async () => new Response(JSON.stringify({ error_description: canary, error: 'odd' }), { status }),
        server,
        client,
      )
        .refresh(spec, 'old')
        .catch((error: unknown) => classifyFailure(error, 'Harbor'))
      expect(JSON.stringify(failure)).not.toContain(canary)
    }
  })
})
