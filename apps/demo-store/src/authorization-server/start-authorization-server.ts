import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { Provider } from 'oidc-provider'
import { Behaviours, type Instruction } from '../behaviour.ts'
import { listen, type LoopbackSettings, type Running } from '../loopback.ts'
import { serveConsent } from './consent.ts'
import { clients, configuration, type SandboxClient, type TokenLifetimes } from './configuration.ts'
import { ContactsApi } from './contacts-api.ts'
import { GrantStore } from './grant-store.ts'
import { misbehave, recordTokenCalls, type TokenCall } from './middleware.ts'

export interface AuthorizationServerSettings extends LoopbackSettings, TokenLifetimes {
  /**
   * Which redirect URIs its two clients may name. By default `/oauth/callback/<key>` on any port of this machine,
   * since a gateway's port is chosen when it starts.
   */
  readonly redirectUris?: RegExp
  /** Where grants and tokens outlive a restart; nowhere by default. */
  readonly grantsFile?: string
}

export interface AuthorizationServer extends Running {
  /** The issuer, for RFC 8414 discovery and RFC 9207; equals `url`. */
  readonly issuer: string
  readonly clients: readonly [basic: SandboxClient, post: SandboxClient]
  /** Every call of the token endpoint, in order. */
  readonly tokenCalls: readonly TokenCall[]
  /** Grants alive now: one for each consent given, less those revoked. */
  readonly grants: number
  /** Grants revoked so far, whether asked for or because a rotated refresh token was used twice. */
  readonly grantsRevoked: number
  /** For the standard endpoints, such as `/token` and `/token/revocation`; of `/api/…` a status alone. */
  behave(instruction: Instruction): void
  behaveWell(): void
}

const LOCAL_CALLBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/oauth\/callback(\/[\w-]+)?$/

/**
 * Starts a real authorization server (`oidc-provider`) and, on the same port, an API that asks for its tokens.
 * PKCE is required, refresh tokens rotate and using one twice revokes the grant, `iss` is in every answer, revocation
 * and introspection are on. Beside the standard endpoints: `GET /__journal`, `POST /__behave`, `DELETE /__behave`.
 */
export async function startAuthorizationServer(
  settings: AuthorizationServerSettings = {},
): Promise<AuthorizationServer> {
  const store = new GrantStore(settings.grantsFile)
  const behaviours = new Behaviours()
  const tokenCalls: TokenCall[] = []
  const stopped = new AbortController()
  const server = createServer()
  // The issuer's name holds the port, so the port comes first.
  const running = await listen(server, settings)

  const provider = new Provider(running.url, configuration(store, settings))
  const redirectUris = settings.redirectUris ?? LOCAL_CALLBACK
  provider.Client.prototype.redirectUriAllowed = (uri: string): boolean => redirectUris.test(uri)
  provider.use(misbehave(behaviours, stopped.signal))
  provider.use(recordTokenCalls(tokenCalls))
  let grantsRevoked = 0
  provider.on('grant.revoked', () => void (grantsRevoked += 1))

  const api = new ContactsApi(provider, behaviours)
  const standard = provider.callback()
  server.on('request', async (request, response) => {
    const url = request.url ?? '/'
    try {
      if (url.startsWith('/api/')) await api.serve(request, response)
      else if (url.startsWith('/interaction/')) await serveConsent(provider, request, response)
      else if (url.startsWith('/__'))
        await serveOwn(request, response, behaviours, { tokenCalls, grants: store.grants, grantsRevoked })
      else await standard(request, response)
    } catch (error) {
      if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain' })
      response.end((error as Error).message)
    }
  })

  return {
    url: running.url,
    issuer: running.url,
    clients,
    tokenCalls,
    get grants() {
      return store.grants
    },
    get grantsRevoked() {
      return grantsRevoked
    },
    behave: (instruction) => behaviours.add(instruction),
    behaveWell: () => behaviours.clear(),
    async stop() {
      stopped.abort()
      await running.stop()
      store.save()
    },
  }
}

async function serveOwn(
  request: IncomingMessage,
  response: ServerResponse,
  behaviours: Behaviours,
  journal: object,
): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case 'GET /__journal':
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(journal))
      return
    case 'POST /__behave':
      behaviours.add((await json(request)) as Instruction)
      response.writeHead(204).end()
      return
    case 'DELETE /__behave':
      behaviours.clear()
      response.writeHead(204).end()
      return
    default:
      response.writeHead(404).end()
  }
}
