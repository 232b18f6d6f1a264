import type { EndpointId, StoreId } from '@cartly/contracts'
import { EndpointHealth, type HealthSettings } from '../domain/health.ts'
import type { Slots } from '../fleet/fleet.ts'
import { Lane } from './lane.ts'

/** What this process knows of an endpoint while it sends to it: what it can take, and its slots. */
export interface EndpointLane {
  readonly lane: Lane
  readonly health: EndpointHealth
}

interface Used extends EndpointLane {
  readonly storeId: StoreId
  usedAt: number
}

/** After so long without use, what was learnt of an endpoint is forgotten. */
const FORGET_AFTER_MS = 10 * 60_000

/** The lanes of the endpoints and stores in use; those that are not in use cost nothing. */
export class EndpointLanes {
  readonly #root: Lane
  readonly #health: HealthSettings
  readonly #stores = new Map<StoreId, { lane: Lane; endpoints: number }>()
  readonly #endpoints = new Map<EndpointId, Used>()
  #slots: Slots = { perEndpoint: 0, perStore: 0 }

  /** @param total attempts in flight in this process at most. There is no slot before `limitTo`. */
  constructor(total: number, health: HealthSettings) {
    this.#health = health
    this.#root = new Lane(() => total)
  }

  /** From now on this process may have so many in flight, of those of all replicas. */
  limitTo(slots: Slots): void {
    this.#slots = slots
    const now = Date.now()
    for (const { lane } of this.#endpoints.values()) {
      if (slots.perEndpoint === 0) lane.spill(now)
      else lane.wake()
    }
  }

  /** Whether no more is in flight than that; what had begun when there were more slots may still be. */
  get withinSlots(): boolean {
    const { perEndpoint, perStore } = this.#slots
    for (const { lane } of this.#endpoints.values()) if (lane.running > perEndpoint) return false
    for (const { lane } of this.#stores.values()) if (lane.running > perStore) return false
    return true
  }

  of(storeId: StoreId, endpointId: EndpointId): EndpointLane {
    const known = this.#endpoints.get(endpointId)
    if (known) {
      known.usedAt = Date.now()
      return known
    }
    const store = this.#stores.get(storeId) ?? this.#open(storeId)
    store.endpoints++
    const health = new EndpointHealth(this.#health)
    const lane = new Lane(() => Math.min(health.limit(Date.now()), this.#slots.perEndpoint), store.lane)
    const used = { lane, health, storeId, usedAt: Date.now() }
    this.#endpoints.set(endpointId, used)
    return used
  }

  /** What is known of an endpoint that is in use. */
  known(endpointId: EndpointId): EndpointLane | undefined {
    return this.#endpoints.get(endpointId)
  }

  /** Forgets the endpoints that have not been used for some time; not those that are left alone for longer. */
  forgetUnused(now: number): void {
    for (const [id, { lane, health, usedAt, storeId }] of this.#endpoints) {
      if (now - usedAt < FORGET_AFTER_MS || health.pausedUntil > now || lane.running > 0 || lane.waiting > 0) continue
      this.#endpoints.delete(id)
      const store = this.#stores.get(storeId)
      if (store && --store.endpoints === 0) this.#stores.delete(storeId)
    }
  }

  #open(storeId: StoreId): { lane: Lane; endpoints: number } {
    const store = { lane: new Lane(() => this.#slots.perStore, this.#root), endpoints: 0 }
    this.#stores.set(storeId, store)
    return store
  }
}
