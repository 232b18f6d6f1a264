import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Configuration } from 'oidc-provider'
import type { GrantStore } from './grant-store.ts'

export interface TokenLifetimes {
  /** Seconds an access token lives; 300 by default. */
  readonly accessTokenTtl?: number
  /** Seconds a refresh token lives; 14 days by default. */
  readonly refreshTokenTtl?: number
}

/** A confidential client that is registered. */
export interface SandboxClient {
  readonly clientId: string
  readonly clientSecret: string
  readonly authentication: 'client_secret_basic' | 'client_secret_post'
}

export const clients: readonly [basic: SandboxClient, post: SandboxClient] = [
  { clientId: 'cartly-demo', clientSecret: 'sandbox-secret-of-cartly-demo', authentication: 'client_secret_basic' },
  { clientId: 'cartly-post', clientSecret: 'sandbox-secret-of-cartly-post', authentication: 'client_secret_post' },
]

/** The sandbox's rules as `oidc-provider` takes them. */
export function configuration(store: GrantStore, ttl: TokenLifetimes): Configuration {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    adapter: (kind) => store.adapter(kind),
    clients: clients.map(({ clientId, clientSecret, authentication }) => ({
      client_id: clientId,
      client_secret: clientSecret,
      client_name: 'Cartly',
      token_endpoint_auth_method: authentication,
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      redirect_uris: ['http://127.0.0.1/oauth/callback'],
    })),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'sandbox' }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    scopes: ['openid', 'offline_access', 'contacts.read', 'contacts.write'],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    // As most services do: a refresh token for who may use one, whether or not `offline_access` was asked for.
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    // Each connection is a grant of its own, so that losing one does not lose another of the same account.
    loadExistingGrant: ({ oidc }) => {
      const grantId = oidc.result?.consent?.grantId
      return grantId ? oidc.provider.Grant.find(grantId) : undefined
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: id }) }),
    renderError: (context, { error, error_description }) => {
      context.type = 'text/plain'
      context.body = `${error}: ${error_description ?? ''}`
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: isOwnToken },
      introspection: { enabled: true, allowedPolicy: isOwnToken },
      clientCredentials: { enabled: true },
    },
    ttl: {
      AccessToken: ttl.accessTokenTtl ?? 300,
      ClientCredentials: ttl.accessTokenTtl ?? 300,
      RefreshToken: ttl.refreshTokenTtl ?? 14 * 24 * 3_600,
      AuthorizationCode: 60,
      IdToken: 300,
      Interaction: 600,
      Session: 24 * 3_600,
      Grant: 365 * 24 * 3_600,
    },
  }
}

const isOwnToken = (_: unknown, client: { clientId: string }, token: { clientId?: string | undefined }): boolean =>
  token.clientId === client.clientId
