import { Pool } from 'undici'
import { type ConnectionTimings, NO_TIMINGS } from './egress-error.ts'
import type { Dial } from './dial.ts'

export interface OriginPoolsOptions {
  readonly dial: Dial
  /** Connections to one origin at most; further requests wait. */
  readonly connectionsPerOrigin: number
  /** Size of a generation at most; see below. */
  readonly maxIdleOrigins: number
  /** How long an unused connection, and then its origin, is kept, in milliseconds. */
  readonly keepAliveMs: number
  /** Size of an answer's header block at most, in bytes. */
  readonly maxHeaderBytes: number
}

/**
 * One `undici` pool for each origin in use.
 *
 * Idle origins are dropped by generations: an origin lives in the young one while it is used, and all that were not
 * used for a whole `keepAliveMs` are closed together. So a request pays one map lookup, nothing scans, no timer runs,
 * and 100,000 endpoints cost no more than those in use.
 */
export class OriginPools {
  readonly #options: OriginPoolsOptions
  #young = new Map<string, Pool>()
  #old = new Map<string, Pool>()
  #rotatedAt = performance.now()
  #opened: ConnectionTimings = NO_TIMINGS

  constructor(options: OriginPoolsOptions) {
    this.#options = options
  }

  /** @param now `performance.now()`, which the caller has already read */
  get(origin: string, now: number): Pool {
    if (now - this.#rotatedAt > this.#options.keepAliveMs || this.#young.size > this.#options.maxIdleOrigins) {
      this.#rotate(now)
    }
    const young = this.#young.get(origin)
    if (young) return young
    const pool = this.#old.get(origin) ?? this.#open(origin)
    this.#old.delete(origin)
    this.#young.set(origin, pool)
    return pool
  }

  /**
   * What it took to open the connection a request is being written to: all 0 unless it was opened for this request.
   * Only true inside `onRequestStart`, because undici writes the waiting request while the connector reports success.
   */
  get opened(): ConnectionTimings {
    return this.#opened
  }

  /** Origins held, in use or idle. */
  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** Resolves when every request has ended and every connection is closed. */
  async close(): Promise<void> {
    await Promise.all([...this.#young.values(), ...this.#old.values()].map((pool) => pool.close()))
  }

  #rotate(now: number): void {
    const unused = this.#old
    this.#old = this.#young
    this.#young = new Map()
    this.#rotatedAt = now
    for (const [origin, pool] of unused) {
      if (pool.stats.size > 0) this.#young.set(origin, pool)
      else void pool.close()
    }
  }

  #open(origin: string): Pool {
    const { dial, connectionsPerOrigin, keepAliveMs, maxHeaderBytes } = this.#options
    return new Pool(origin, {
      connections: connectionsPerOrigin,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: 0, // the exchange has one deadline for everything
      bodyTimeout: 0,
      allowH2: false,
      connect: ({ protocol, hostname, port }, callback) => {
        const secure = protocol === 'https:'
        dial({ secure, hostname, port: Number(port) || (secure ? 443 : 80) }, (error, socket, timings) => {
          if (error) {
            callback(error, null)
            return
          }
          this.#opened = timings
          callback(null, socket as NonNullable<typeof socket>)
          this.#opened = NO_TIMINGS
        })
      },
    })
  }
}
