import type { Pause } from '../domain/health.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import { Attempt, type AttemptSurroundings } from './attempt.ts'
import type { Delivery } from './delivery.ts'
import type { EndpointLanes } from './endpoint-lanes.ts'

/** An attempt that has taken longer is put into the backlog while it goes on, so that nothing waits for its end. */
const HAND_OVER_AFTER_MS = 1_000
const SWEEP_EVERY_MS = 250
/** What would wait for a slot longer than this waits in the backlog: so an endpoint that cannot keep up holds up nobody. */
const WAIT_IN_MEMORY_MS = 10_000
/** The same while half of the memory is taken: those that are slow must not fill it. */
const WAIT_WHEN_HALF_FULL_MS = 3_000
/** The same while the intake is far behind. */
const WAIT_WHEN_BEHIND_MS = 1_000
const FAR_BEHIND_MS = 30_000
/** When so many deliveries are in memory, events wait in the stream. */
const MAX_IN_MEMORY = 8_000

/**
 * Makes deliveries. A first attempt is made from memory when its endpoint is healthy and soon has a free slot; what
 * fails, takes long, or finds its endpoint slow, full or closed goes to the backlog, from where it comes again.
 */
export class Dispatcher {
  readonly #surroundings: AttemptSurroundings
  readonly #lanes: EndpointLanes
  /** Attempts in flight, the longest first. */
  readonly #running = new Set<Attempt>()
  readonly #sweep: NodeJS.Timeout
  #inMemory = 0
  #room: PromiseWithResolvers<void> | undefined

  constructor(lanes: EndpointLanes, surroundings: AttemptSurroundings) {
    this.#lanes = lanes
    this.#surroundings = surroundings
    this.#sweep = setInterval(() => this.#handOverSlow(), SWEEP_EVERY_MS).unref()
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.#running.size
  }

  /** Deliveries that this process holds, waiting or in flight. */
  get inMemory(): number {
    return this.#inMemory
  }

  /** Resolves when more deliveries may be offered. */
  async room(): Promise<void> {
    while (this.#inMemory >= MAX_IN_MEMORY) await (this.#room ??= Promise.withResolvers()).promise
  }

  /** Takes a delivery that is not in the backlog: sends it from memory, or puts it there. */
  offer(delivery: Delivery, endpoint: IndexedEndpoint): void {
    const attempt = this.#take(delivery, endpoint)
    const { lane, health } = attempt.lane
    const now = Date.now()
    // The pace, and the probe of a circuit, are those of the one replica that holds the endpoint's queue.
    const queued = endpoint.config.rateLimitPerSecond !== undefined || health.pause.circuit !== undefined
    const behind = now - delivery.event.storedAt > FAR_BEHIND_MS
    const halfFull = this.#inMemory > MAX_IN_MEMORY / 2
    const patience = behind ? WAIT_WHEN_BEHIND_MS : halfFull ? WAIT_WHEN_HALF_FULL_MS : WAIT_IN_MEMORY_MS
    if (queued || health.pausedUntil > now || lane.waiting >= health.capacityWithin(patience, lane.limit))
      attempt.spill(now)
    else this.#whenSigned(attempt)
  }

  /** Takes a delivery out of the backlog, to be sent when its endpoint has a slot. */
  resume(delivery: Delivery, endpoint: IndexedEndpoint): void {
    this.#whenSigned(this.#take(delivery, endpoint))
  }

  /** Another replica has found out until when an endpoint is left alone. */
  learn(endpoint: IndexedEndpoint, pause: Pause): void {
    const { lane, health } = this.#lanes.of(endpoint.storeId, endpoint.id)
    const now = Date.now()
    health.learn(pause)
    if (health.pausedUntil > now) lane.spill(now)
    else lane.wake()
    this.#surroundings.onDue(health.pausedUntil)
  }

  /** Resolves when what is in flight has ended; what has not begun goes to the backlog. */
  async close(): Promise<void> {
    clearInterval(this.#sweep)
    for (const attempt of this.#running) attempt.handOver(Date.now())
    await Promise.all([...this.#running].map(({ ended }) => ended))
  }

  #take(delivery: Delivery, endpoint: IndexedEndpoint): Attempt {
    this.#inMemory++
    const lane = this.#lanes.of(endpoint.storeId, endpoint.id)
    return new Attempt(this.#surroundings, delivery, endpoint, lane, this.#running, () => {
      this.#inMemory--
      if (this.#room && this.#inMemory < MAX_IN_MEMORY) {
        this.#room.resolve()
        this.#room = undefined
      }
    })
  }

  /** Joins the endpoint's lane once its secrets are at hand. */
  #whenSigned(attempt: Attempt): void {
    const { secrets } = this.#surroundings
    if (secrets.get(attempt.endpoint)) this.#queue(attempt)
    else {
      secrets.load(attempt.endpoint).then(
        () => this.#queue(attempt),
        (error: unknown) => attempt.postpone(error),
      )
    }
  }

  #queue(attempt: Attempt): void {
    if (this.#surroundings.maySend()) attempt.lane.lane.add(attempt)
    else attempt.spill(Date.now())
  }

  /** What takes long must not hold up what it came with: its event is acknowledged, its endpoint gets less to do. */
  #handOverSlow(): void {
    const now = Date.now()
    for (const attempt of this.#running) {
      if (attempt.beganAt > now - HAND_OVER_AFTER_MS) break
      if (!attempt.handOver(now)) continue
      attempt.lane.health.slow(now)
      attempt.lane.lane.spill(now)
    }
    this.#lanes.forgetUnused(now)
  }
}
