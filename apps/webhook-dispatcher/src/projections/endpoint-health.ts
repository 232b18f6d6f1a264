import type { AttemptRecorded, AttemptsRecorded } from '@cartly/contracts'
import type { ProjectionTx, RecordedFact } from '@cartly/event-store'
import { deleteRows, upsertRows } from '@cartly/read-model'

const columns = {
  endpoint_id: 'text',
  store_id: 'text',
  since: 'timestamptz',
  last_failure_at: 'timestamptz',
  last_error: 'text',
} as const

interface FailingRow {
  readonly endpoint_id: string
  readonly store_id: string
  readonly since: string | Date
  last_failure_at: string | Date
  last_error: string | null
}

/** Endpoints that have only failed, and since when; one that takes something is not among them. */
export const endpointHealthTables = {
  failing_endpoint: (table: string) =>
    `CREATE TABLE ${table} (
      endpoint_id text PRIMARY KEY,
      store_id text NOT NULL,
      since timestamptz NOT NULL,
      last_failure_at timestamptz NOT NULL,
      last_error text
    ) WITH (fillfactor = 70)`,
}

export async function noteHealth(
  batch: readonly RecordedFact<AttemptsRecorded>[],
  tx: ProjectionTx<'failing_endpoint'>,
): Promise<void> {
  const table = tx.table('failing_endpoint')
  const ids = [...new Set(batch.map(({ fact }) => fact.endpointId))]
  const known = await tx.query<FailingRow>(`SELECT * FROM ${table} WHERE endpoint_id = ANY($1)`, [ids])
  const failing = new Map<string, FailingRow>(known.map((row) => [row.endpoint_id, row]))
  for (const { fact } of batch) for (const attempt of fact.attempts) note(failing, fact, attempt)
  await upsertRows(tx, table, columns, [...failing.values()], { key: ['endpoint_id'] })
  const recovered = known.filter(({ endpoint_id }) => !failing.has(endpoint_id))
  await deleteRows(
    tx,
    table,
    { endpoint_id: 'text' },
    recovered.map(({ endpoint_id }) => ({ endpoint_id })),
  )
}

function note(
  failing: Map<string, FailingRow>,
  { endpointId, storeId }: AttemptsRecorded,
  { outcome, at, error }: AttemptRecorded,
): void {
  if (outcome === 'succeeded') {
    failing.delete(endpointId)
    return
  }
  const row = failing.get(endpointId) ?? { endpoint_id: endpointId, store_id: storeId, since: at }
  failing.set(endpointId, { ...row, last_failure_at: at, last_error: error?.message ?? null })
}
