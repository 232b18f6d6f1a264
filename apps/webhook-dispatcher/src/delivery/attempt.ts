import type { EndpointId } from '@cartly/contracts'
import type { BacklogRow } from '../backlog/backlog-row.ts'
import type { BacklogWriter } from '../backlog/backlog-writer.ts'
import type { Pause } from '../domain/health.ts'
import type { Outcome } from '../domain/outcome.ts'
import { retryDelay } from '../domain/retry.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import type { EndpointSecrets } from '../signing/endpoint-secrets.ts'
import { factOf } from './attempt-fact.ts'
import type { AttemptLog } from './attempt-log.ts'
import { backlogRow, type Delivery } from './delivery.ts'
import type { EndpointLane } from './endpoint-lanes.ts'
import type { Task } from './lane.ts'
import { attemptsMade } from './metrics.ts'
import { DEFAULT_TIMEOUT_MS, type Attempted, type Sender } from './sender.ts'

/** What attempts are made with. */
export interface AttemptSurroundings {
  readonly endpoint: (id: EndpointId) => IndexedEndpoint | undefined
  readonly secrets: EndpointSecrets
  readonly sender: Sender
  readonly log: AttemptLog
  readonly backlog: BacklogWriter
  /** The longest that a receiver may have us wait by `Retry-After`, in milliseconds. */
  readonly retryAfterCapMs: number
  /** Whether this replica may send at all now. */
  readonly maySend: () => boolean
  /** Until when the endpoint is left alone has changed. */
  readonly onPause: (endpoint: IndexedEndpoint, pause: Pause) => void
  /** An endpoint has answered 410 Gone. */
  readonly onGone: (endpoint: IndexedEndpoint, delivery: Delivery) => void
  /** A row is due then (milliseconds since the epoch). */
  readonly onDue: (dueAt: number) => void
  readonly onTrouble: (error: unknown) => void
}

/** After the timeout of an attempt that was handed over, how long its row waits for the outcome to be written. */
const HAND_OVER_MARGIN_MS = 10_000
/** When the vault cannot be asked for an endpoint's secrets. */
const WITHOUT_SECRETS_RETRY_MS = 5_000

/** One delivery in this process, from when it is taken until it has ended or is back in the backlog. */
export class Attempt implements Task {
  readonly delivery: Delivery
  readonly endpoint: IndexedEndpoint
  readonly lane: EndpointLane
  readonly #with: AttemptSurroundings
  readonly #running: Set<Attempt>
  readonly #forget: () => void
  #ended: PromiseWithResolvers<void> | undefined
  #safe = false
  beganAt = 0

  constructor(
    surroundings: AttemptSurroundings,
    delivery: Delivery,
    endpoint: IndexedEndpoint,
    lane: EndpointLane,
    running: Set<Attempt>,
    forget: () => void,
  ) {
    this.#with = surroundings
    this.delivery = delivery
    this.endpoint = endpoint
    this.lane = lane
    this.#running = running
    this.#forget = forget
  }

  get ended(): Promise<void> {
    return (this.#ended ??= Promise.withResolvers()).promise
  }

  /** Its endpoint has a slot for it. */
  start(): void {
    const endpoint = this.#with.endpoint(this.delivery.endpointId)
    if (!endpoint) this.#leave(() => this.#discard())
    else if (!endpoint.enabled || !this.#with.maySend() || !this.delivery.mayBegin())
      this.#leave(() => this.spill(Date.now()))
    else void this.#run(endpoint)
  }

  /** Lets go of it before it has begun: it is sent from the backlog, at the time given or when its endpoint opens. */
  spill(dueAt: number): void {
    const { delivery } = this
    if (delivery.stored) this.#end()
    else this.#store(backlogRow(delivery, delivery.attempt, delivery.trigger, dueAt), () => this.#end())
  }

  /** It says nothing of the receiver: its secrets could not be had, or it was called off. */
  postpone(error: unknown): void {
    this.#with.onTrouble(error)
    const { delivery } = this
    const dueAt = Date.now() + WITHOUT_SECRETS_RETRY_MS
    this.#store(backlogRow(delivery, delivery.attempt, delivery.trigger, dueAt), () => this.#end())
  }

  /**
   * Puts a delivery that is in flight into the backlog, not to be sent again before its attempt has surely ended.
   * @returns false when it is there already.
   */
  handOver(now: number): boolean {
    const { delivery, endpoint } = this
    if (delivery.stored) return false
    const dueAt = now + (endpoint.config.timeoutMs ?? DEFAULT_TIMEOUT_MS) + HAND_OVER_MARGIN_MS
    this.#store(backlogRow(delivery, delivery.attempt, delivery.trigger, dueAt), () => undefined)
    return true
  }

  async #run(endpoint: IndexedEndpoint): Promise<void> {
    const { secrets, sender } = this.#with
    this.beganAt = Date.now()
    this.#running.add(this)
    try {
      const lent = secrets.get(endpoint) ?? (await secrets.load(endpoint))
      const attempted = await sender.attempt(this.delivery.event, endpoint, lent, this.delivery.attempt)
      this.#running.delete(this)
      this.#learn(endpoint, attempted.outcome)
      this.lane.lane.release()
      this.#record(endpoint, attempted)
    } catch (error) {
      this.#running.delete(this)
      this.lane.lane.release()
      this.postpone(error)
    }
  }

  #learn(endpoint: IndexedEndpoint, outcome: Outcome): void {
    const now = Date.now()
    const took = now - this.beganAt
    const { health } = this.lane
    const before = health.pause
    attemptsMade.add(1, metricOf(outcome))
    if (outcome.kind !== 'failed') health.succeeded(took)
    else health.failed(now, took, outcome.slowDown, Math.min(outcome.retryAfterMs ?? 0, this.#with.retryAfterCapMs))
    if (health.pause !== before) this.#with.onPause(endpoint, health.pause)
    // What waits must not wait here: it would not be noticed when the pause ends.
    if (health.pausedUntil > now) this.lane.lane.spill(now)
  }

  #record(endpoint: IndexedEndpoint, attempted: Attempted): void {
    const { delivery } = this
    const { log, onGone } = this.#with
    const next = this.#nextAttempt(endpoint, attempted)
    const parked = attempted.outcome.kind === 'failed' && parks(endpoint)
    const fact = factOf(delivery, attempted, next ? { nextAttemptAt: next.dueAt } : { parked })
    if (attempted.outcome.kind === 'gone') onGone(endpoint, delivery)
    if (next) {
      let open = 2
      const half = (): void => {
        if (--open === 0) this.#end()
      }
      this.#store(next, half)
      log.record(endpoint.storeId, endpoint.id, fact, half)
    } else log.record(endpoint.storeId, endpoint.id, fact, () => this.#discard())
  }

  #nextAttempt(endpoint: IndexedEndpoint, { outcome }: Attempted): BacklogRow | undefined {
    const { delivery } = this
    if (outcome.kind !== 'failed' || parks(endpoint)) return undefined
    const delay = retryDelay({
      attempt: delivery.attempt,
      schedule: endpoint.config.retrySchedule,
      retryAfterMs: outcome.retryAfterMs,
      retryAfterCapMs: this.#with.retryAfterCapMs,
      random: Math.random(),
    })
    return delay === undefined ? undefined : backlogRow(delivery, delivery.attempt + 1, 'retry', Date.now() + delay)
  }

  /** Stores the row; from then on nothing can lose the delivery. */
  #store(row: BacklogRow, then: () => void): void {
    this.delivery.stored = true
    void this.#with.backlog.put(row, isOrdered(this.endpoint)).then(() => {
      this.#with.onDue(row.dueAt)
      this.#beSafe()
      then()
    })
  }

  /** It is done with: takes it out of the backlog if it is there. */
  #discard(): void {
    this.#beSafe()
    const { delivery } = this
    if (!delivery.stored) return this.#end()
    const { endpointId, id: deliveryId, event } = delivery
    const key = { endpointId, deliveryId, entityId: event.entityId }
    void this.#with.backlog.remove(key, isOrdered(this.endpoint)).then(() => this.#end())
  }

  #leave(then: () => void): void {
    this.lane.lane.release()
    then()
  }

  #beSafe(): void {
    if (this.#safe) return
    this.#safe = true
    this.delivery.safe()
  }

  #end(): void {
    this.#beSafe()
    this.#forget()
    this.delivery.ended()
    this.#ended?.resolve()
  }
}

export const isOrdered = ({ orderedAt }: IndexedEndpoint): boolean => orderedAt !== undefined

/** Whether what fails is set aside for what is behind it. */
const parks = (endpoint: IndexedEndpoint): boolean => isOrdered(endpoint) && endpoint.config.orderFailure === 'park'

const succeeded = { outcome: 'succeeded' }
const metricOf = (outcome: Outcome): { outcome: string; 'error.type'?: string } =>
  outcome.kind === 'delivered' ? succeeded : { outcome: outcome.kind, 'error.type': outcome.error.code }
