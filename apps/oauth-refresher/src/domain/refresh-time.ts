/** How long tokens and grants of a service live, in seconds. */
export interface Lifetimes {
  /** Of an access token when the reply does not say. */
  readonly defaultExpirySeconds?: number
  /** A grant that is not refreshed for so long is lost. */
  readonly idleExpirySeconds?: number
}

const MARGIN_MS = 15 * 60_000
/** Servers count in whole seconds: a token issued at the end of one ends up to a second before its reply says. */
const ROUNDED_SECONDS = 1

/** When an access token ends; null when neither the reply nor the template says. Milliseconds since the epoch. */
export function expiryOf(issuedAt: number, expiresIn: number | undefined, lifetimes: Lifetimes): number | null {
  const seconds = expiresIn ?? lifetimes.defaultExpirySeconds
  return seconds === undefined ? null : issuedAt + Math.max(0, seconds - ROUNDED_SECONDS) * 1_000
}

/**
 * When to refresh: a quarter of an hour ahead of the end, or half the lifetime if that is less; and never later than half
 * of the time after which an idle grant dies. Null when nothing ever ends.
 */
export function refreshTime(
  issuedAt: number,
  expiresAt: number | null,
  { idleExpirySeconds }: Lifetimes,
): number | null {
  const ahead = expiresAt === null ? Infinity : expiresAt - Math.min(MARGIN_MS, (expiresAt - issuedAt) / 2)
  const alive = idleExpirySeconds === undefined ? Infinity : issuedAt + (idleExpirySeconds * 1_000) / 2
  const earlier = Math.min(ahead, alive)
  return earlier === Infinity ? null : earlier
}
