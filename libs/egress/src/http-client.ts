import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import got, { type Got } from 'got'
import { type ConnectionTimings, NO_TIMINGS } from './egress-error.ts'
import type { Dial } from './dial.ts'
import type { NetworkPolicy } from './network-policy.ts'

export interface HttpClientOptions {
  readonly dial: Dial
  readonly policy: NetworkPolicy
  readonly connectionsPerOrigin: number
  readonly keepAliveMs: number
  readonly maxHeaderBytes: number
}

/** A `got` that can only leave through `dial`. */
export interface HttpClient {
  readonly got: Got
  /** Closes every connection, in use or not. */
  destroy(): void
}

/**
 * Sets up got to do what it is told and no more: nothing is retried or followed, and a status is never an error. When
 * a request does follow redirects, each hop passes the same gate as the first.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { dial, policy, connectionsPerOrigin, keepAliveMs, maxHeaderBytes } = options
  const agentOptions: AgentOptions = { keepAlive: true, maxSockets: connectionsPerOrigin, timeout: keepAliveMs }
  const http = Object.assign(new HttpAgent(agentOptions), { createConnection: createConnection(dial, false) })
  const https = Object.assign(new HttpsAgent(agentOptions), { createConnection: createConnection(dial, true) })
  return {
    got: got.extend({
      request: (url, native, callback) => {
        policy.checkUrl(url)
        const [request, agent] = url.protocol === 'https:' ? [requestHttps, https] : [requestHttp, http]
        return request(url, { ...native, agent, maxHeaderSize: maxHeaderBytes }, callback)
      },
      headers: { 'user-agent': 'cartly' },
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
    }),
    destroy: () => {
      http.destroy()
      https.destroy()
    },
  }
}

interface Connection {
  timings: ConnectionTimings
  ready: boolean
  timingsTaken: boolean
}
const connections = new WeakMap<Socket, Connection>()

/** Whether a request given this socket may have begun to be written: its connection was ready. */
export function isConnected(socket: Socket | undefined): boolean {
  return socket !== undefined && connections.get(socket)?.ready === true
}

/** What opening a request's connection took; 0 for every request after the first on it. */
export function takeConnectionTimings(socket: Socket | undefined): ConnectionTimings {
  const connection = socket && connections.get(socket)
  if (!connection || connection.timingsTaken) return NO_TIMINGS
  connection.timingsTaken = true
  return connection.timings
}

function createConnection(dial: Dial, secure: boolean) {
  return (args: ClientRequestArgs, callback?: (error: Error | null, socket: Socket) => void): Socket | undefined => {
    const connection: Connection = { timings: NO_TIMINGS, ready: false, timingsTaken: false }
    const target = { secure, hostname: String(args.host), port: Number(args.port) }
    const socket = dial(target, (error, _, timings) => {
      connection.timings = timings
      connection.ready = error === null
      // A socket that was returned reports its own failure; a refusal has no socket to do so.
      if (error && !socket) callback?.(error, undefined as never)
    })
    if (socket) connections.set(socket, connection)
    return socket
  }
}
