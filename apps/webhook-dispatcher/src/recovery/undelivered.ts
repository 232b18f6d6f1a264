import { timeOfId, type DeliveryId, type StoreId } from '@cartly/contracts'
import type { Bus } from '@cartly/event-store'
import { statements } from '@cartly/read-model'
import { AckPolicy, DeliverPolicy, type Consumer, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import type { BacklogRow } from '../backlog/backlog-row.ts'
import { deliveryIdOf } from '../delivery/delivery.ts'
import { prepare, PreparedEvent } from '../delivery/prepared-event.ts'
import { bitOf } from '../domain/event-types.ts'
import { EventReading } from '../domain/filter.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'

/** Which events of a store to look at. */
export interface Range {
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly until: number
  /** Begins behind this event of the STORE stream. */
  readonly after: number
}

/** Part of the way: what the endpoint has not got of the events looked at. */
export interface Found {
  readonly rows: readonly BacklogRow[]
  /** The last event looked at. */
  readonly position: number
}

const BATCH = 500
/** An event so young may be on its way to the endpoint from some replica's memory. */
const SETTLED_AFTER_MS = 15_000

/**
 * What an endpoint takes of its store's events and has not got, in the stream's order: what failed, what still waits, and
 * what came while it was disabled. What may be on its way from memory just now is left out.
 */
export async function* undelivered(
  bus: Bus,
  dataSource: DataSource,
  endpoint: IndexedEndpoint,
  range: Range,
): AsyncGenerator<Found> {
  const consumer = await eventsSince(bus, endpoint.storeId, range)
  if ((await consumer.info(true)).num_pending === 0) return
  const messages = await consumer.consume({ max_messages: 2 * BATCH })
  const settled = Math.max(Date.now() - SETTLED_AFTER_MS, endpoint.enabledAt)
  try {
    for await (const { batch, last } of batches(messages, Math.min(range.until, settled))) {
      const taken = batch.flatMap((message) => rowFor(endpoint, message))
      yield { rows: await withoutDelivered(dataSource, taken), position: last }
    }
  } finally {
    messages.stop()
    consumer.delete().catch(() => undefined)
  }
}

/** A reader of our own: in memory, without acknowledgements, gone a minute after we are. */
async function eventsSince({ js, jsm }: Bus, storeId: StoreId, { since, after }: Range): Promise<Consumer> {
  const info = await jsm.consumers.add('STORE', {
    name: `recovery_${randomUUID().replaceAll('-', '')}`,
    filter_subject: `store.${storeId}.>`,
    ack_policy: AckPolicy.None,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: nanos(60_000),
    ...(after > 0
      ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1 }
      : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(since).toISOString() }),
  })
  return js.consumers.getConsumerFromInfo(info)
}

/** Groups messages, up to the newest that was there or the first stored after `until`. */
async function* batches(messages: ConsumerMessages, until: number): AsyncGenerator<{ batch: JsMsg[]; last: number }> {
  let batch: JsMsg[] = []
  let delivered = 0
  for await (const message of messages) {
    // Without acknowledgements, what was on its way when the connection broke does not come again.
    if (message.info.deliverySequence !== ++delivered) throw new Error('Events were missed while reading the stream')
    const beyond = message.time.getTime() > until
    if (!beyond) batch.push(message)
    const end = beyond || message.info.pending === 0
    if (batch.length === BATCH || (end && batch.length > 0)) {
      yield { batch, last: batch.at(-1)?.seq ?? 0 }
      batch = []
    }
    if (end) return
  }
}

function rowFor({ id, subscription, filter }: IndexedEndpoint, message: JsMsg): BacklogRow[] {
  const event = prepare({
    subject: message.subject,
    data: message.data,
    sequence: message.seq,
    storedAt: message.time.getTime(),
    header: (name) => message.headers?.get(name) || undefined,
  })
  if (!(event instanceof PreparedEvent)) return []
  if ((subscription & bitOf(event.event.type)) === 0) return []
  if (filter && !filter.passes(new EventReading(event.event))) return []
  return [
    {
      endpointId: id,
      deliveryId: deliveryIdOf(event, id),
      storeId: event.storeId,
      storeSequence: message.seq,
      messageId: event.messageId,
      eventId: event.event.id,
      eventType: event.event.type,
      entityId: event.entityId,
      attempt: 1,
      trigger: 'recovery',
      dueAt: Date.now(),
    },
  ]
}

/** The rows that were never delivered, with the number that their next attempt has. */
async function withoutDelivered(dataSource: DataSource, rows: readonly BacklogRow[]): Promise<BacklogRow[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ deliveryId }) => deliveryId)
  const times = ids.map(timeOfId)
  const tried = await statements(dataSource).query<{ id: DeliveryId; status: string; attempts: number }>(
    `SELECT id, status, attempts FROM delivery WHERE id = ANY($1) AND created_at BETWEEN $2 AND $3`,
    [ids, new Date(Math.min(...times)), new Date(Math.max(...times))],
  )
  const known = new Map(tried.map((row) => [row.id, row]))
  return rows.flatMap((row) => {
    const before = known.get(row.deliveryId)
    if (before?.status === 'succeeded') return []
    return [{ ...row, attempt: (before?.attempts ?? 0) + 1 }]
  })
}
