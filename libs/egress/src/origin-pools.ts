import { Pool } from 'undici'
import { type ConnectionTimings, NO_TIMINGS } from './egress-error.ts'
import type { Dial } from './dial.ts'

export interface OriginPoolsOptions {
  readonly dial: Dial
  /** Connections to one origin at most; further requests wait. */
  readonly connectionsPerOrigin: number
  /** Origins kept at most, not counting those with a request under way. */
  readonly maxOrigins: number
  /** How long an unused connection, and then its origin, is kept, in milliseconds. */
  readonly keepAliveMs: number
  /** Size of an answer's header block at most, in bytes. */
  readonly maxHeaderBytes: number
}

interface Origin {
  readonly pool: Pool
  /** When it was last asked for, by `performance.now()`. */
  usedAt: number
}

/** How many origins are looked at for each one opened; two, so that they are closed faster than they come. */
const LOOKED_AT = 2

/**
 * One `undici` pool for each origin in use.
 *
 * Opening an origin pays for closing others: it looks at the two that were looked at longest ago, closes what is idle
 * and puts the rest to the back. So a request to a known origin costs one map lookup, there is no timer and no sweep,
 * and 100,000 endpoints cost no more than those in use.
 */
export class OriginPools {
  readonly #options: OriginPoolsOptions
  readonly #origins = new Map<string, Origin>()
  #opened: ConnectionTimings = NO_TIMINGS

  constructor(options: OriginPoolsOptions) {
    this.#options = options
  }

  /** @param now `performance.now()`, which the caller has already read */
  get(origin: string, now: number): Pool {
    const known = this.#origins.get(origin)
    if (known) {
      known.usedAt = now
      return known.pool
    }
    this.#closeIdle(now)
    const pool = this.#open(origin)
    this.#origins.set(origin, { pool, usedAt: now })
    return pool
  }

  /**
   * What it took to open the connection a request is being written to: all 0 unless it was opened for this request.
   * Only true inside `onRequestStart`, because undici writes the waiting request while the connector reports success.
   */
  get opened(): ConnectionTimings {
    return this.#opened
  }

  /** Resolves when every request has ended and every connection is closed. */
  async close(): Promise<void> {
    await Promise.all([...this.#origins.values()].map(({ pool }) => pool.close()))
  }

  /** Ends every request and closes every connection; origins are opened anew when they are asked for. */
  destroy(): void {
    for (const { pool } of this.#origins.values()) void pool.destroy()
    this.#origins.clear()
  }

  #closeIdle(now: number): void {
    const { maxOrigins, keepAliveMs } = this.#options
    let looked = 0
    for (const [name, origin] of this.#origins) {
      if (looked === LOOKED_AT) return
      looked += 1
      const unwanted = this.#origins.size >= maxOrigins || now - origin.usedAt > keepAliveMs
      this.#origins.delete(name)
      if (unwanted && origin.pool.stats.size === 0) void origin.pool.close()
      else this.#origins.set(name, origin)
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
