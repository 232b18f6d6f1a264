import type { LookupAddress } from 'node:dns'
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, getCACertificates, type TLSSocket } from 'node:tls'
import { callbackify } from 'node:util'
import { type ConnectionTimings, EgressError, NO_TIMINGS } from './egress-error.ts'
import { toEgressError } from './failure.ts'
import type { NetworkPolicy } from './network-policy.ts'
import type { Resolve } from './resolve.ts'

/** Where to connect; `hostname` without brackets. */
export interface DialTarget {
  readonly secure: boolean
  readonly hostname: string
  readonly port: number
}

/** Told once: the connection is ready for a request, or failed. */
export type Dialed = (error: EgressError | null, socket: Socket | null, timings: ConnectionTimings) => void

/**
 * Opens a connection. Returns its socket at once, still connecting, or `undefined` when the target is refused before
 * any attempt; either way `dialed` hears the outcome, never synchronously.
 */
export type Dial = (target: DialTarget, dialed: Dialed) => Socket | undefined

export interface DialOptions {
  readonly policy: NetworkPolicy
  readonly resolve: Resolve
  /** For name, TCP and TLS together, in milliseconds. */
  readonly connectTimeoutMs: number
  /** PEM certificates trusted beside the public authorities. */
  readonly trustedAuthorities: readonly string[]
}

/** How long one of a host's addresses is tried before the next is tried beside it (RFC 8305 §5). */
const NEXT_ADDRESS_AFTER_MS = 500
const TCP_KEEP_ALIVE_AFTER_MS = 60_000

/**
 * The one place where a connection to the outside begins, for every client in this library.
 *
 * The name is resolved once, each address is judged, and only judged addresses are handed to the connection, so a name
 * cannot point elsewhere between the check and the connect. Literal addresses are judged here too, because Node does
 * not look those up. The certificate must be valid for the URL's host, whatever `Host` header a caller sets.
 */
export function createDial({ policy, resolve, connectTimeoutMs, trustedAuthorities }: DialOptions): Dial {
  const secureContext = createSecureContext(
    trustedAuthorities.length > 0 ? { ca: [...getCACertificates('default'), ...trustedAuthorities] } : {},
  )
  const sessions = new SessionCache()
  const lookups = { plain: guardedLookup(policy, resolve, false), secure: guardedLookup(policy, resolve, true) }

  return ({ secure, hostname, port }, dialed) => {
    const host = `${hostname}:${port}`
    const refusal = refuse(policy, hostname, port, secure)
    if (refusal) {
      process.nextTick(dialed, refusal, null, NO_TIMINGS)
      return undefined
    }

    const common = { host: hostname, port, autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS }
    const socket = secure
      ? connectTls({
          ...common,
          lookup: lookups.secure,
          secureContext,
          servername: isIP(hostname) === 0 ? hostname : '',
          session: sessions.get(host),
          ALPNProtocols: ['http/1.1'],
        })
      : connectTcp({ ...common, lookup: lookups.plain })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, TCP_KEEP_ALIVE_AFTER_MS)

    const began = performance.now()
    let resolved = isIP(hostname) === 0 ? 0 : began
    let connected = 0
    const timings = (now: number): ConnectionTimings => ({
      dns: (resolved || now) - began,
      connect: resolved && (connected || now) - resolved,
      tls: secure && connected ? now - connected : 0,
    })
    const timeout = setTimeout(() => {
      socket.destroy(resolved === 0 ? nameTimeout(host, connectTimeoutMs) : connectTimeout(host, connectTimeoutMs))
    }, connectTimeoutMs)
    const onReady = (): void => {
      clearTimeout(timeout)
      socket.off('error', onError)
      if (secure) sessions.keep(host, socket as TLSSocket)
      dialed(null, socket, timings(performance.now()))
    }
    const onError = (error: Error): void => {
      clearTimeout(timeout)
      const took = { ...timings(performance.now()), firstByte: 0, total: 0 }
      dialed(toEgressError(error, { host, sent: false, timings: took }), null, took)
    }
    socket
      .once('lookup', () => (resolved = performance.now()))
      .once('connect', () => (connected = performance.now()))
      .once(secure ? 'secureConnect' : 'connect', onReady)
      .once('error', onError)
      .once('close', () => clearTimeout(timeout))
    return socket
  }
}

function refuse(policy: NetworkPolicy, hostname: string, port: number, secure: boolean): EgressError | undefined {
  try {
    policy.checkPort(port)
  } catch (error) {
    return error as EgressError
  }
  return isIP(hostname) === 0 ? undefined : policy.checkAddress(hostname, secure, hostname)
}

/** The lookup given to `net.connect`: every address of the name that may be reached, or the reason why none may. */
function guardedLookup(policy: NetworkPolicy, resolve: Resolve, secure: boolean): LookupFunction {
  const permitted = callbackify(async (hostname: string): Promise<[LookupAddress, ...LookupAddress[]]> => {
    let refusal: EgressError | undefined
    const [first, ...others] = (await resolve(hostname)).filter(({ address }) => {
      const refused = policy.checkAddress(address, secure, hostname)
      refusal ??= refused
      return refused === undefined
    })
    if (first === undefined) throw refusal ?? new EgressError('dns_not_found', `${hostname} has no address.`)
    return [first, ...others]
  })
  return (hostname, { all }, callback) => {
    permitted(hostname, (error, addresses) => {
      if (error) callback(error, [])
      else if (all) callback(null, addresses)
      else callback(null, addresses[0].address, addresses[0].family)
    })
  }
}

/**
 * The last TLS session of each host, so that a new connection can skip most of the handshake. Node does not check the
 * host name again on a resumed session, so only sessions of connections that passed the check are kept.
 */
class SessionCache {
  static readonly #LIMIT = 1_000
  readonly #sessions = new Map<string, Buffer>()

  get(host: string): Buffer | undefined {
    return this.#sessions.get(host)
  }

  /** Keeps what a checked connection has, and what it is given later (TLS 1.3 sends its tickets after the handshake). */
  keep(host: string, socket: TLSSocket): void {
    const session = socket.getSession()
    if (session) this.#set(host, session)
    socket.on('session', (ticket: Buffer) => this.#set(host, ticket))
  }

  #set(host: string, session: Buffer): void {
    this.#sessions.delete(host)
    this.#sessions.set(host, session)
    if (this.#sessions.size <= SessionCache.#LIMIT) return
    for (const oldest of this.#sessions.keys()) {
      this.#sessions.delete(oldest)
      break
    }
  }
}

const nameTimeout = (host: string, ms: number): EgressError =>
  new EgressError('dns_failed', `The name servers of ${host} did not answer within ${ms} ms.`)
const connectTimeout = (host: string, ms: number): EgressError =>
  new EgressError('connect_timeout', `${host} did not accept the connection within ${ms} ms.`)
