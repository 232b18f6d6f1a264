import { BusClient, connectNats } from '@cartly/messaging'
import { Health } from '@cartly/service'
import { createLogger, startTelemetry } from '@cartly/telemetry'
import { testNats, type TestNats } from '@cartly/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { JWTPayload } from 'jose'
import { createGateway } from '../create-gateway.ts'
import { LiveHub } from '../live/live-hub.ts'
import type { GatewaySettings } from '../settings.ts'
import { StubServices } from './stub-services.ts'
import { audience, issuer, startIssuer, type TokenIssuer } from './token-issuer.ts'

export interface Sent {
  readonly body?: unknown
  readonly headers?: Record<string, string>
  /** Of the token; `null` sends none. */
  readonly claims?: JWTPayload | null
}

export interface Received {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Undefined when the body is none. */
  readonly json: Json
}

/** JSON whose shape the reader asserts. */
export interface Json {
  readonly [name: string]: Json
}

/** A gateway on a real NATS, with stubs in the place of the services. */
export interface GatewayUnderTest {
  readonly url: string
  readonly nats: TestNats
  readonly services: StubServices
  readonly issuer: TokenIssuer
  readonly live: LiveHub
  readonly logLines: readonly string[]
  send(method: string, path: string, sent?: Sent): Promise<Received>
  stop(): Promise<void>
}

export async function startGateway(settings: Partial<GatewaySettings> = {}): Promise<GatewayUnderTest> {
  await startTelemetry({ service: 'admin-gateway', version: 'test' })
  const nats = await testNats()
  const services = await StubServices.start(nats)
  const tokens = await startIssuer()
  const { user, pass } = nats.credentials['admin-gateway']
  const nc = await connectNats({ servers: nats.url, user, password: pass })
  const logLines: string[] = []
  const context = {
    nc,
    js: jetstream(nc),
    jsm: await jetstreamManager(nc, { checkAPI: false }),
    bus: new BusClient(nc, user),
    log: createLogger('admin-gateway', { write: (line) => void logLines.push(line) }),
    health: new Health(),
  }
  const gateway = await createGateway(context, {
    port: 0,
    host: '127.0.0.1',
    publicUrl: 'http://gateway.test',
    auth: { jwksUrl: tokens.jwksUrl, issuer, audience },
    oidc: undefined,
    rateLimit: { perSecond: 10_000, burst: 10_000 },
    trustedProxies: [],
    consoleDir: '/nowhere',
    traceViewerUrl: '',
    ...settings,
  })
  await gateway.listen(0, '127.0.0.1')
  context.health.serve()
  const url = (await gateway.getUrl()).replace(/\/$/, '')
  return {
    url,
    nats,
    services,
    issuer: tokens,
    live: gateway.get(LiveHub),
    logLines,
    async send(method, path, { body, headers = {}, claims = {} } = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(claims === null ? {} : { authorization: `Bearer ${await tokens.token(claims)}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json')
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: isJson && text !== '' ? JSON.parse(text) : undefined,
      }
    },
    async stop() {
      await gateway.close()
      await nc.close()
      tokens.stop()
      await nats.stop()
    },
  }
}
