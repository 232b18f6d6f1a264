/**
 * Who shares the limits, as one member knows it, and which share of a limit is its own.
 *
 * A member that comes counts at once: the shares of all who hear of it shrink, and as soon as what they have in flight
 * keeps to that they say that they reckon with it. It sends when everyone does. So all who send reckon with each other,
 * each with as many others or more, and a share never grows by reckoning with more: together they keep to the limit.
 */
export class Roster {
  readonly id: string
  /** The others, and whom each of them reckons with. */
  readonly #others = new Map<string, readonly string[]>()
  #acknowledged: readonly string[] = []

  /** @param id unique for ever; shares are dealt in the order of ids. */
  constructor(id: string) {
    this.id = id
  }

  /** Another member reckons with these. */
  heard(id: string, acknowledged: readonly string[]): void {
    this.#others.set(id, acknowledged)
  }

  /** Another member does not send any more. */
  gone(id: string): void {
    this.#others.delete(id)
  }

  /** From now on nothing is in flight beyond a share among all who are known. @returns whether that is news to any. */
  acknowledge(): boolean {
    const before = new Set(this.#acknowledged)
    this.#acknowledged = [...this.#others.keys()]
    return this.#acknowledged.some((id) => !before.has(id))
  }

  /** The others that this member reckons with. */
  get acknowledged(): readonly string[] {
    return this.#acknowledged
  }

  /** Whether all others reckon with this member. */
  get welcome(): boolean {
    return [...this.#others.values()].every((acknowledged) => acknowledged.includes(this.id))
  }

  /** How many of `limit` slots are this member's. */
  share(limit: number): number {
    const members = this.#others.size + 1
    const rank = [...this.#others.keys()].filter((id) => id < this.id).length
    return Math.floor(limit / members) + (rank < limit % members ? 1 : 0)
  }
}
