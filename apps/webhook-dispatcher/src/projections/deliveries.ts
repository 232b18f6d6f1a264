import {
  timeOfId,
  type AttemptRecorded,
  type AttemptsRecorded,
  type DeliveryId,
  type EndpointId,
} from '@cartly/contracts'
import type { ProjectionTx, RecordedFact } from '@cartly/event-store'
import { upsertRows } from '@cartly/read-model'
import { DAY_MS, ensurePartitions } from './partitions.ts'

/** A delivery as the attempts so far leave it. */
interface DeliveryRow {
  id: DeliveryId
  created_at: string
  store_id: string
  endpoint_id: EndpointId
  message_id: string
  event_id: string
  event_type: string
  entity_id: string
  store_sequence: number | null
  status: 'succeeded' | 'failed' | 'retrying' | 'parked'
  attempts: number
  last_attempt_at: string
  next_attempt_at: string | null
  last_status: number | null
  error: { code: string; message: string } | null
  /** Where its attempts are: sequences of the ACTIVITY stream, which keeps headers and bodies once, for all. */
  log: number[]
}

/**
 * One row for each delivery, in a partition for each day. It says how the delivery stands and where in the ACTIVITY
 * stream its attempts are; what was sent and answered is kept there alone.
 */
export const deliveryTables = {
  delivery: (table: string) => [
    `CREATE TABLE ${table} (
      id text NOT NULL,
      created_at timestamptz NOT NULL,
      store_id text NOT NULL,
      endpoint_id text NOT NULL,
      message_id text NOT NULL,
      event_id text NOT NULL,
      event_type text NOT NULL,
      entity_id text NOT NULL,
      store_sequence bigint,
      status text NOT NULL,
      attempts integer NOT NULL,
      last_attempt_at timestamptz NOT NULL,
      next_attempt_at timestamptz,
      last_status integer,
      error jsonb,
      log bigint[] NOT NULL,
      PRIMARY KEY (id, created_at)
    ) PARTITION BY RANGE (created_at)`,
    `CREATE INDEX ON ${table} (endpoint_id, id)`,
    `CREATE INDEX ON ${table} (endpoint_id, id) WHERE status <> 'succeeded'`,
  ],
}

const columns = {
  id: 'text',
  created_at: 'timestamptz',
  store_id: 'text',
  endpoint_id: 'text',
  message_id: 'text',
  event_id: 'text',
  event_type: 'text',
  entity_id: 'text',
  store_sequence: 'bigint',
  status: 'text',
  attempts: 'integer',
  last_attempt_at: 'timestamptz',
  next_attempt_at: 'timestamptz',
  last_status: 'integer',
  error: 'jsonb',
  log: 'bigint[]',
} as const

/** What further attempts make of a delivery that is there. What was delivered once stays delivered. */
const furtherAttempts = {
  status: `CASE existing.status WHEN 'succeeded' THEN 'succeeded' ELSE excluded.status END`,
  attempts: 'existing.attempts + excluded.attempts',
  log: 'existing.log || excluded.log',
} as const

export async function writeDeliveries(
  batch: readonly RecordedFact<AttemptsRecorded>[],
  tx: ProjectionTx<'delivery'>,
): Promise<void> {
  const rows = new Map<DeliveryId, DeliveryRow>()
  const days = new Set<number>()
  for (const { sequence, fact } of batch) {
    for (const attempt of fact.attempts) {
      const known = rows.get(attempt.deliveryId)
      if (known) again(known, attempt, sequence)
      else {
        const createdAt = timeOfId(attempt.deliveryId)
        days.add(Math.floor(createdAt / DAY_MS))
        rows.set(attempt.deliveryId, rowOf(fact, attempt, createdAt, sequence))
      }
    }
  }
  const table = tx.table('delivery')
  await ensurePartitions(tx, table, days)
  await upsertRows(tx, table, columns, [...rows.values()], { key: ['id', 'created_at'], set: furtherAttempts })
}

function rowOf(fact: AttemptsRecorded, attempt: AttemptRecorded, createdAt: number, sequence: number): DeliveryRow {
  return {
    id: attempt.deliveryId,
    created_at: new Date(createdAt).toISOString(),
    store_id: fact.storeId,
    endpoint_id: fact.endpointId,
    message_id: attempt.messageId,
    event_id: attempt.eventId,
    event_type: attempt.eventType,
    entity_id: attempt.entityId,
    store_sequence: attempt.storeSequence ?? null,
    status: statusOf(attempt),
    attempts: 1,
    ...lastOf(attempt),
    log: [sequence],
  }
}

/** A further attempt of a delivery that the batch has seen. What was delivered once stays delivered. */
function again(row: DeliveryRow, attempt: AttemptRecorded, sequence: number): void {
  if (row.status !== 'succeeded') row.status = statusOf(attempt)
  row.attempts++
  if (row.log.at(-1) !== sequence) row.log.push(sequence)
  Object.assign(row, lastOf(attempt))
}

const statusOf = ({ outcome, nextAttemptAt, parked }: AttemptRecorded): DeliveryRow['status'] =>
  outcome === 'succeeded' ? 'succeeded' : nextAttemptAt !== undefined ? 'retrying' : parked ? 'parked' : 'failed'

const lastOf = (attempt: AttemptRecorded) => ({
  last_attempt_at: attempt.at,
  next_attempt_at: attempt.nextAttemptAt ?? null,
  last_status: attempt.status ?? null,
  error: attempt.error ?? null,
})
