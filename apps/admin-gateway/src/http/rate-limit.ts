import { CartlyError } from '@cartly/contracts'
import type { FastifyReply } from 'fastify'

export interface RateLimitSettings {
  /** Requests a second that can go on for ever. */
  readonly perSecond: number
  /** Requests that can come at once. */
  readonly burst: number
}

interface Bucket {
  tokens: number
  at: number
}

/** Callers remembered at once; the one that was quiet longest is forgotten, which only fills its bucket. */
const MAX_BUCKETS = 10_000

/** A token bucket for each caller, in this process's memory: replicas of the gateway each allow their own. */
export class RateLimit {
  readonly settings: RateLimitSettings
  readonly #buckets = new Map<string, Bucket>()
  readonly #now: () => number

  constructor(settings: RateLimitSettings, now: () => number = () => performance.now()) {
    this.settings = settings
    this.#now = now
  }

  /**
   * Takes one request from the caller's bucket. `remaining` whole requests are left; `retryAfterMs` is zero when the
   * request may pass.
   */
  take(caller: string): { remaining: number; retryAfterMs: number } {
    const { perSecond, burst } = this.settings
    const now = this.#now()
    const bucket = this.#buckets.get(caller) ?? { tokens: burst, at: now }
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond)
    const passes = tokens >= 1
    this.#remember(caller, { tokens: passes ? tokens - 1 : tokens, at: now })
    return passes
      ? { remaining: Math.floor(tokens - 1), retryAfterMs: 0 }
      : { remaining: 0, retryAfterMs: Math.ceil(((1 - tokens) / perSecond) * 1_000) }
  }

  #remember(caller: string, bucket: Bucket): void {
    // Deleted first, so that the map's order is from the longest quiet to the latest.
    this.#buckets.delete(caller)
    this.#buckets.set(caller, bucket)
    if (this.#buckets.size > MAX_BUCKETS) this.#buckets.delete(this.#buckets.keys().next().value as string)
  }
}

/**
 * Counts a request and says so in its answer (draft-ietf-httpapi-ratelimit-headers).
 * @throws CartlyError `rate_limited`
 */
export function assertWithinLimit(limit: RateLimit, caller: string, reply: FastifyReply): void {
  const { perSecond, burst } = limit.settings
  const { remaining, retryAfterMs } = limit.take(caller)
  reply.header('ratelimit-policy', `"default";q=${burst};w=${Math.ceil(burst / perSecond)}`)
  reply.header('ratelimit', `"default";r=${remaining};t=${Math.ceil(retryAfterMs / 1_000)}`)
  if (retryAfterMs === 0) return
  const message = `More requests than ${perSecond} a second; wait as long as Retry-After says`
  throw new CartlyError('rate_limited', 'rate_limited', message, { retryAfterMs })
}
