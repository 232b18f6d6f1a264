import type { EndpointId } from '@cartly/contracts'
import { deleteRows, insertRows, statements, toJson, transaction, upsertRows, type Tx } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import { columns, recordOf, rowOf, type BacklogRow, type StoredRow } from './backlog-row.ts'

/** A delivery that need not be made any more. */
export type BacklogKey = Pick<BacklogRow, 'endpointId' | 'deliveryId' | 'entityId'>

/** What became of deliveries, to be written together. */
export interface BacklogChange {
  /** Rows that are new, or have another attempt or time. */
  readonly put: readonly BacklogRow[]
  readonly removed: readonly BacklogKey[]
  /** Endpoints among them that take events in order. */
  readonly ordered: ReadonlySet<EndpointId>
}

/** A queue that this process works on. */
export interface Claimed {
  readonly endpointId: EndpointId
}

/** The tables of what has yet to be sent. Times are milliseconds since the epoch. */
export class Backlog {
  readonly #dataSource: DataSource
  readonly #holder: string

  /** @param holder unique among the processes that share the tables. */
  constructor(dataSource: DataSource, holder: string) {
    this.#dataSource = dataSource
    this.#holder = holder
  }

  get #sql(): Tx {
    return statements(this.#dataSource)
  }

  /** Writes changes in one transaction: kept together or not at all. */
  async write(change: BacklogChange): Promise<void> {
    await transaction(this.#dataSource, (tx) => writeChange(tx, change))
  }

  /** Adds rows that are not there yet. */
  async addMissing(rows: readonly BacklogRow[], ordered: ReadonlySet<EndpointId>): Promise<void> {
    await transaction(this.#dataSource, (tx) => addMissing(tx, rows, ordered))
  }

  /** Makes a delivery due now: see `hastenAll`. */
  async hasten(row: BacklogRow, ordered: boolean): Promise<void> {
    const among = new Set(ordered ? [row.endpointId] : [])
    await transaction(this.#dataSource, (tx) => hastenAll(tx, [row], among))
  }

  /** Makes an endpoint's queue due at once. */
  async wake(endpointId: EndpointId): Promise<void> {
    await this.#sql.query('UPDATE endpoint_queue SET due_at = now() WHERE endpoint_id = $1', [endpointId])
  }

  /** Claims queues that have something due and no holder, up to `limit`, for `leaseMs`. */
  async claim(limit: number, leaseMs: number): Promise<EndpointId[]> {
    const rows = await this.#sql.query<{ endpoint_id: EndpointId }>(
      `UPDATE endpoint_queue AS q SET holder = $1, leased_until = now() + $2 * interval '1 millisecond'
       FROM (
         SELECT endpoint_id FROM endpoint_queue WHERE greatest(due_at, leased_until) <= now()
         ORDER BY greatest(due_at, leased_until) LIMIT $3 FOR UPDATE SKIP LOCKED
       ) AS free
       WHERE q.endpoint_id = free.endpoint_id RETURNING q.endpoint_id`,
      [this.#holder, leaseMs, limit],
    )
    return rows.map(({ endpoint_id }) => endpoint_id)
  }

  /** Lengthens the leases. @returns the queues that are still this process's. */
  async renew(leases: readonly { endpointId: EndpointId; leaseMs: number }[]): Promise<Set<EndpointId>> {
    const rows = await this.#sql.query<{ endpoint_id: EndpointId }>(
      `UPDATE endpoint_queue AS q SET leased_until = now() + r.lease_ms * interval '1 millisecond'
       FROM jsonb_to_recordset($2::jsonb) AS r(endpoint_id text, lease_ms integer)
       WHERE q.endpoint_id = r.endpoint_id AND q.holder = $1 AND q.leased_until > now() RETURNING q.endpoint_id`,
      [this.#holder, toJson(leases.map(({ endpointId, leaseMs }) => ({ endpoint_id: endpointId, lease_ms: leaseMs })))],
    )
    return new Set(rows.map(({ endpoint_id }) => endpoint_id))
  }

  /**
   * Gives queues back, to be looked at again when their next row is due, or at `notBefore` when that is later.
   * @returns when that is, by queue; Infinity when there is no row.
   */
  async release(queues: readonly { endpointId: EndpointId; notBefore: number }[]): Promise<Map<EndpointId, number>> {
    return transaction(this.#dataSource, async (tx) => {
      const ids = queues.map(({ endpointId }) => endpointId)
      // Whoever adds a row locks its queue first: what is due next is read when nobody can be adding.
      await tx.query('SELECT FROM endpoint_queue WHERE endpoint_id = ANY($1) ORDER BY endpoint_id FOR UPDATE', [ids])
      const rows = await tx.query<{ endpoint_id: EndpointId; due: number | null }>(
        `UPDATE endpoint_queue AS q SET holder = NULL, leased_until = '-infinity',
           due_at = greatest(coalesce(
             (SELECT min(due_at) FROM backlog AS b WHERE b.endpoint_id = q.endpoint_id AND b.head), 'infinity'
           ), r.not_before)
         FROM jsonb_to_recordset($2::jsonb) AS r(endpoint_id text, not_before timestamptz)
         WHERE q.endpoint_id = r.endpoint_id AND q.holder = $1
         RETURNING q.endpoint_id, CASE WHEN isfinite(q.due_at) THEN extract(epoch FROM q.due_at)::float8 * 1000 END AS due`,
        [
          this.#holder,
          toJson(
            queues.map(({ endpointId, notBefore }) => ({
              endpoint_id: endpointId,
              not_before: new Date(notBefore).toISOString(),
            })),
          ),
        ],
      )
      return new Map(rows.map(({ endpoint_id, due }) => [endpoint_id, due ?? Infinity]))
    })
  }

  /** For each endpoint, the rows that are due and not among `atHand`, the longest due first, up to `limit` each. */
  async due(
    wanted: readonly { endpointId: EndpointId; limit: number; atHand: readonly string[] }[],
  ): Promise<BacklogRow[]> {
    const rows = await this.#sql.query<StoredRow>(
      `SELECT b.* FROM jsonb_to_recordset($1::jsonb) AS w(endpoint_id text, take integer, at_hand jsonb)
       CROSS JOIN LATERAL (
         SELECT * FROM backlog AS b
         WHERE b.endpoint_id = w.endpoint_id AND b.head AND b.due_at <= now() AND NOT w.at_hand ? b.delivery_id
         ORDER BY b.due_at, b.delivery_id LIMIT w.take
       ) AS b`,
      [
        toJson(
          wanted.map(({ endpointId, limit, atHand }) => ({ endpoint_id: endpointId, take: limit, at_hand: atHand })),
        ),
      ],
    )
    return rows.map(rowOf)
  }

  /** For how many seconds the queue that has been due longest has been so; 0 when none is due. */
  async overdueSeconds(): Promise<number> {
    const [row] = await this.#sql.query<{ overdue: number }>(
      `SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS overdue FROM endpoint_queue
       WHERE due_at <= now()`,
    )
    return row?.overdue ?? 0
  }

  /** How many rows an endpoint has, and since when the oldest waits: its event's time is in its id. */
  async size(endpointId: EndpointId): Promise<{ size: number; oldest: BacklogKey['deliveryId'] | null }> {
    const [row] = await this.#sql.query<{ size: number; oldest: BacklogKey['deliveryId'] | null }>(
      'SELECT count(*)::integer AS size, min(delivery_id) AS oldest FROM backlog WHERE endpoint_id = $1',
      [endpointId],
    )
    return row ?? { size: 0, oldest: null }
  }

  /** Order is no longer asked for: everything that waits may be sent. */
  async forgetOrder(endpointId: EndpointId): Promise<void> {
    await this.#sql.query('UPDATE backlog SET head = true WHERE endpoint_id = $1 AND NOT head', [endpointId])
    await this.wake(endpointId)
  }

  /** Forgets an endpoint that has been deleted. */
  async drop(endpointId: EndpointId): Promise<void> {
    await transaction(this.#dataSource, async (tx) => {
      await tx.query('DELETE FROM endpoint_queue WHERE endpoint_id = $1', [endpointId])
      await tx.query('DELETE FROM backlog WHERE endpoint_id = $1', [endpointId])
    })
  }
}

/** As `Backlog.write`, in a transaction that does more. */
export async function writeChange(tx: Tx, { put, removed, ordered }: BacklogChange): Promise<void> {
  await touchQueues(
    tx,
    put,
    removed.filter(({ endpointId }) => ordered.has(endpointId)),
  )
  await upsertRows(tx, 'backlog', columns, put.map(recordOf), { key: ['endpoint_id', 'delivery_id'] })
  const keys = removed.map(({ endpointId, deliveryId }) => ({ endpoint_id: endpointId, delivery_id: deliveryId }))
  await deleteRows(tx, 'backlog', { endpoint_id: 'text', delivery_id: 'text' }, keys)
  await appointHeads(
    tx,
    [...put, ...removed].filter(({ endpointId }) => ordered.has(endpointId)),
  )
}

/** Adds the rows that are not there; those that are stay as they are. */
export async function addMissing(tx: Tx, rows: readonly BacklogRow[], ordered: ReadonlySet<EndpointId>): Promise<void> {
  await touchQueues(tx, rows, [])
  await insertRows(tx, 'backlog', columns, rows.map(recordOf), { ignoreExisting: true })
  await appointHeads(
    tx,
    rows.filter(({ endpointId }) => ordered.has(endpointId)),
  )
}

/**
 * Makes deliveries due now, whether they are in the backlog or not; except where the first attempt is still under way
 * elsewhere, which is what a first attempt with a time to come means.
 */
export async function hastenAll(tx: Tx, rows: readonly BacklogRow[], ordered: ReadonlySet<EndpointId>): Promise<void> {
  await addMissing(tx, rows, ordered)
  await tx.query(
    `UPDATE backlog AS b SET due_at = now(), trigger = r.trigger
     FROM jsonb_to_recordset($1::jsonb) AS r(endpoint_id text, delivery_id text, trigger text)
     WHERE b.endpoint_id = r.endpoint_id AND b.delivery_id = r.delivery_id AND b.due_at > now() AND b.attempt > 1`,
    [toJson(rows.map(recordOf))],
  )
}

/** Locks the queues, always in one order, and makes them due no later than their new rows. */
async function touchQueues(tx: Tx, put: readonly BacklogRow[], locked: readonly BacklogKey[]): Promise<void> {
  const due = new Map<string, number>(locked.map(({ endpointId }) => [endpointId, Infinity]))
  for (const { endpointId, dueAt } of put) due.set(endpointId, Math.min(due.get(endpointId) ?? Infinity, dueAt))
  if (due.size === 0) return
  const rows = [...due].map(([endpoint_id, at]) => ({
    endpoint_id,
    due_at: at === Infinity ? 'infinity' : new Date(at).toISOString(),
  }))
  await tx.query(
    `INSERT INTO endpoint_queue AS q (endpoint_id, due_at)
     SELECT endpoint_id, due_at FROM jsonb_to_recordset($1::jsonb) AS r(endpoint_id text, due_at timestamptz)
     ORDER BY endpoint_id
     ON CONFLICT (endpoint_id) DO UPDATE SET due_at = least(q.due_at, excluded.due_at)`,
    [toJson(rows)],
  )
}

/**
 * Of each of these entities, the first event is the one that may be sent, and no other. New rows count as heads until
 * then, so it is among the heads, or it is the first of those that wait.
 */
async function appointHeads(tx: Tx, touched: readonly BacklogKey[]): Promise<void> {
  if (touched.length === 0) return
  const entities = touched.map(({ endpointId, entityId }) => ({ endpoint_id: endpointId, entity_id: entityId }))
  await tx.query(
    `WITH entity AS (
       SELECT DISTINCT endpoint_id, entity_id FROM jsonb_to_recordset($1::jsonb) AS t(endpoint_id text, entity_id text)
     ), candidate AS (
       SELECT b.endpoint_id, b.entity_id, b.delivery_id, b.store_sequence
       FROM entity JOIN backlog AS b USING (endpoint_id, entity_id) WHERE b.head
       UNION ALL
       SELECT e.endpoint_id, e.entity_id, next.delivery_id, next.store_sequence
       FROM entity AS e CROSS JOIN LATERAL (
         SELECT b.delivery_id, b.store_sequence FROM backlog AS b
         WHERE b.endpoint_id = e.endpoint_id AND b.entity_id = e.entity_id AND NOT b.head
         ORDER BY b.store_sequence LIMIT 1
       ) AS next
     ), appointed AS (
       SELECT endpoint_id, delivery_id,
         store_sequence = min(store_sequence) OVER (PARTITION BY endpoint_id, entity_id) AS head
       FROM candidate
     )
     UPDATE backlog AS b SET head = a.head FROM appointed AS a
     WHERE b.endpoint_id = a.endpoint_id AND b.delivery_id = a.delivery_id AND b.head <> a.head`,
    [toJson(entities)],
  )
}
