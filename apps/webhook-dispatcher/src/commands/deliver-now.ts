import {
  CartlyError,
  conflict,
  invalid,
  storeEventType,
  type Delivery as DeliveryView,
  type DeliveryId,
  type RequestOf,
  type StoreId,
  type webhooks,
} from '@cartly/contracts'
import type { ProjectionRunner } from '@cartly/event-store'
import type { CallContext } from '@cartly/messaging'
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Backlog } from '../backlog/backlog.ts'
import type { Payloads } from '../backlog/payloads.ts'
import { isOrdered } from '../delivery/attempt.ts'
import type { AttemptLog } from '../delivery/attempt-log.ts'
import { factOf } from '../delivery/attempt-fact.ts'
import type { EndpointLanes } from '../delivery/endpoint-lanes.ts'
import type { Lane } from '../delivery/lane.ts'
import { backlogRow, deliveryIdOf, type Delivery } from '../delivery/delivery.ts'
import { PreparedEvent } from '../delivery/prepared-event.ts'
import type { Attempted, Sender } from '../delivery/sender.ts'
import { firstTypeOf } from '../domain/event-types.ts'
import type { Pause } from '../domain/health.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import type { DeliveryQueries, StoredDelivery } from '../queries/delivery-queries.ts'
import type { EndpointSecrets } from '../signing/endpoint-secrets.ts'

export interface DeliverNowOptions {
  readonly endpointOf: (storeId: StoreId, id: IndexedEndpoint['id']) => IndexedEndpoint
  readonly secrets: EndpointSecrets
  readonly sender: Sender
  readonly log: AttemptLog
  readonly activity: Pick<ProjectionRunner, 'passed'>
  readonly deliveries: DeliveryQueries
  readonly payloads: Payloads
  readonly backlog: Backlog
  readonly lanes: EndpointLanes
  /** Something is due now in this endpoint's queue. */
  readonly onAsked: () => void
  /** Until when the endpoint is left alone has changed. */
  readonly onPause: (endpoint: IndexedEndpoint, pause: Pause) => void
}

const VISIBLE_WITHIN_MS = 2_000
const LOOK_EVERY_MS = 50
/** Left of a call's time for its answer to travel. */
const ANSWER_MS = 500

/** Deliveries that somebody asks for and waits for: a test, a retry by hand. */
export class DeliverNow {
  readonly #options: DeliverNowOptions

  constructor(options: DeliverNowOptions) {
    this.#options = options
  }

  /**
   * Sends the example of an event type as soon as there is a slot for it, past the backlog; the endpoint may be disabled.
   * @throws CartlyError `conflict` while a `Retry-After` lasts; `unavailable` when there is no slot in time.
   */
  async test(
    { storeId, endpointId, eventType }: RequestOf<typeof webhooks.test>,
    call: CallContext,
  ): Promise<DeliveryView> {
    const { log, activity, deliveries } = this.#options
    const endpoint = this.#options.endpointOf(storeId, endpointId)
    const event = exampleFor(endpoint, eventType)
    const delivery = deliveryOf(event, endpoint)
    this.#reopen(endpoint)
    const attempted = await this.#inSlot(endpoint, event, call.deadlineAt - ANSWER_MS)
    const { promise, resolve } = Promise.withResolvers<number>()
    log.record(storeId, endpointId, factOf(delivery, attempted, {}), resolve)
    await activity.passed(await promise, VISIBLE_WITHIN_MS)
    return deliveries.get(storeId, delivery.id)
  }

  /**
   * Tries a delivery again at once, and answers with what came of it. It goes through the endpoint's queue, so that it is
   * never under way twice.
   * @throws CartlyError `not_found`; `conflict` when the endpoint is disabled, a `Retry-After` lasts, or the payload is no
   *   longer kept; `timeout` when the attempt has not ended in time, and goes on.
   */
  async retry(
    { storeId, deliveryId }: RequestOf<typeof webhooks.retryDelivery>,
    call: CallContext,
  ): Promise<DeliveryView> {
    const { deliveries } = this.#options
    const before = await deliveries.find(storeId, deliveryId)
    const endpoint = this.#options.endpointOf(storeId, before.summary.endpointId)
    if (!endpoint.enabled) throw conflict('endpoint_disabled', 'The endpoint is disabled; enable it, then try again')
    this.#reopen(endpoint)
    await this.#enqueue(before, endpoint, deliveryId)
    this.#options.onAsked()
    while (Date.now() < call.deadlineAt - ANSWER_MS) {
      const now = await deliveries.find(storeId, deliveryId)
      if (now.summary.attempts > before.summary.attempts) {
        return deliveries.get(storeId, deliveryId)
      }
      await pause(LOOK_EVERY_MS)
    }
    throw new CartlyError('timeout', 'still_trying', 'The attempt has not ended yet; look at the delivery again')
  }

  /** Somebody asks for an attempt: the circuit waits no longer. What the receiver asked for is another matter. */
  #reopen(endpoint: IndexedEndpoint): void {
    const { health } = this.#options.lanes.of(endpoint.storeId, endpoint.id)
    const now = Date.now()
    const before = health.pause
    if (before.retryAfter > now) {
      const until = new Date(before.retryAfter).toISOString()
      throw conflict('retry_after', `The receiver has asked, by Retry-After, for nothing before ${until}`)
    }
    health.reopen(now)
    if (health.pause !== before) this.#options.onPause(endpoint, health.pause)
  }

  async #inSlot(endpoint: IndexedEndpoint, event: PreparedEvent, until: number): Promise<Attempted> {
    const { secrets, sender, lanes } = this.#options
    const lent = secrets.get(endpoint) ?? (await secrets.load(endpoint))
    const { lane } = lanes.of(endpoint.storeId, endpoint.id)
    if (!(await slotOf(lane, until))) {
      throw new CartlyError('unavailable', 'no_slot', 'The endpoint has as much in flight as it may; try again')
    }
    try {
      return await sender.attempt(event, endpoint, lent, 1)
    } finally {
      lane.release()
    }
  }

  async #enqueue({ row, summary }: StoredDelivery, endpoint: IndexedEndpoint, id: DeliveryId): Promise<void> {
    const event = row.store_sequence === null ? undefined : await this.#options.payloads.at(row.store_sequence)
    if (!event) throw conflict('payload_expired', 'The event is no longer kept, so it cannot be sent again')
    const delivery = { ...deliveryOf(event, endpoint), id }
    const due = backlogRow(delivery, summary.attempts + 1, 'manual', Date.now())
    await this.#options.backlog.hasten(due, isOrdered(endpoint))
  }
}

/** Waits for a slot, which is to be given back. @returns false when there was none until then, and there will be none. */
function slotOf(lane: Lane, until: number): Promise<boolean> {
  return new Promise((resolve) => {
    let waiting = true
    const end = (got: boolean): void => {
      waiting = false
      clearTimeout(timer)
      resolve(got)
    }
    const timer = setTimeout(end, until - Date.now(), false)
    lane.add({ start: () => (waiting ? end(true) : lane.release()), spill: () => end(false) })
  })
}

/** An event like those that the endpoint will get, with an id of its own. */
function exampleFor({ storeId, subscription }: IndexedEndpoint, wanted: string | undefined): PreparedEvent {
  const type = wanted ?? firstTypeOf(subscription) ?? 'order.created'
  const known = storeEventType(type)
  if (!known) {
    throw invalid('unknown_event_type', `There is no event type ${type}`, [
      { pointer: '/eventType', message: 'names no event type; GET /v1/event-types lists them' },
    ])
  }
  const now = new Date()
  const event = { ...known.example, id: `evt_test_${randomUUID()}`, time: now.toISOString() }
  return new PreparedEvent(storeId, event, Buffer.from(JSON.stringify(event)), { storedAt: now.getTime() })
}

const deliveryOf = (event: PreparedEvent, { id }: IndexedEndpoint): Delivery => ({
  id: deliveryIdOf(event, id),
  endpointId: id,
  event,
  attempt: 1,
  trigger: 'test',
  stored: true,
  mayBegin: () => true,
  safe: () => undefined,
  ended: () => undefined,
})
