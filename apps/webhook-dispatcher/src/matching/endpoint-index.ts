import { endpointEvents, type EndpointConfig, type EndpointId, type StoreEvent, type StoreId } from '@cartly/contracts'
import { createLiveView, eventsOf, type Bus, type LiveView, type RecordedOf } from '@cartly/event-store'
import { endpoint, type Endpoint } from '../domain/endpoint.ts'
import { bitOf, subscriptionOf, type Subscription } from '../domain/event-types.ts'
import { compileFilter, type EventPredicate } from '../domain/filter.ts'

/** An endpoint as deliveries need it. Replaced as a whole when its configuration changes. */
export interface IndexedEndpoint {
  readonly id: EndpointId
  readonly storeId: StoreId
  readonly config: EndpointConfig
  readonly enabled: boolean
  readonly passes: EventPredicate | undefined
  /** Milliseconds since the epoch: events stored before it are not for it. */
  readonly createdAt: number
  /** Since when it has been enabled, in milliseconds since the epoch. */
  readonly enabledAt: number
  /** Since when it takes the events of an entity in order, in milliseconds since the epoch; undefined when it does not. */
  readonly orderedAt: number | undefined
}

interface Held {
  readonly state: Endpoint
  readonly indexed: IndexedEndpoint
  readonly subscription: Subscription
}

type Applied = RecordedOf<typeof endpointEvents>
type Subscribers = Map<Subscription, Set<IndexedEndpoint>>

/**
 * Every endpoint, in memory: which of a store's take an event is found without asking anybody. Those with the same
 * subscription share a set, so an event costs the endpoints that take it, not those there are.
 */
export class EndpointIndex {
  readonly #held = new Map<string, Held>()
  readonly #stores = new Map<string, Subscribers>()
  /** How many of a store's enabled endpoints take events in order. */
  readonly #ordered = new Map<string, number>()

  get size(): number {
    return this.#held.size
  }

  get(id: EndpointId): IndexedEndpoint | undefined {
    return this.#held.get(id)?.indexed
  }

  *[Symbol.iterator](): IterableIterator<IndexedEndpoint> {
    for (const { indexed } of this.#held.values()) yield indexed
  }

  /** Whether any endpoint that is enabled takes events in order; or any of this store. */
  hasOrdered(storeId?: string): boolean {
    return storeId === undefined ? this.#ordered.size > 0 : this.#ordered.has(storeId)
  }

  /** The enabled endpoints of the store that take the event, stored at `storedAt` (milliseconds since the epoch). */
  match(storeId: string, event: StoreEvent, storedAt: number): IndexedEndpoint[] {
    const matching: IndexedEndpoint[] = []
    const subscribers = this.#stores.get(storeId)
    if (!subscribers) return matching
    const bit = bitOf(event.type)
    for (const [subscription, endpoints] of subscribers) {
      if ((subscription & bit) === 0) continue
      for (const one of endpoints) {
        if (one.createdAt <= storedAt && (one.passes === undefined || one.passes(event))) matching.push(one)
      }
    }
    return matching
  }

  apply(recorded: Applied): void {
    const before = this.#held.get(recorded.id)
    const state = recorded.events.reduce(endpoint.evolve, before?.state ?? endpoint.initialState())
    if (before) this.#unsubscribe(before)
    if (state.kind === 'none' || state.kind === 'deleted') this.#held.delete(recorded.id)
    else this.#hold(state, Date.parse(recorded.time), recorded, before?.indexed)
  }

  #hold(state: Endpoint, at: number, { events }: Pick<Applied, 'events'>, before: IndexedEndpoint | undefined): void {
    const { endpointId: id, storeId, config, kind, createdAt } = state
    const passes = config.filter && compileFilter(config.filter)
    const enabled = kind === 'enabled'
    const began = events.some(({ type }) => type === 'EndpointCreated' || type === 'EndpointEnabled')
    const indexed = {
      id,
      storeId,
      config,
      enabled,
      passes,
      createdAt: Date.parse(createdAt),
      enabledAt: began || !before ? at : before.enabledAt,
      orderedAt: config.ordering === 'entity' ? (before?.orderedAt ?? at) : undefined,
    }
    const held = { state, indexed, subscription: subscriptionOf(config.eventTypes) }
    this.#held.set(id, held)
    if (indexed.enabled) this.#subscribe(held)
  }

  #subscribe({ indexed, subscription }: Held): void {
    let subscribers = this.#stores.get(indexed.storeId)
    if (!subscribers) this.#stores.set(indexed.storeId, (subscribers = new Map()))
    const endpoints = subscribers.get(subscription)
    if (endpoints) endpoints.add(indexed)
    else subscribers.set(subscription, new Set([indexed]))
    if (indexed.orderedAt !== undefined) this.#countOrdered(indexed.storeId, 1)
  }

  #unsubscribe({ indexed, subscription }: Held): void {
    const subscribers = this.#stores.get(indexed.storeId)
    const endpoints = subscribers?.get(subscription)
    if (endpoints?.delete(indexed) && indexed.orderedAt !== undefined) this.#countOrdered(indexed.storeId, -1)
    if (endpoints?.size === 0) subscribers?.delete(subscription)
    if (subscribers?.size === 0) this.#stores.delete(indexed.storeId)
  }

  #countOrdered(storeId: string, change: number): void {
    const count = (this.#ordered.get(storeId) ?? 0) + change
    if (count === 0) this.#ordered.delete(storeId)
    else this.#ordered.set(storeId, count)
  }
}

/**
 * The index as the event log has it, in every replica.
 * @param onChanged told of every endpoint that something happened to, after it is in the index.
 */
export const createEndpointView = (
  bus: Bus,
  onChanged: (id: EndpointId) => void,
  onTrouble: (error: unknown) => void,
): LiveView<EndpointIndex> =>
  createLiveView({
    bus,
    source: eventsOf(endpointEvents),
    initial: () => new EndpointIndex(),
    apply(index, recorded) {
      index.apply(recorded)
      onChanged(recorded.id as EndpointId)
      return index
    },
    onTrouble,
  })
