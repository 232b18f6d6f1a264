import { idFrom, uniqueOfId, type DeliveryId, type EndpointId } from '@cartly/contracts'
import type { BacklogRow, Trigger } from '../backlog/backlog-row.ts'
import type { PreparedEvent } from './prepared-event.ts'

/** One message on its way to one endpoint. */
export interface Delivery {
  readonly id: DeliveryId
  readonly endpointId: EndpointId
  readonly event: PreparedEvent
  /** The attempt to be made: 1 for the first. */
  readonly attempt: number
  readonly trigger: Trigger
  /** Whether it is a row of the backlog. */
  stored: boolean
  /** Whether it may still be begun here; what is not begun stays in the backlog. */
  mayBegin(): boolean
  /** Called once, when a crash can no longer lose it: its outcome is in the ACTIVITY stream, or it is in the backlog. */
  safe(): void
  /** Called once, when this process is done with it. */
  ended(): void
}

/** The same again when the event is seen again; sorts by the time at which the event was stored. */
export function deliveryIdOf({ fingerprint, storedAt }: PreparedEvent, endpointId: EndpointId): DeliveryId {
  const unique = uniqueOfId(endpointId)
  // Different for each pair, as both are random; and cheaper than hashing them together.
  for (let i = 0; i < 10; i++) unique[i] = (unique[i] as number) ^ (fingerprint[i] as number)
  return idFrom('dlv', storedAt, unique)
}

/** The delivery as a row of the backlog. */
export const backlogRow = (delivery: Delivery, attempt: number, trigger: Trigger, dueAt: number): BacklogRow => ({
  endpointId: delivery.endpointId,
  deliveryId: delivery.id,
  storeId: delivery.event.storeId,
  storeSequence: delivery.event.sequence ?? 0,
  messageId: delivery.event.messageId,
  eventId: delivery.event.event.id,
  eventType: delivery.event.event.type,
  entityId: delivery.event.entityId,
  attempt,
  trigger,
  dueAt,
})
