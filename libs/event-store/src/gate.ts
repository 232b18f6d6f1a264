/** Lets those through who wait for a sequence, as soon as it has been passed. */
export class Gate {
  #passed = 0
  #waiting = new Set<{ sequence: number; open: () => void }>()

  get sequence(): number {
    return this.#passed
  }

  pass(sequence: number): void {
    this.#passed = sequence
    for (const waiter of this.#waiting) {
      if (waiter.sequence > sequence) continue
      this.#waiting.delete(waiter)
      waiter.open()
    }
  }

  /** True once the sequence has been passed, false when that takes longer than `timeoutMs`. */
  async wait(sequence: number, timeoutMs: number): Promise<boolean> {
    if (sequence <= this.#passed) return true
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const waiter = { sequence, open: () => resolve(true) }
    this.#waiting.add(waiter)
    const timer = setTimeout(() => resolve(false), Math.max(0, timeoutMs))
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(waiter)
    }
  }
}
