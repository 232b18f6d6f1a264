/**
 * Seconds before each retry unless the endpoint says otherwise: ten attempts in three days.
 * Standard Webhooks, "Deliverability and reliability".
 */
export const defaultRetrySchedule: readonly number[] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]

/** How much later than scheduled a retry may be, so that what failed together is not tried again together. */
const JITTER = 0.2

export interface RetryRequest {
  /** The attempt that failed: 1 for the first. */
  readonly attempt: number
  readonly schedule?: readonly number[] | undefined
  /** What the receiver asked for, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined
  /** The most that a receiver may ask for, in milliseconds. */
  readonly retryAfterCapMs: number
  /** 0 to 1. */
  readonly random: number
}

/**
 * Milliseconds until the next attempt; undefined when there is none. Never less than scheduled, nor than `Retry-After`
 * asks for up to its cap.
 */
export function retryDelay(request: RetryRequest): number | undefined {
  const { attempt, schedule = defaultRetrySchedule, retryAfterMs = 0, retryAfterCapMs, random } = request
  const seconds = schedule[attempt - 1]
  if (seconds === undefined) return undefined
  return Math.ceil(Math.max(seconds * 1_000 * (1 + JITTER * random), Math.min(retryAfterMs, retryAfterCapMs)))
}

/**
 * `Retry-After` as milliseconds from now: whole seconds or an HTTP date (RFC 9110, section 10.2.3); undefined when it is
 * neither.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const text = value.trim()
  if (/^\d+$/.test(text)) return Number(text) * 1_000
  // Date.parse reads much that is no HTTP date, such as `-5`.
  const at = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
