import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Provider, type KoaContextWithOIDC } from 'oidc-provider'

/** What happens to a call of the token endpoint that is carried out all the same: its answer is late, or lost. */
export type TokenTrouble =
  /** Does this when the call has arrived, and then does not carry it out. */
  | { readonly kind: 'arrived'; readonly meanwhile: () => Promise<void> }
  /** Does this when the call has been carried out, and then loses the answer. */
  | { readonly kind: 'carriedOut'; readonly meanwhile: () => Promise<void> }
  /** Does this when the call has been carried out, and then answers. */
  | { readonly kind: 'answered'; readonly meanwhile: () => Promise<void> }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'lost' }
  | { readonly kind: 'status'; readonly status: number }

/** A real authorization server: PKCE required, refresh tokens rotate, using one twice revokes the grant. */
export interface TestAuthorizationServer {
  readonly url: string
  readonly client: { readonly clientId: string; readonly clientSecret: string }
  /** Grant types of the calls of the token endpoint that were carried out or refused, in order. */
  readonly tokenCalls: string[]
  /** The errors among the answers. */
  readonly refusals: string[]
  readonly grantsRevoked: number
  /** Whether it still takes an access token (RFC 7662). */
  isActive(accessToken: string): Promise<boolean>
  /** For each of the next calls of the token endpoint. */
  trouble(...troubles: TokenTrouble[]): void
  /** For every call of the token endpoint. */
  latencyMs: number
  /** Goes to the page of consent as a merchant does, and gives back where it then sends the browser. */
  consent(authorizationUrl: string): Promise<URL>
  stop(): Promise<void>
}

const client = { clientId: 'cartly', clientSecret: 'canary-client-secret-0123456789' }

export interface TestAuthorizationServerOptions {
  readonly accessTokenSeconds?: number
  /** A refresh token that was used gives once more what it gave (as Shopify's and WorkOS's do), instead of an end. */
  readonly replays?: boolean
}

export async function testAuthorizationServer({
  accessTokenSeconds = 3_600,
  replays = false,
}: TestAuthorizationServerOptions = {}): Promise<TestAuthorizationServer> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(url, {
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        redirect_uris: ['http://127.0.0.1/oauth/callback'],
      },
    ],
    scopes: ['read', 'write'],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    // Each connection is a grant of its own.
    loadExistingGrant: ({ oidc }) => {
      const grantId = oidc.result?.consent?.grantId
      return grantId ? oidc.provider.Grant.find(grantId) : undefined
    },
    features: {
      devInteractions: { enabled: true },
      revocation: { enabled: true },
      introspection: { enabled: true },
      clientCredentials: { enabled: true },
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      RefreshToken: 86_400,
      Grant: 86_400,
      Interaction: 600,
      Session: 86_400,
      IdToken: 300,
    },
  })
  provider.Client.prototype.redirectUriAllowed = () => true

  const tokenCalls: string[] = []
  const refusals: string[] = []
  const troubles: TokenTrouble[] = []
  const given = new Map<string, unknown>()
  let grantsRevoked = 0
  provider.on('grant.revoked', () => void (grantsRevoked += 1))
  provider.use(async (context: KoaContextWithOIDC, next: () => Promise<unknown>) => {
    if (context.path !== '/token') return next()
    const trouble = troubles.shift()
    if (trouble?.kind === 'status') {
      context.status = trouble.status
      context.body = ''
      return
    }
    if (trouble?.kind === 'arrived') {
      await trouble.meanwhile()
      return cut(context)
    }
    const parameters = new URLSearchParams(await text(context.req))
    Object.assign(context.req, { body: Object.fromEntries(parameters) })
    const refreshToken = parameters.get('refresh_token') ?? ''
    tokenCalls.push(String(parameters.get('grant_type')))
    if (given.has(refreshToken)) context.body = given.get(refreshToken)
    else await next()
    const { error } = (context.body ?? {}) as { error?: string }
    if (error) refusals.push(error)
    else if (replays && refreshToken) given.set(refreshToken, context.body)
    if (trouble?.kind === 'carriedOut' || trouble?.kind === 'answered') await trouble.meanwhile()
    if (trouble?.kind === 'lost' || trouble?.kind === 'carriedOut') return cut(context)
    const late = (trouble?.kind === 'slow' ? trouble.ms : 0) + running.latencyMs
    if (late > 0) await delay(late)
  })
  server.on('request', provider.callback())

  const running: TestAuthorizationServer = {
    url,
    client,
    tokenCalls,
    refusals,
    latencyMs: 0,
    get grantsRevoked() {
      return grantsRevoked
    },
    trouble: (...more) => void troubles.push(...more),
    async isActive(token) {
      const credentials = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')
      const response = await fetch(`${url}/token/introspection`, {
        method: 'POST',
        headers: { authorization: `Basic ${credentials}` },
        body: new URLSearchParams({ token }),
      })
      return ((await response.json()) as { active: boolean }).active
    },
    consent: (authorizationUrl) => consent(authorizationUrl),
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return running
}

function cut(context: KoaContextWithOIDC): void {
  context.respond = false
  context.req.socket.destroy()
}

async function consent(authorizationUrl: string): Promise<URL> {
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
    if (!response.ok) throw new Error(`The authorization server answered ${response.status}: ${page.slice(0, 300)}`)
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? 'consent'
    response = await visit(at, prompt === 'login' ? { prompt, login: 'merchant', password: 'any' } : { prompt })
  }
  throw new Error('The authorization server leads nowhere')
}
