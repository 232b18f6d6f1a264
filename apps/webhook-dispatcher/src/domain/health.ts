/** Whether an endpoint is sent to: freely, not at all, or by one attempt that finds out. */
export type Circuit = 'closed' | 'open' | 'half_open'

export interface HealthSettings {
  /** What an endpoint may have in flight at most. */
  readonly maxConcurrency: number
  /** What an endpoint that nothing is known of may have in flight. */
  readonly startConcurrency: number
  /** Failures in a row that open the circuit. */
  readonly openAfter: number
  /** How long it stays open at first; doubled each time up to `openAtMostMs`. In milliseconds. */
  readonly openMs: number
  readonly openAtMostMs: number
}

export const defaultHealthSettings: HealthSettings = {
  maxConcurrency: 32,
  startConcurrency: 4,
  openAfter: 5,
  openMs: 15_000,
  openAtMostMs: 5 * 60_000,
}

/** Of the average of response times, how much the newest counts. */
const NEWEST = 0.1
/** Assumed of an endpoint that nothing is known of, in milliseconds. */
const FIRST_GUESS_MS = 20

/**
 * What an endpoint can take, learnt from its answers: what it may have in flight grows by one with each success and
 * halves when it cannot keep up; failures in a row open its circuit, for longer each time that a probe fails too.
 * Times are milliseconds of any one clock.
 */
export class EndpointHealth {
  readonly #settings: HealthSettings
  #concurrency: number
  #averageMs = FIRST_GUESS_MS
  #failures = 0
  #openings = 0
  #closedUntil = 0
  #halvedAt = -Infinity
  #open = false

  constructor(settings: HealthSettings) {
    this.#settings = settings
    this.#concurrency = settings.startConcurrency
  }

  circuit(now: number): Circuit {
    if (!this.#open) return 'closed'
    return now < this.#closedUntil ? 'open' : 'half_open'
  }

  /** How many attempts may be in flight now. */
  limit(now: number): number {
    if (now < this.#closedUntil) return 0
    return this.#open ? 1 : this.#concurrency
  }

  /** Until when nothing may be sent; in the past when something may. */
  get pausedUntil(): number {
    return this.#closedUntil
  }

  /** How many can wait without any of them waiting longer than `ms`, going by the answers so far. */
  capacityWithin(ms: number): number {
    return Math.max(this.#settings.maxConcurrency * 4, Math.floor((this.#concurrency * ms) / this.#averageMs))
  }

  succeeded(tookMs: number): void {
    this.#failures = 0
    this.#openings = 0
    this.#open = false
    this.#averageMs += NEWEST * (tookMs - this.#averageMs)
    if (this.#concurrency < this.#settings.maxConcurrency) this.#concurrency++
  }

  failed(now: number, tookMs: number, slowDown: boolean, retryAfterMs = 0): void {
    this.#averageMs += NEWEST * (tookMs - this.#averageMs)
    this.#failures++
    if (slowDown) this.slow(now)
    if (retryAfterMs > 0) this.pause(now + retryAfterMs)
    if (this.#open ? now >= this.#closedUntil : this.#failures >= this.#settings.openAfter) this.#trip(now)
  }

  /** It does not keep up. What was in flight together says so together, and counts once. */
  slow(now: number): void {
    if (now - this.#halvedAt < this.#averageMs) return
    this.#halvedAt = now
    this.#concurrency = Math.max(1, Math.floor(this.#concurrency / 2))
  }

  /** Somebody asks for an attempt: the pause ends, and the attempt finds out whether it was needed. */
  reopen(now: number): void {
    this.#closedUntil = Math.min(this.#closedUntil, now)
  }

  /** Nothing is sent before then. */
  pause(until: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, until)
  }

  #trip(now: number): void {
    const { openMs, openAtMostMs } = this.#settings
    this.#open = true
    this.pause(now + Math.min(openMs * 2 ** this.#openings++, openAtMostMs))
  }
}
