import type { AttemptRecorded, AttemptsRecorded } from '@cartly/contracts'
import type { ProjectionTx, RecordedFact } from '@cartly/event-store'
import { record, upsertRows, type Sketch } from '@cartly/read-model'

/** Seconds that a row covers. Minutes are kept for the last hours, hours for as long as attempts are. */
export const resolutions = { minute: 60, hour: 3_600 } as const
export type Resolution = (typeof resolutions)[keyof typeof resolutions]

interface StatsRow {
  readonly endpoint_id: string
  readonly resolution: Resolution
  /** Beginning of what it covers, in seconds since the epoch. */
  readonly at: number
  total: number
  failed: number
  readonly latency: Sketch
}

const columns = {
  endpoint_id: 'text',
  resolution: 'integer',
  at: 'bigint',
  total: 'integer',
  failed: 'integer',
  latency: 'jsonb',
} as const

/** Attempts of each endpoint by minute and hour, with their durations. */
export const attemptStatsTables = {
  attempt_stats: (table: string) => [
    `CREATE TABLE ${table} (
      endpoint_id text NOT NULL,
      resolution integer NOT NULL,
      at bigint NOT NULL,
      total integer NOT NULL,
      failed integer NOT NULL,
      latency jsonb NOT NULL,
      PRIMARY KEY (endpoint_id, resolution, at)
    ) WITH (fillfactor = 70)`,
    `CREATE INDEX ON ${table} (resolution, at)`,
  ],
}

const keyOf = (endpointId: string, resolution: number, at: number): string => `${endpointId} ${resolution} ${at}`

export async function countAttempts(
  batch: readonly RecordedFact<AttemptsRecorded>[],
  tx: ProjectionTx<'attempt_stats'>,
): Promise<void> {
  const rows = new Map<string, StatsRow>()
  for (const { fact } of batch) {
    for (const attempt of fact.attempts) {
      const seconds = Math.floor(Date.parse(attempt.at) / 1_000)
      for (const resolution of Object.values(resolutions)) {
        const at = seconds - (seconds % resolution)
        const key = keyOf(fact.endpointId, resolution, at)
        let row = rows.get(key)
        if (!row) {
          rows.set(key, (row = { endpoint_id: fact.endpointId, resolution, at, total: 0, failed: 0, latency: {} }))
        }
        count(row, attempt)
      }
    }
  }
  const table = tx.table('attempt_stats')
  const known = await tx.query<StatsRow>(
    `SELECT s.* FROM jsonb_to_recordset($1::jsonb) AS r(endpoint_id text, resolution integer, at bigint)
     JOIN ${table} AS s USING (endpoint_id, resolution, at)`,
    [JSON.stringify([...rows.values()].map(({ endpoint_id, resolution, at }) => ({ endpoint_id, resolution, at })))],
  )
  for (const before of known) {
    const row = rows.get(keyOf(before.endpoint_id, before.resolution, before.at)) as StatsRow
    row.total += before.total
    row.failed += before.failed
    for (const [bucket, number] of Object.entries(before.latency))
      row.latency[bucket] = (row.latency[bucket] ?? 0) + number
  }
  await upsertRows(tx, table, columns, [...rows.values()], { key: ['endpoint_id', 'resolution', 'at'] })
}

function count(row: StatsRow, { outcome, timings }: AttemptRecorded): void {
  row.total++
  if (outcome === 'failed') row.failed++
  record(row.latency, timings.total)
}
