import { createDial } from './dial.ts'
import { EgressError } from './egress-error.ts'
import type { HttpResponse } from './exchange.ts'
import { createFetch, type Fetch } from './fetch.ts'
import { createHttpClient } from './http-client.ts'
import { NetworkPolicy, type NetworkPolicyOptions } from './network-policy.ts'
import { OriginPools } from './origin-pools.ts'
import { post, type PostRequest } from './post.ts'
import { createResolve, type Resolve } from './resolve.ts'
import { send, type SendRequest } from './send.ts'

export interface EgressOptions extends NetworkPolicyOptions {
  /** Networks that may be reached although they are not public, in CIDR notation; plain http is allowed there. */
  readonly allowedNetworks?: readonly string[]
  /** Whether plain http may be used to public addresses too. Default: no. */
  readonly allowInsecureHttp?: boolean
  /** Ports that may not be used. Default: none. */
  readonly deniedPorts?: readonly number[]
  /** Certificates, as PEM, trusted beside the public authorities. Default: none. */
  readonly trustedAuthorities?: readonly string[]
  /** Finds the addresses of a name. Default: the name servers, then the operating system. */
  readonly resolve?: Resolve
  /** For name, TCP and TLS together, in milliseconds. Default: 10,000. */
  readonly connectTimeoutMs?: number
  /** How much of an answer `send` and `fetch` take, on the wire and unpacked, in bytes. Default: 10 MiB. */
  readonly maxResponseBytes?: number
  /** The largest header block of an answer, in bytes. Default: 16 KiB. */
  readonly maxHeaderBytes?: number
  /** Open connections to one origin at most, for each of `post` and `send`. Default: 32. */
  readonly connectionsPerOrigin?: number
  /** Webhook origins kept at most, not counting those with a request under way. Default: 1,024. */
  readonly maxOrigins?: number
  /** For a whole `fetch`, in milliseconds. Default: 30,000. */
  readonly fetchTimeoutMs?: number
  /** How long an idle connection is kept, in milliseconds; a shorter `keep-alive` hint is heeded. Default: 4,000. */
  readonly keepAliveMs?: number
}

/**
 * The only door to the outside. Whatever leaves through it reaches public addresses only (and those in
 * `allowedNetworks`), within its time and size limits, and fails with an `EgressError`.
 */
export interface Egress {
  /**
   * Checks a URL before it is stored, by what is written in it; see `NetworkPolicy.checkUrl`. A name is only resolved,
   * and its address only judged, when a request connects.
   *
   * @returns the parsed URL
   * @throws EgressError `invalid_url` or `blocked_address`
   */
  checkUrl(url: string): URL
  /** Sends a request of a chain or an OAuth flow. Rejects with `EgressError`. */
  send(request: SendRequest): Promise<HttpResponse>
  /** Delivers a webhook over pooled connections, at a fraction of the cost of `send`. Rejects with `EgressError`. */
  post(request: PostRequest): Promise<HttpResponse>
  /**
   * `fetch` over `send`, for libraries that bring their own requests. Redirects are followed only where the caller says
   * so. Rejects with `EgressError`, also for an answer over `maxResponseBytes`.
   */
  readonly fetch: Fetch
  /** Ends every `post` that is under way, with the error `aborted`; those that come after are sent as ever. */
  callOff(): void
  /** Takes no more requests, lets those under way end, and closes every connection. */
  close(): Promise<void>
}

/** Opens the door. @throws TypeError when `allowedNetworks` holds something that is not a network. */
export function createEgress({
  trustedAuthorities = [],
  resolve = createResolve(),
  connectTimeoutMs = 10_000,
  maxResponseBytes = 10 * 1024 * 1024,
  maxHeaderBytes = 16 * 1024,
  connectionsPerOrigin = 32,
  maxOrigins = 1_024,
  keepAliveMs = 4_000,
  fetchTimeoutMs = 30_000,
  ...rules
}: EgressOptions = {}): Egress {
  const policy = new NetworkPolicy(rules)
  const dial = createDial({ policy, resolve, connectTimeoutMs, trustedAuthorities })
  const pools = new OriginPools({ dial, connectionsPerOrigin, maxOrigins, keepAliveMs, maxHeaderBytes })
  const client = createHttpClient({ dial, policy, connectionsPerOrigin, keepAliveMs, maxHeaderBytes })
  const underWay = new Set<Promise<HttpResponse>>()
  let closed = false

  const tracked = async (request: SendRequest): Promise<HttpResponse> => {
    if (closed) throw stopping()
    const response = send(client.got, policy, {
      ...request,
      maxResponseBytes: request.maxResponseBytes ?? maxResponseBytes,
    })
    underWay.add(response)
    try {
      return await response
    } finally {
      underWay.delete(response)
    }
  }

  return {
    checkUrl: (url) => policy.checkUrl(url),
    send: tracked,
    post: (request) => (closed ? Promise.reject(stopping()) : post(request, policy, pools)),
    callOff: () => pools.destroy(),
    fetch: createFetch(policy, tracked, fetchTimeoutMs),
    close: async () => {
      closed = true
      await Promise.all([pools.close(), Promise.allSettled(underWay)])
      client.destroy()
    },
  }
}

const stopping = (): EgressError => new EgressError('aborted', 'Requests are no longer taken; the service is stopping.')
