import type { AttemptRecorded, AttemptsRecorded } from '@cartly/contracts'
import type { ProjectionTx, RecordedFact } from '@cartly/event-store'
import { Sketch, upsertRows, type Tx } from '@cartly/read-model'

/** Seconds that a row covers. Attempts are counted by the minute; hours that have ended are rolled up. */
export const resolutions = { minute: 60, hour: 3_600 } as const

interface StatsRow {
  readonly endpoint_id: string
  readonly resolution: number
  /** Beginning of what it covers, in seconds since the epoch. */
  readonly at: number
  total: number
  failed: number
  readonly latency: Sketch
}

/** As Postgres has it. */
type StoredRow = Omit<StatsRow, 'latency'> & { readonly latency: Uint8Array }

const rowOf = (stored: StoredRow): StatsRow => ({ ...stored, latency: Sketch.of(stored.latency) })

const columns = {
  endpoint_id: 'text',
  resolution: 'integer',
  at: 'bigint',
  total: 'integer',
  failed: 'integer',
  latency: 'bytea',
} as const

/** Attempts of each endpoint, with their durations. Rows of both resolutions never cover the same attempt. */
export const attemptStatsTables = {
  attempt_stats: (table: string) => [
    `CREATE TABLE ${table} (
      endpoint_id text NOT NULL,
      resolution integer NOT NULL,
      at bigint NOT NULL,
      total integer NOT NULL,
      failed integer NOT NULL,
      latency bytea NOT NULL,
      PRIMARY KEY (endpoint_id, resolution, at)
    ) WITH (fillfactor = 70)`,
    `CREATE INDEX ON ${table} (resolution, at)`,
  ],
}

export async function countAttempts(
  batch: readonly RecordedFact<AttemptsRecorded>[],
  tx: ProjectionTx<'attempt_stats'>,
): Promise<void> {
  const counts = new Counts(resolutions.minute)
  for (const { fact } of batch) {
    for (const attempt of fact.attempts) count(counts.of(fact.endpointId, Date.parse(attempt.at) / 1_000), attempt)
  }
  await addTo(tx, tx.table('attempt_stats'), counts)
}

/** Turns the minutes of an hour that has ended (its beginning, in seconds since the epoch) into one row an endpoint. */
export async function rollUp(tx: Tx, table: string, hour: number): Promise<void> {
  const minutes = await tx.query<StoredRow>(
    `DELETE FROM ${table} WHERE resolution = $1 AND at >= $2 AND at < $3 RETURNING *`,
    [resolutions.minute, hour, hour + resolutions.hour],
  )
  const counts = new Counts(resolutions.hour)
  for (const minute of minutes) add(counts.of(minute.endpoint_id, minute.at), rowOf(minute))
  await addTo(tx, table, counts)
}

/** Rows in the making, by endpoint and time. */
class Counts {
  readonly resolution: number
  readonly #rows = new Map<string, StatsRow>()

  constructor(resolution: number) {
    this.resolution = resolution
  }

  get rows(): StatsRow[] {
    return [...this.#rows.values()]
  }

  /** The row that covers the time, in seconds since the epoch. */
  of(endpointId: string, seconds: number): StatsRow {
    const at = Math.floor(seconds / this.resolution) * this.resolution
    const key = `${at} ${endpointId}`
    let row = this.#rows.get(key)
    if (!row) {
      row = { endpoint_id: endpointId, resolution: this.resolution, at, total: 0, failed: 0, latency: new Sketch() }
      this.#rows.set(key, row)
    }
    return row
  }
}

/** Adds what was counted to what the table has. */
async function addTo(tx: Tx, table: string, counts: Counts): Promise<void> {
  const keys = counts.rows.map(({ endpoint_id, resolution, at }) => ({ endpoint_id, resolution, at }))
  const known = await tx.query<StoredRow>(
    `SELECT s.* FROM unnest($1::text[], $2::integer[], $3::bigint[]) AS r(endpoint_id, resolution, at)
     JOIN ${table} AS s USING (endpoint_id, resolution, at)`,
    [keys.map((key) => key.endpoint_id), keys.map((key) => key.resolution), keys.map(({ at }) => at)],
  )
  for (const row of known) add(counts.of(row.endpoint_id, row.at), rowOf(row))
  const rows = counts.rows.map((row) => ({ ...row, latency: row.latency.bytes }))
  await upsertRows(tx, table, columns, rows, { key: ['endpoint_id', 'resolution', 'at'] })
}

function add(into: StatsRow, { total, failed, latency }: StatsRow): void {
  into.total += total
  into.failed += failed
  into.latency.merge(latency)
}

function count(row: StatsRow, { outcome, timings }: AttemptRecorded): void {
  row.total++
  if (outcome === 'failed') row.failed++
  row.latency.record(timings.total)
}
