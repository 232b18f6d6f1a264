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
import { backlogRow, deliveryIdOf, type Delivery } from '../delivery/delivery.ts'
import { PreparedEvent } from '../delivery/prepared-event.ts'
import type { Sender } from '../delivery/sender.ts'
import { firstTypeOf } from '../domain/event-types.ts'
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
  /** Something is due now in this endpoint's queue, whatever its circuit says. */
  readonly onAsked: (id: IndexedEndpoint['id']) => void
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

  /** Sends the example of an event type, past all queues; the endpoint may be disabled. */
  async test({ storeId, endpointId, eventType }: RequestOf<typeof webhooks.test>): Promise<DeliveryView> {
    const { secrets, sender, log, activity, deliveries } = this.#options
    const endpoint = this.#options.endpointOf(storeId, endpointId)
    const event = exampleFor(endpoint, eventType)
    const delivery = deliveryOf(event, endpoint)
    const lent = secrets.get(endpoint) ?? (await secrets.load(endpoint))
    const attempted = await sender.attempt(event, endpoint, lent, 1)
    const { promise, resolve } = Promise.withResolvers<number>()
    log.record(storeId, endpointId, factOf(delivery, attempted, {}), resolve)
    await activity.passed(await promise, VISIBLE_WITHIN_MS)
    return deliveries.get(storeId, delivery.id)
  }

  /**
   * Tries a delivery again at once, and answers with what came of it. It goes through the endpoint's queue, so that it is
   * never under way twice.
   * @throws CartlyError `not_found`; `conflict` when the endpoint is disabled or the payload is no longer kept; `timeout`
   *   when the attempt has not ended in time, and goes on.
   */
  async retry(
    { storeId, deliveryId }: RequestOf<typeof webhooks.retryDelivery>,
    call: CallContext,
  ): Promise<DeliveryView> {
    const { deliveries } = this.#options
    const before = await deliveries.find(storeId, deliveryId)
    const endpoint = this.#options.endpointOf(storeId, before.summary.endpointId)
    if (!endpoint.enabled) throw conflict('endpoint_disabled', 'The endpoint is disabled; enable it, then try again')
    await this.#enqueue(before, endpoint, deliveryId)
    this.#options.onAsked(endpoint.id)
    while (Date.now() < call.deadlineAt - ANSWER_MS) {
      const now = await deliveries.find(storeId, deliveryId)
      if (now.summary.attempts > before.summary.attempts) {
        return deliveries.get(storeId, deliveryId)
      }
      await pause(LOOK_EVERY_MS)
    }
    throw new CartlyError('timeout', 'still_trying', 'The attempt has not ended yet; look at the delivery again')
  }

  async #enqueue({ row, summary }: StoredDelivery, endpoint: IndexedEndpoint, id: DeliveryId): Promise<void> {
    const event = row.store_sequence === null ? undefined : await this.#options.payloads.at(row.store_sequence)
    if (!event) throw conflict('payload_expired', 'The event is no longer kept, so it cannot be sent again')
    const delivery = { ...deliveryOf(event, endpoint), id }
    const due = backlogRow(delivery, summary.attempts + 1, 'manual', Date.now())
    await this.#options.backlog.hasten(due, isOrdered(endpoint))
  }
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
