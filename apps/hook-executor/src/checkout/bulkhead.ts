import type { StoreId } from '@cartly/contracts'

/** Requests of one store that may wait for services at once: a store whose services hang leaves room for the others. */
const PER_STORE = 100

/** Counts who is inside, store by store. */
export class Bulkhead {
  readonly #inside = new Map<StoreId, number>()

  /** False when the store's room is full; who has entered must leave. */
  enter(storeId: StoreId): boolean {
    const inside = this.#inside.get(storeId) ?? 0
    if (inside >= PER_STORE) return false
    this.#inside.set(storeId, inside + 1)
    return true
  }

  leave(storeId: StoreId): void {
    const inside = this.#inside.get(storeId)! - 1
    if (inside === 0) this.#inside.delete(storeId)
    else this.#inside.set(storeId, inside)
  }
}
