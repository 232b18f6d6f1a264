/**
 * A rate kept by spacing (the virtual scheduling form of ITU-T I.371's generic cell rate algorithm): after a pause up to a
 * tenth of a second's worth may go at once, and never more than the rate over any longer time.
 */
export class Pace {
  readonly perSecond: number
  readonly #intervalMs: number
  readonly #burstMs: number
  /** When the next would be due if they came evenly. */
  #due = 0

  constructor(perSecond: number) {
    this.perSecond = perSecond
    this.#intervalMs = 1_000 / perSecond
    this.#burstMs = Math.max(0, 100 - this.#intervalMs)
  }

  /** How many may go at `now`, in milliseconds. */
  allowed(now: number): number {
    const ahead = Math.max(this.#due, now) - now
    return ahead > this.#burstMs ? 0 : 1 + Math.floor((this.#burstMs - ahead) / this.#intervalMs)
  }

  /** When the next may go. */
  get nextAt(): number {
    return this.#due - this.#burstMs
  }

  take(now: number): void {
    this.#due = Math.max(this.#due, now) + this.#intervalMs
  }
}
