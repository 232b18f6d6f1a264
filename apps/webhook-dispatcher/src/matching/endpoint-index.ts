import { endpointEvents, type EndpointConfig, type EndpointId, type StoreEvent, type StoreId } from '@cartly/contracts'
import { createLiveView, eventsOf, type Bus, type LiveView, type RecordedOf } from '@cartly/event-store'
import { bitOf, subscriptionOf, type Subscription } from '../domain/event-types.ts'
import { CompiledFilter, EventReading } from '../domain/filter.ts'

/** What of a configuration deliveries are made by. */
export type DeliveryConfig = Omit<EndpointConfig, 'eventTypes' | 'filter' | 'description'>

/** An endpoint as deliveries need it. Replaced as a whole when something happens to it. */
export interface IndexedEndpoint {
  readonly id: EndpointId
  readonly storeId: StoreId
  readonly config: DeliveryConfig
  readonly subscription: Subscription
  readonly filter: CompiledFilter | undefined
  readonly enabled: boolean
  /** Milliseconds since the epoch: events stored before it are not for it. */
  readonly createdAt: number
  /** Since when it has been enabled, in milliseconds since the epoch. */
  readonly enabledAt: number
  /** Since when it takes the events of an entity in order, in milliseconds since the epoch; undefined when it does not. */
  readonly orderedAt: number | undefined
}

type Applied = RecordedOf<typeof endpointEvents>
type Subscribers = Map<Subscription, Set<IndexedEndpoint>>

/**
 * Every endpoint, in memory: which of a store's take an event is found without asking anybody. Those with the same
 * subscription share a set, so an event costs the endpoints that take it, not those there are.
 */
export class EndpointIndex {
  readonly #endpoints = new Map<string, IndexedEndpoint>()
  readonly #stores = new Map<string, Subscribers>()
  /** How many of a store's enabled endpoints take events in order. */
  readonly #ordered = new Map<string, number>()

  get size(): number {
    return this.#endpoints.size
  }

  get(id: EndpointId): IndexedEndpoint | undefined {
    return this.#endpoints.get(id)
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
    const reading = new EventReading(event)
    for (const [subscription, endpoints] of subscribers) {
      if ((subscription & bit) === 0) continue
      for (const endpoint of endpoints) {
        if (endpoint.createdAt <= storedAt && (endpoint.filter?.passes(reading) ?? true)) matching.push(endpoint)
      }
    }
    return matching
  }

  apply(recorded: Applied): void {
    const before = this.#endpoints.get(recorded.id)
    let now = before
    for (const event of recorded.events) now = evolve(now, event, Date.parse(recorded.time))
    if (before) this.#unsubscribe(before)
    if (!now) this.#endpoints.delete(recorded.id)
    else {
      this.#endpoints.set(recorded.id, now)
      if (now.enabled) this.#subscribe(now)
    }
  }

  #subscribe(endpoint: IndexedEndpoint): void {
    const { storeId, subscription, orderedAt } = endpoint
    let subscribers = this.#stores.get(storeId)
    if (!subscribers) this.#stores.set(storeId, (subscribers = new Map()))
    const endpoints = subscribers.get(subscription)
    if (endpoints) endpoints.add(endpoint)
    else subscribers.set(subscription, new Set([endpoint]))
    if (orderedAt !== undefined) this.#countOrdered(storeId, 1)
  }

  #unsubscribe(endpoint: IndexedEndpoint): void {
    const { storeId, subscription, orderedAt } = endpoint
    const subscribers = this.#stores.get(storeId)
    const endpoints = subscribers?.get(subscription)
    if (endpoints?.delete(endpoint) && orderedAt !== undefined) this.#countOrdered(storeId, -1)
    if (endpoints?.size === 0) subscribers?.delete(subscription)
    if (subscribers?.size === 0) this.#stores.delete(storeId)
  }

  #countOrdered(storeId: string, change: number): void {
    const count = (this.#ordered.get(storeId) ?? 0) + change
    if (count === 0) this.#ordered.delete(storeId)
    else this.#ordered.set(storeId, count)
  }
}

/** An endpoint after an event; undefined when there is none. */
function evolve(
  before: IndexedEndpoint | undefined,
  event: Applied['events'][number],
  at: number,
): IndexedEndpoint | undefined {
  if (event.type === 'EndpointCreated') {
    const { endpointId: id, storeId, config } = event.data
    const created = { id, storeId, enabled: true, createdAt: Date.parse(event.data.at), enabledAt: at }
    return { ...created, ...configured(config, undefined, at) }
  }
  if (!before) return undefined
  switch (event.type) {
    case 'EndpointChanged':
      return { ...before, ...configured(event.data.config, before.orderedAt, at) }
    case 'EndpointEnabled':
      return { ...before, enabled: true, enabledAt: at }
    case 'EndpointDisabled':
      return { ...before, enabled: false }
    case 'EndpointDeleted':
      return undefined
    case 'EndpointSecretRotated':
      return before
  }
}

function configured(
  whole: EndpointConfig,
  orderedAt: number | undefined,
  at: number,
): Pick<IndexedEndpoint, 'config' | 'subscription' | 'filter' | 'orderedAt'> {
  const { eventTypes, filter, description: _, ...config } = whole
  return {
    config,
    subscription: subscriptionOf(eventTypes),
    filter: filter && new CompiledFilter(filter),
    orderedAt: config.ordering === 'entity' ? (orderedAt ?? at) : undefined,
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
