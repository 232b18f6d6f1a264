import { setTimeout as pause } from 'node:timers/promises'
import {
  connectorEvents,
  credentialEvents,
  notFound,
  oauthConnectionEvents,
  type ConnectorId,
  type StoreId,
} from '@cartly/contracts'
import { createLiveView, eventsOf, isOf, type Bus, type LiveView, type RecordedOf } from '@cartly/event-store'
import {
  connectorState,
  evolveAttention,
  evolveConnection,
  type Connector,
  type ConnectorState,
} from '../domain/connector.ts'

const source = eventsOf(connectorEvents, oauthConnectionEvents, credentialEvents)
type IndexedEvent = RecordedOf<typeof connectorEvents | typeof oauthConnectionEvents | typeof credentialEvents>

interface Index {
  readonly byId: Map<ConnectorId, Connector>
  readonly byStore: Map<StoreId, Map<ConnectorId, Connector>>
  readonly connections: Map<string, Readonly<Record<string, string>>>
}

export interface ConnectorIndexOptions {
  readonly bus: Bus
  /** Told whose credential is another one now: a leased one of before must not be used again. */
  onCredentialChanged(ownerId: string): void
  /** Told of each active connector, as it is now, whenever that changes. */
  onActive(connector: Connector): void
  onTrouble(error: unknown): void
}

/** How long it may take to say that there is no such connector. */
const CATCH_UP_MS = 500

/** Every connector of every store as the log has it, in this replica's memory. */
export class ConnectorIndex {
  readonly #view: LiveView<Index>
  #current: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor({ bus, onTrouble, ...watcher }: ConnectorIndexOptions) {
    this.#view = createLiveView<Index, IndexedEvent>({
      bus,
      source,
      initial: () => ({ byId: new Map(), byStore: new Map(), connections: new Map() }),
      apply: (index, recorded) => apply(index, recorded, watcher),
      onTrouble,
    })
  }

  /** Resolves when all that was in the log is known. */
  async start(): Promise<void> {
    this.#view.start()
    await this.#view.ready()
  }

  stop(): Promise<void> {
    return this.#view.stop()
  }

  get failure(): Error | undefined {
    return this.#view.failure
  }

  /**
   * A connector of this store, whatever its status.
   * @throws CartlyError `not_found`, also for another store's.
   */
  async get(storeId: StoreId, connectorId: ConnectorId): Promise<Connector> {
    const find = (): Connector | undefined => this.#view.current.byStore.get(storeId)?.get(connectorId)
    const found = find() ?? (await this.#again(find))
    if (!found) throw notFound('connector', connectorId)
    return found
  }

  /** A connector as known here and now. */
  known(connectorId: ConnectorId): Connector | undefined {
    return this.#view.current.byId.get(connectorId)
  }

  /** As `get`, for one that is active: a moment ago it may have been activated, which is then waited for. */
  async getActive(storeId: StoreId, connectorId: ConnectorId): Promise<Connector | undefined> {
    const found = await this.get(storeId, connectorId)
    if (found.active) return found
    return this.#again(() => this.activeOf(storeId).find((one) => one.connectorId === connectorId))
  }

  /** What `find` makes of the active connectors of a store; when that is nothing, the log is asked for news first. */
  async among<T>(storeId: StoreId, find: (active: readonly Connector[]) => readonly T[]): Promise<readonly T[]> {
    const found = find(this.activeOf(storeId))
    if (found.length > 0) return found
    await this.#news()
    return find(this.activeOf(storeId))
  }

  /** The active connectors of a store, as known here and now. */
  activeOf(storeId: StoreId): Connector[] {
    return [...(this.#view.current.byStore.get(storeId)?.values() ?? [])].filter(({ active }) => active)
  }

  /** False when the event of this sequence is not known here within `timeoutMs`. */
  passed(sequence: number, timeoutMs: number): Promise<boolean> {
    return this.#view.passed(sequence, timeoutMs)
  }

  /** Everything stored until now is known here; false when that takes too long. */
  catchUp(timeoutMs: number): Promise<boolean> {
    return this.#view.catchUp(timeoutMs)
  }

  async #again<T>(find: () => T | undefined): Promise<T | undefined> {
    await this.#news()
    return find()
  }

  /** Learns what was stored until now. Whoever asks while that is being done shares the next time. */
  #news(): Promise<void> {
    this.#next ??= (this.#current ?? Promise.resolve()).then(() => {
      this.#current = this.#next
      this.#next = undefined
      return this.#learn()
    })
    return this.#next
  }

  /** A log that does not answer is not what the caller asked about. */
  async #learn(): Promise<void> {
    const caughtUp = this.#view.catchUp(CATCH_UP_MS).catch(() => false)
    await Promise.race([caughtUp, pause(CATCH_UP_MS, undefined, { ref: false })])
  }
}

type Watcher = Pick<ConnectorIndexOptions, 'onCredentialChanged' | 'onActive'>

function apply(index: Index, recorded: IndexedEvent, { onCredentialChanged, onActive }: Watcher): Index {
  if (isOf(connectorEvents, recorded)) {
    const id = recorded.id as ConnectorId
    const before = index.byId.get(id)
    const state = recorded.events.reduce<ConnectorState | null>(connectorState.evolve, before ?? null)
    if (state === null) {
      if (before) forget(index, before)
    } else {
      const { revision, sequence } = recorded
      const configuredAt = before && state === before ? before.configuredAt : sequence
      const at = Date.parse(recorded.time)
      const attention = recorded.events.reduce(
        (known, event) => evolveAttention(known, event, at),
        before?.attention ?? null,
      )
      const connection = index.connections.get(id) ?? {}
      const connector = { ...state, revision, sequence, configuredAt, attention, connection }
      keep(index, connector)
      if (connector.active) onActive(connector)
    }
  } else if (isOf(oauthConnectionEvents, recorded)) {
    const id = recorded.id as ConnectorId
    const connection = recorded.events.reduce(evolveConnection, index.connections.get(id) ?? {})
    index.connections.set(id, connection)
    const connector = index.byId.get(id)
    if (connector && connector.connection !== connection) {
      keep(index, { ...connector, connection, configuredAt: recorded.sequence })
    }
  } else if (isOf(credentialEvents, recorded)) {
    onCredentialChanged(recorded.id)
    for (const event of recorded.events) if (event.type === 'CredentialStored') onCredentialChanged(event.data.ownerId)
  }
  return index
}

function keep(index: Index, connector: Connector): void {
  index.byId.set(connector.connectorId, connector)
  const ofStore = index.byStore.get(connector.storeId)
  if (ofStore) ofStore.set(connector.connectorId, connector)
  else index.byStore.set(connector.storeId, new Map([[connector.connectorId, connector]]))
}

function forget(index: Index, { connectorId, storeId }: Pick<Connector, 'connectorId' | 'storeId'>): void {
  index.byId.delete(connectorId)
  index.connections.delete(connectorId)
  const ofStore = index.byStore.get(storeId)
  ofStore?.delete(connectorId)
  if (ofStore?.size === 0) index.byStore.delete(storeId)
}
