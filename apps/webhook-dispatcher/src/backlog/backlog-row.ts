import type { AttemptRecorded, DeliveryId, EndpointId, MessageId, StoreId } from '@cartly/contracts'

export type Trigger = AttemptRecorded['trigger']

/** A delivery that has yet to be made, and where its payload is. */
export interface BacklogRow {
  readonly endpointId: EndpointId
  readonly deliveryId: DeliveryId
  readonly storeId: StoreId
  readonly storeSequence: number
  readonly messageId: MessageId
  readonly eventId: string
  readonly eventType: string
  readonly entityId: string
  /** The attempt to be made: 1 for the first. */
  readonly attempt: number
  readonly trigger: Trigger
  /** When, in milliseconds since the epoch. */
  readonly dueAt: number
}

/** A row as Postgres has it. */
export interface StoredRow {
  endpoint_id: EndpointId
  delivery_id: DeliveryId
  store_id: StoreId
  store_sequence: number
  message_id: MessageId
  event_id: string
  event_type: string
  entity_id: string
  attempt: number
  trigger: Trigger
  due_at: Date
}

export const rowOf = (stored: StoredRow): BacklogRow => ({
  endpointId: stored.endpoint_id,
  deliveryId: stored.delivery_id,
  storeId: stored.store_id,
  storeSequence: stored.store_sequence,
  messageId: stored.message_id,
  eventId: stored.event_id,
  eventType: stored.event_type,
  entityId: stored.entity_id,
  attempt: stored.attempt,
  trigger: stored.trigger,
  dueAt: stored.due_at.getTime(),
})

export const columns = {
  endpoint_id: 'text',
  delivery_id: 'text',
  store_id: 'text',
  store_sequence: 'bigint',
  message_id: 'text',
  event_id: 'text',
  event_type: 'text',
  entity_id: 'text',
  attempt: 'integer',
  trigger: 'text',
  due_at: 'timestamptz',
} as const

export const recordOf = (row: BacklogRow) => ({
  endpoint_id: row.endpointId,
  delivery_id: row.deliveryId,
  store_id: row.storeId,
  store_sequence: row.storeSequence,
  message_id: row.messageId,
  event_id: row.eventId,
  event_type: row.eventType,
  entity_id: row.entityId,
  attempt: row.attempt,
  trigger: row.trigger,
  due_at: new Date(row.dueAt).toISOString(),
})
