import type { ConnectorId, Health } from '@cartly/contracts'
import { Sketch, statements } from '@cartly/read-model'
import type { DataSource } from 'typeorm'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

interface Hour {
  connector_id: ConnectorId
  at: Date
  total: number
  failed: number
  latency: Uint8Array
}

interface Failure {
  connector_id: ConnectorId
  id: string
  started_at: Date
}

/** How each of these connectors did in the last 24 hours, this one included: two statements, however many there are. */
export async function healthOf(
  dataSource: DataSource,
  connectorIds: readonly ConnectorId[],
  now: number,
): Promise<(connectorId: ConnectorId) => Health> {
  const sql = statements(dataSource)
  const since = new Date(Math.floor(now / HOUR_MS) * HOUR_MS - DAY_MS + HOUR_MS)
  const rows = await sql.query<Hour>(
    `SELECT connector_id, at, total, failed, latency FROM execution_hour
     WHERE connector_id = ANY($1) AND at >= $2 ORDER BY at`,
    [connectorIds, since],
  )
  const failing = [...new Set(rows.flatMap((row) => (row.failed > 0 ? [row.connector_id] : [])))]
  // Looked for only where there is one, so that none of the searches goes back further than a day.
  const failures = await sql.query<Failure>(
    `SELECT last.connector_id, last.id, last.started_at FROM unnest($1::text[]) AS failing(connector_id)
     CROSS JOIN LATERAL (
       SELECT connector_id, id, started_at FROM execution
       WHERE connector_id = failing.connector_id AND status = 'failed' AND trigger <> 'test' ORDER BY id DESC LIMIT 1
     ) AS last`,
    [failing],
  )
  const hours = Map.groupBy(rows, (row) => row.connector_id)
  const last = new Map(failures.map((failure) => [failure.connector_id, failure]))
  return (connectorId) => summed(hours.get(connectorId) ?? [], last.get(connectorId))
}

function summed(rows: readonly Hour[], last: Failure | undefined): Health {
  const latency = new Sketch()
  for (const row of rows) latency.merge(Sketch.of(row.latency))
  const total = rows.reduce((sum, row) => sum + row.total, 0)
  const failed = rows.reduce((sum, row) => sum + row.failed, 0)
  return {
    total,
    failed,
    successRate: total === 0 ? null : (total - failed) / total,
    p95Ms: latency.quantiles([0.95])[0],
    // An hour has a row for each hook, source and kind of error.
    hours: [...Map.groupBy(rows, ({ at }) => at.toISOString())].map(([at, of]) => ({
      at,
      total: of.reduce((sum, row) => sum + row.total, 0),
      failed: of.reduce((sum, row) => sum + row.failed, 0),
    })),
    ...(last ? { lastFailure: { id: last.id, at: last.started_at.toISOString() } } : {}),
  }
}
