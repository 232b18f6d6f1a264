import type { ChainFailure } from './chain-result.ts'
import type { Retry } from './definition/step.ts'

export interface RetryQuestion {
  readonly retry: Retry | undefined
  readonly failure: ChainFailure
  /** The attempt that failed, from 1. */
  readonly attempt: number
  /** How long it took. */
  readonly tookMs: number
  readonly remainingMs: number
  /** From 0 up to 1. */
  readonly random: number
}

/**
 * How long to wait before the next attempt, or `undefined` for none. One is made only after a transient failure, never
 * before the service's own Retry-After, and only if another attempt as long as the last would end within the deadline.
 */
export function waitBeforeRetry({
  retry,
  failure,
  attempt,
  tookMs,
  remainingMs,
  random,
}: RetryQuestion): number | undefined {
  if (!retry || failure.class !== 'transient' || attempt >= retry.attempts) return undefined
  const grown = retry.waitMs * (retry.factor ?? 2) ** (attempt - 1)
  const backoff = Math.min(grown, retry.maxWaitMs ?? Number.POSITIVE_INFINITY)
  const jittered = backoff * (1 - (retry.jitter ?? 0.5) * random)
  const wait = Math.ceil(Math.max(jittered, failure.retryAfterMs ?? 0))
  return wait + tookMs <= remainingMs ? wait : undefined
}
