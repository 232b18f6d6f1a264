import { CartlyError, connectorEvents, endpointEvents, oauthConnectionEvents } from '@cartly/contracts'
import type { OnModuleDestroy } from '@nestjs/common'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import { readLive, type LiveEvent } from './live-event.ts'

/** One who watches a store. */
export interface Watcher {
  /** Whose stream it is: a token may hold few. */
  readonly tokenId: string
  see(event: LiveEvent): void
  /** The gateway is closing. */
  end(): void
}

/** Streams that one process holds open at once, and of them those of one token. */
const MAX_STREAMS = 1_000
const MAX_STREAMS_OF_A_TOKEN = 20

const changeSubjects = [connectorEvents.filter, endpointEvents.filter, oauthConnectionEvents.filter]

/**
 * Hands what happens in a store to those who watch it, by plain NATS subscriptions: nothing is kept, and who was not there
 * reads the lists. A store that nobody watches costs nothing.
 */
export class LiveHub implements OnModuleDestroy {
  readonly #nc: NatsConnection
  readonly #rooms = new Map<string, { watchers: Set<Watcher>; activity: Subscription }>()
  #changes: Subscription[] = []

  constructor(nc: NatsConnection) {
    this.#nc = nc
  }

  /** How many watch, in all stores. */
  get size(): number {
    return this.#watchers().length
  }

  /**
   * From when it resolves, the watcher misses nothing. Returns how to stop.
   * @throws CartlyError `rate_limited` or `unavailable` when too many watch already.
   */
  async watch(storeId: string, watcher: Watcher): Promise<() => void> {
    this.#assertRoom(watcher)
    const room = this.#rooms.get(storeId) ?? this.#open(storeId)
    room.watchers.add(watcher)
    await this.#nc.flush()
    return () => this.#leave(storeId, watcher)
  }

  onModuleDestroy(): void {
    for (const watcher of this.#watchers()) watcher.end()
  }

  #watchers(): Watcher[] {
    return [...this.#rooms.values()].flatMap(({ watchers }) => [...watchers])
  }

  #assertRoom({ tokenId }: Watcher): void {
    const watchers = this.#watchers()
    const retry = { retryAfterMs: 10_000 }
    if (watchers.length >= MAX_STREAMS) {
      throw new CartlyError('unavailable', 'too_many_streams', 'Too many live streams are open', retry)
    }
    if (watchers.filter((other) => other.tokenId === tokenId).length >= MAX_STREAMS_OF_A_TOKEN) {
      const message = `This token has ${MAX_STREAMS_OF_A_TOKEN} live streams open; close one first`
      throw new CartlyError('rate_limited', 'too_many_streams', message, retry)
    }
  }

  #open(storeId: string) {
    if (this.#rooms.size === 0) this.#changes = changeSubjects.map((subject) => this.#subscribe(subject))
    const room = { watchers: new Set<Watcher>(), activity: this.#subscribe(`act.*.${storeId}.*`) }
    this.#rooms.set(storeId, room)
    return room
  }

  #leave(storeId: string, watcher: Watcher): void {
    const room = this.#rooms.get(storeId)
    if (!room?.watchers.delete(watcher) || room.watchers.size > 0) return
    room.activity.unsubscribe()
    this.#rooms.delete(storeId)
    if (this.#rooms.size > 0) return
    for (const subscription of this.#changes) subscription.unsubscribe()
    this.#changes = []
  }

  #subscribe(subject: string): Subscription {
    return this.#nc.subscribe(subject, { callback: (error, message) => void (error || this.#spread(message)) })
  }

  #spread(message: Msg): void {
    const { storeId, events } = readLive(message)
    const room = this.#rooms.get(storeId)
    if (!room) return
    for (const event of events) for (const watcher of room.watchers) watcher.see(event)
  }
}
