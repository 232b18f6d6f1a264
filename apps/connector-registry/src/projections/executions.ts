import { ExecutionRecorded } from '@cartly/contracts'
import { defineProjection, factsOf } from '@cartly/event-store'
import { insertRows, Sketch, upsertRows, type Tx } from '@cartly/read-model'

const executionColumns = {
  id: 'text',
  store_id: 'text',
  connector_id: 'text',
  hook: 'text',
  trigger: 'text',
  status: 'text',
  source: 'text',
  error_class: 'text',
  error: 'jsonb',
  started_at: 'timestamptz',
  duration_ms: 'double precision',
  event_id: 'text',
  recorded: 'jsonb',
} as const

const periodColumns = {
  connector_id: 'text',
  at: 'timestamptz',
  hook: 'text',
  source: 'text',
  error_class: 'text',
  total: 'integer',
  failed: 'integer',
  latency: 'bytea',
} as const

interface PeriodRow {
  connector_id: string
  /** When the period begins. */
  at: string
  hook: string
  source: string
  /** Empty for a success. */
  error_class: string
  total: number
  failed: number
  latency: Sketch
}

const periodTable = (table: string): string =>
  `CREATE TABLE ${table} (
    connector_id text NOT NULL,
    at timestamptz NOT NULL,
    hook text NOT NULL,
    source text NOT NULL,
    error_class text NOT NULL,
    total integer NOT NULL,
    failed integer NOT NULL,
    latency bytea NOT NULL,
    PRIMARY KEY (connector_id, at, hook, source, error_class)
  )`

/** Every execution with all that is known of it, and counts by minute and by hour, without tests of connections. */
export const executionsProjection = defineProjection({
  name: 'executions',
  version: 2,
  source: factsOf('ACTIVITY', ['act.hook.>'], ExecutionRecorded),
  tables: {
    execution: (table) => [
      `CREATE TABLE ${table} (
        id text PRIMARY KEY,
        store_id text NOT NULL,
        connector_id text NOT NULL,
        hook text NOT NULL,
        trigger text NOT NULL,
        status text NOT NULL,
        source text NOT NULL,
        error_class text,
        error jsonb,
        started_at timestamptz NOT NULL,
        duration_ms double precision NOT NULL,
        event_id text,
        recorded jsonb NOT NULL
      )`,
      `CREATE INDEX ON ${table} (connector_id, id DESC)`,
      `CREATE INDEX ON ${table} (store_id, id DESC)`,
      `CREATE INDEX ON ${table} (started_at)`,
    ],
    execution_minute: periodTable,
    execution_hour: periodTable,
  },
  async apply(batch, tx) {
    const facts = new Map(batch.map(({ fact }) => [fact.executionId, fact]))
    // The log may hold a fact twice, when its acknowledgement was lost: it counts once.
    const seen = await tx.query<{ id: string }>(`SELECT id FROM ${tx.table('execution')} WHERE id = ANY($1)`, [
      [...facts.keys()],
    ])
    for (const { id } of seen) facts.delete(id as ExecutionRecorded['executionId'])
    const fresh = [...facts.values()]
    await insertRows(tx, tx.table('execution'), executionColumns, fresh.map(executionRow))
    await count(tx, tx.table('execution_minute'), 60_000, fresh)
    await count(tx, tx.table('execution_hour'), 3_600_000, fresh)
  },
})

const executionRow = (fact: ExecutionRecorded) => ({
  id: fact.executionId,
  store_id: fact.storeId,
  connector_id: fact.connectorId,
  hook: fact.hook,
  trigger: fact.trigger,
  status: fact.status,
  source: fact.source,
  error_class: fact.error?.class ?? null,
  error: fact.error ?? null,
  started_at: fact.startedAt,
  duration_ms: fact.durationMs,
  event_id: fact.eventId ?? null,
  recorded: fact,
})

async function count(tx: Tx, table: string, widthMs: number, facts: readonly ExecutionRecorded[]): Promise<void> {
  const counted = facts.filter(({ trigger }) => trigger !== 'test')
  const periodOf = ({ startedAt }: ExecutionRecorded): string =>
    new Date(Math.floor(Date.parse(startedAt) / widthMs) * widthMs).toISOString()
  const known = await tx.query<Omit<PeriodRow, 'at' | 'latency'> & { at: Date; latency: Uint8Array }>(
    `SELECT * FROM ${table} WHERE connector_id = ANY($1) AND at = ANY($2::timestamptz[])`,
    [[...new Set(counted.map(({ connectorId }) => connectorId))], [...new Set(counted.map(periodOf))]],
  )
  const rows = new Map<string, PeriodRow>()
  for (const row of known) {
    const period = { ...row, at: row.at.toISOString(), latency: Sketch.of(row.latency) }
    rows.set(keyOf(period), period)
  }
  for (const fact of counted) {
    const place = {
      connector_id: fact.connectorId,
      at: periodOf(fact),
      hook: fact.hook,
      source: fact.source,
      error_class: fact.error?.class ?? '',
    }
    const row: PeriodRow = rows.get(keyOf(place)) ?? { ...place, total: 0, failed: 0, latency: new Sketch() }
    row.total += 1
    row.failed += fact.status === 'failed' ? 1 : 0
    row.latency.record(fact.durationMs)
    rows.set(keyOf(place), row)
  }
  const written = [...rows.values()].map((row) => ({ ...row, latency: row.latency.bytes }))
  await upsertRows(tx, table, periodColumns, written, {
    key: ['connector_id', 'at', 'hook', 'source', 'error_class'],
  })
}

const keyOf = (row: Pick<PeriodRow, 'connector_id' | 'at' | 'hook' | 'source' | 'error_class'>): string =>
  [row.connector_id, row.at, row.hook, row.source, row.error_class].join(' ')
