import type { EndpointId, StoreId } from '@cartly/contracts'
import { EndpointHealth, type HealthSettings } from '../domain/health.ts'
import { Lane, type Task } from './lane.ts'

/** How many attempts may be in flight in this process. */
export interface Concurrency {
  readonly total: number
  readonly perStore: number
}

/** What this process knows of an endpoint while it sends to it: what it can take, and its slots. */
export interface EndpointLane<T extends Task> {
  readonly lane: Lane<T>
  readonly health: EndpointHealth
}

interface Used<T extends Task> extends EndpointLane<T> {
  readonly storeId: StoreId
  usedAt: number
}

/** After so long without use, what was learnt of an endpoint is forgotten. */
const FORGET_AFTER_MS = 10 * 60_000

/** The lanes of the endpoints and stores in use; those that are not in use cost nothing. */
export class EndpointLanes<T extends Task> {
  readonly #root: Lane<T>
  readonly #concurrency: Concurrency
  readonly #health: HealthSettings
  readonly #stores = new Map<StoreId, { lane: Lane<T>; endpoints: number }>()
  readonly #endpoints = new Map<EndpointId, Used<T>>()

  constructor(concurrency: Concurrency, health: HealthSettings) {
    this.#concurrency = concurrency
    this.#health = health
    this.#root = new Lane(() => concurrency.total)
  }

  /** Attempts in flight. */
  get running(): number {
    return this.#root.running
  }

  of(storeId: StoreId, endpointId: EndpointId): EndpointLane<T> {
    const known = this.#endpoints.get(endpointId)
    if (known) {
      known.usedAt = Date.now()
      return known
    }
    const store = this.#stores.get(storeId) ?? this.#open(storeId)
    store.endpoints++
    const health = new EndpointHealth(this.#health)
    const lane = new Lane<T>(() => health.limit(Date.now()), store.lane)
    const used = { lane, health, storeId, usedAt: Date.now() }
    this.#endpoints.set(endpointId, used)
    return used
  }

  /** What is known of an endpoint that is in use. */
  known(endpointId: EndpointId): EndpointLane<T> | undefined {
    return this.#endpoints.get(endpointId)
  }

  /** Forgets the endpoints that have not been used for some time. */
  forgetUnused(now: number): void {
    for (const [id, { lane, usedAt, storeId }] of this.#endpoints) {
      if (now - usedAt < FORGET_AFTER_MS || lane.running > 0 || lane.waiting > 0) continue
      this.#endpoints.delete(id)
      const store = this.#stores.get(storeId)
      if (store && --store.endpoints === 0) this.#stores.delete(storeId)
    }
  }

  #open(storeId: StoreId): { lane: Lane<T>; endpoints: number } {
    const store = { lane: new Lane<T>(() => this.#concurrency.perStore, this.#root), endpoints: 0 }
    this.#stores.set(storeId, store)
    return store
  }
}
