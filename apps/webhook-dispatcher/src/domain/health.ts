/** Whether an endpoint is sent to: freely, not at all, or by one attempt that finds out. */
export type Circuit = 'closed' | 'open' | 'half_open'

/** Until when an endpoint is left alone, and why. Times are milliseconds since the epoch, in the past when over. */
export interface Pause {
  /** The receiver asked for nothing before then. */
  readonly retryAfter: number
  /** Undefined while the circuit is closed. */
  readonly circuit?: { readonly until: number; readonly openings: number } | undefined
}

export interface HealthSettings {
  /** What an endpoint may have in flight at most, over all replicas. */
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
 */
export class EndpointHealth {
  readonly #settings: HealthSettings
  #concurrency: number
  #averageMs = FIRST_GUESS_MS
  #failures = 0
  #halvedAt = -Infinity
  #pause: Pause = { retryAfter: 0 }

  constructor(settings: HealthSettings) {
    this.#settings = settings
    this.#concurrency = settings.startConcurrency
  }

  circuit(now: number): Circuit {
    const { circuit } = this.#pause
    if (!circuit) return 'closed'
    return now < circuit.until ? 'open' : 'half_open'
  }

  /** How many attempts may be in flight now, as far as the endpoint is concerned. */
  limit(now: number): number {
    if (now < this.pausedUntil) return 0
    return this.#pause.circuit ? 1 : this.#concurrency
  }

  /** What other replicas must know before they send. Replaced as a whole when it changes. */
  get pause(): Pause {
    return this.#pause
  }

  /** Until when nothing may be sent; in the past when something may. */
  get pausedUntil(): number {
    const { retryAfter, circuit } = this.#pause
    return circuit && circuit.until > retryAfter ? circuit.until : retryAfter
  }

  /** How many can wait for so many slots without any of them waiting longer than `ms`, going by the answers so far. */
  capacityWithin(ms: number, slots: number): number {
    return Math.max(slots * 4, Math.floor((slots * ms) / this.#averageMs))
  }

  succeeded(tookMs: number): void {
    this.#failures = 0
    if (this.#pause.circuit) this.#pause = { retryAfter: this.#pause.retryAfter }
    this.#averageMs += NEWEST * (tookMs - this.#averageMs)
    if (this.#concurrency < this.#settings.maxConcurrency) this.#concurrency++
  }

  failed(now: number, tookMs: number, slowDown: boolean, retryAfterMs = 0): void {
    this.#averageMs += NEWEST * (tookMs - this.#averageMs)
    this.#failures++
    if (slowDown) this.slow(now)
    if (retryAfterMs > 0) this.#askedFor(now + retryAfterMs)
    const { circuit } = this.#pause
    if (circuit ? now >= circuit.until : this.#failures >= this.#settings.openAfter) this.#trip(now)
  }

  /** It does not keep up. What was in flight together says so together, and counts once. */
  slow(now: number): void {
    if (now - this.#halvedAt < this.#averageMs) return
    this.#halvedAt = now
    this.#concurrency = Math.max(1, Math.floor(this.#concurrency / 2))
  }

  /** Somebody asks for an attempt: it finds out whether the circuit is still needed. `Retry-After` stays. */
  reopen(now: number): void {
    const { retryAfter, circuit } = this.#pause
    if (circuit && circuit.until > now) this.#pause = { retryAfter, circuit: { ...circuit, until: now } }
  }

  /** Another replica has found this out. What the receiver asked for is never shortened. */
  learn({ retryAfter, circuit }: Pause): void {
    this.#pause = { retryAfter: Math.max(this.#pause.retryAfter, retryAfter), circuit }
    if (!circuit) this.#failures = 0
  }

  #askedFor(until: number): void {
    if (until > this.#pause.retryAfter) this.#pause = { ...this.#pause, retryAfter: until }
  }

  #trip(now: number): void {
    const { openMs, openAtMostMs } = this.#settings
    const openings = this.#pause.circuit?.openings ?? 0
    const until = now + Math.min(openMs * 2 ** openings, openAtMostMs)
    this.#pause = { ...this.#pause, circuit: { until, openings: openings + 1 } }
  }
}
