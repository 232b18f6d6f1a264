import type { AttemptRecorded, AttemptsRecorded } from '@cartly/contracts'
import type { ProjectionTx, RecordedFact } from '@cartly/event-store'
import { upsertRows } from '@cartly/read-model'

const columns = {
  endpoint_id: 'text',
  store_id: 'text',
  failing_since: 'timestamptz',
  last_success_at: 'timestamptz',
  last_failure_at: 'timestamptz',
  last_error: 'text',
} as const

/** How an endpoint has been doing: since when everything fails, null while something succeeds. */
interface HealthRow {
  readonly endpoint_id: string
  readonly store_id: string
  failing_since: string | Date | null
  last_success_at: string | Date | null
  last_failure_at: string | Date | null
  last_error: string | null
}

/** Since when an endpoint has only failed. */
export const endpointHealthTables = {
  endpoint_health: (table: string) => [
    `CREATE TABLE ${table} (
      endpoint_id text PRIMARY KEY,
      store_id text NOT NULL,
      failing_since timestamptz,
      last_success_at timestamptz,
      last_failure_at timestamptz,
      last_error text
    ) WITH (fillfactor = 70)`,
    `CREATE INDEX ON ${table} (failing_since) WHERE failing_since IS NOT NULL`,
  ],
}

export async function noteHealth(
  batch: readonly RecordedFact<AttemptsRecorded>[],
  tx: ProjectionTx<'endpoint_health'>,
): Promise<void> {
  const table = tx.table('endpoint_health')
  const ids = [...new Set(batch.map(({ fact }) => fact.endpointId))]
  const known = await tx.query<HealthRow>(`SELECT * FROM ${table} WHERE endpoint_id = ANY($1)`, [ids])
  const rows = new Map(known.map((row) => [row.endpoint_id, row]))
  for (const { fact } of batch) {
    let row = rows.get(fact.endpointId)
    if (!row) {
      row = {
        endpoint_id: fact.endpointId,
        store_id: fact.storeId,
        failing_since: null,
        last_success_at: null,
        last_failure_at: null,
        last_error: null,
      }
      rows.set(fact.endpointId, row)
    }
    for (const attempt of fact.attempts) note(row, attempt)
  }
  await upsertRows(tx, table, columns, [...rows.values()], { key: ['endpoint_id'] })
}

function note(row: HealthRow, { outcome, at, error }: AttemptRecorded): void {
  if (outcome === 'succeeded') {
    row.failing_since = null
    row.last_success_at = at
    row.last_error = null
  } else {
    row.failing_since ??= at
    row.last_failure_at = at
    row.last_error = error?.message ?? null
  }
}
