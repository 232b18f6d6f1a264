import type { ConnectorId, ConnectorStats, Window } from '@cartly/contracts'
import { merge, quantiles, statements, type Sketch } from '@cartly/read-model'
import type { DataSource } from 'typeorm'

const minute = 60_000
const hour = 60 * minute
/** How far each window reaches back, the width of a point of its series, and the counts it is read from. */
const windows: Record<Window, { readonly reach: number; readonly step: number; readonly table: string }> = {
  '1h': { reach: hour, step: minute, table: 'execution_minute' },
  '24h': { reach: 24 * hour, step: 30 * minute, table: 'execution_minute' },
  '7d': { reach: 7 * 24 * hour, step: 3 * hour, table: 'execution_hour' },
  '30d': { reach: 30 * 24 * hour, step: 12 * hour, table: 'execution_hour' },
}

interface Row {
  at: Date
  hook: string
  source: string
  error_class: string
  total: number
  failed: number
  latency: Sketch
}

/** Success, failure and response times of a connector, from the counts of each minute or hour. */
export async function connectorStats(
  dataSource: DataSource,
  connectorId: ConnectorId,
  window: Window,
  now: number,
): Promise<ConnectorStats> {
  const { reach, step, table } = windows[window]
  const rows = await statements(dataSource).query<Row>(
    `SELECT at, hook, source, error_class, total, failed, latency FROM ${table}
     WHERE connector_id = $1 AND at > $2 ORDER BY at`,
    [connectorId, new Date(now - reach)],
  )
  const [p50, p95, p99] = quantiles(merged(rows), [0.5, 0.95, 0.99]) as [number | null, number | null, number | null]
  const total = sum(rows, (row) => row.total)
  const failed = sum(rows, (row) => row.failed)
  return {
    window,
    total,
    succeeded: total - failed,
    failed,
    successRate: total === 0 ? null : (total - failed) / total,
    latencyMs: { p50, p95, p99 },
    bySource: counts(rows, (row) => row.source),
    byErrorClass: counts(
      rows.filter((row) => row.error_class !== ''),
      (row) => row.error_class,
    ),
    byHook: Object.fromEntries(
      [...groups(rows, (row) => row.hook)].map(([hook, of]) => [
        hook,
        { total: sum(of, (row) => row.total), failed: sum(of, (row) => row.failed) },
      ]),
    ),
    series: [...groups(rows, (row) => Math.floor(row.at.getTime() / step) * step)].map(([at, of]) => {
      const [median, high] = quantiles(merged(of), [0.5, 0.95]) as [number | null, number | null]
      return {
        at: new Date(at).toISOString(),
        total: sum(of, (row) => row.total),
        failed: sum(of, (row) => row.failed),
        p50: median,
        p95: high,
      }
    }),
  }
}

const sum = (rows: readonly Row[], of: (row: Row) => number): number => rows.reduce((all, row) => all + of(row), 0)

function merged(rows: readonly Row[]): Sketch {
  const all: Sketch = {}
  for (const { latency } of rows) merge(all, latency)
  return all
}

const groups = <K>(rows: readonly Row[], by: (row: Row) => K): Map<K, Row[]> => Map.groupBy(rows, by)

const counts = (rows: readonly Row[], by: (row: Row) => string): Record<string, number> =>
  Object.fromEntries([...groups(rows, by)].map(([key, of]) => [key, sum(of, (row) => row.total)]))
