/** Wakes one waiter at the earliest of the times it is set to. Times are milliseconds since the epoch. */
export class Alarm {
  #at = Infinity
  #timer: NodeJS.Timeout | undefined
  #latestMs = 0
  #waiter: PromiseWithResolvers<void> | undefined

  /** Rings at `at` unless it is set to an earlier time; set to the past, it rings at once. */
  set(at: number): void {
    if (at >= this.#at) return
    this.#at = at
    if (this.#waiter) this.#arm()
  }

  /** Resolves when it rings, or after `ms`. */
  async wait(ms: number): Promise<void> {
    this.#waiter = Promise.withResolvers()
    this.#latestMs = ms
    const latest = setTimeout(() => this.#ring(), ms)
    this.#arm()
    await this.#waiter.promise
    clearTimeout(latest)
  }

  #arm(): void {
    clearTimeout(this.#timer)
    // What is later than the latest of the waiter's times is its next wait's.
    const ms = Math.max(0, this.#at - Date.now())
    if (ms < this.#latestMs) this.#timer = setTimeout(() => this.#ring(), ms)
  }

  #ring(): void {
    clearTimeout(this.#timer)
    // A time that is still to come stays set: what rang was the other timer.
    if (this.#at <= Date.now()) this.#at = Infinity
    this.#waiter?.resolve()
    this.#waiter = undefined
  }
}
