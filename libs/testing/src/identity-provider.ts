import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider, type KoaContextWithOIDC } from 'oidc-provider'

/** A real OpenID Connect provider, with people who sign in and tokens for the gateway. */
export interface IdentityProvider {
  readonly issuer: string
  readonly jwksUrl: string
  readonly client: { readonly clientId: string; readonly clientSecret: string }
  /** What the token says of the person `ada`; any other has no stores. */
  stores: string[] | '*'
  /** For the next call of the token endpoint: its answer, changed or replaced. */
  answerNext(change: (body: Record<string, unknown>) => Record<string, unknown>): void
  /** Goes through its pages as a person does; `undefined` declines. Gives back where it then sends the browser. */
  signIn(authorizationUrl: string, login: string | undefined): Promise<URL>
  stop(): Promise<void>
}

const client = { clientId: 'console', clientSecret: 'secret-of-the-console-0123456789' }

export interface IdentityProviderOptions {
  /** Who its access tokens are for. */
  readonly audience: string
  /** Where the gateway is, as browsers see it. */
  readonly gatewayUrl: string
  /** What it grants at most, separated by spaces. */
  readonly scope: string
}

export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { audience, gatewayUrl, scope } = options
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let change: ((body: Record<string, unknown>) => Record<string, unknown>) | undefined
  const running: IdentityProvider = {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    client,
    stores: ['s1'],
    answerNext: (next) => void (change = next),
    signIn: walk,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [`${gatewayUrl}/auth/callback`],
        post_logout_redirect_uris: [`${gatewayUrl}/`],
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    extraTokenClaims: (_, token) =>
      'accountId' in token && token.accountId === 'ada' ? { stores: running.stores } : undefined,
    features: {
      devInteractions: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          audience,
          scope,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    ttl: { Interaction: 600, Session: 600, Grant: 600, IdToken: 300, AuthorizationCode: 60, AccessToken: 600 },
  })
  provider.use(async (context: KoaContextWithOIDC, next: () => Promise<unknown>) => {
    await next()
    if (context.path !== '/token' || !change) return
    context.body = change(context.body as Record<string, unknown>)
    change = undefined
  })
  server.on('request', provider.callback())
  return running
}

const signingKey = () => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
  use: 'sig',
  alg: 'ES256',
  kid: 'k1',
})

async function walk(authorizationUrl: string, login: string | undefined): Promise<URL> {
  const { origin } = new URL(authorizationUrl)
  const cookies = new Map<string, string>()
  const visit = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';')[0]!.split(/=(.*)/)
      cookies.set(name, value)
    }
    return response
  }
  let at = authorizationUrl
  let response = await visit(at)
  for (let steps = 0; steps < 20; steps++) {
    const location = response.headers.get('location')
    if (location) {
      at = new URL(location, at).href
      if (new URL(at).origin !== origin) return new URL(at)
      response = await visit(at)
      continue
    }
    const page = await response.text()
    if (!response.ok) throw new Error(`The identity provider answered ${response.status}: ${page.slice(0, 300)}`)
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? 'consent'
    if (login === undefined) response = await visit(`${at}/abort`)
    else response = await visit(at, prompt === 'login' ? { prompt, login, password: 'any' } : { prompt })
  }
  throw new Error('The identity provider leads nowhere')
}
