/** How a call of the token endpoint failed. `ambiguous`: it may have been carried out, and its reply is lost. */
export interface Failure {
  readonly class: 'transient' | 'permanent' | 'ambiguous'
  readonly code: string
  /** For the merchant; never what the service sent beyond its error code. */
  readonly message: string
  readonly retryAfterMs?: number
}

/** What is known when a refresh has failed. Times in milliseconds since the epoch. */
export interface FailedRefresh {
  readonly failure: Failure
  readonly now: number
  /** Attempts so far, this one included. */
  readonly attempts: number
  /** When the reply was lost that left it open whether the refresh token has been used; null when that is known. */
  readonly uncertainSince: number | null
  readonly expiresAt: number | null
  /** How long a used refresh token may be used again, by the service's word. */
  readonly replayWindowMs: number
}

export interface Verdict {
  readonly retryAt: number | null
  readonly lost: boolean
}

const FIRST_RETRY_MS = 10_000
const LAST_RETRY_MS = 60 * 60_000
/** A retry must arrive within the replay window, not at its end. */
const WINDOW_MARGIN_MS = 1_000

/**
 * What to do after a failed refresh.
 * - Transient: try again, backing off; that never ends a grant.
 * - Permanent: the access is lost.
 * - Ambiguous: a refresh token used twice kills the grant. Within the service's replay window trying again is safe. Without
 *   one the access token is used to its end, and then a single attempt is made, when there is nothing left to lose; if
 *   that leaves it open again, the access is lost.
 */
export function afterFailure(failed: FailedRefresh): Verdict {
  const { failure, now, uncertainSince, expiresAt, replayWindowMs } = failed
  switch (failure.class) {
    case 'permanent':
      return { retryAt: null, lost: true }
    case 'transient':
      return { retryAt: now + backoff(failed), lost: false }
    case 'ambiguous': {
      const windowEnd = (uncertainSince ?? now) + replayWindowMs - WINDOW_MARGIN_MS
      if (now < windowEnd) return { retryAt: Math.min(now + backoff(failed), windowEnd), lost: false }
      const once = uncertainSince === null
      return once ? { retryAt: Math.max(now, expiresAt ?? now), lost: false } : { retryAt: null, lost: true }
    }
  }
}

const backoff = ({ attempts, failure }: FailedRefresh): number =>
  Math.max(failure.retryAfterMs ?? 0, Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LAST_RETRY_MS))
