import type { ConnectorId, ConnectorStats, Window } from '@cartly/contracts'
import { beginningOf, Sketch, statements, statsOf } from '@cartly/read-model'
import type { DataSource } from 'typeorm'

interface Row {
  at: Date
  hook: string
  source: string
  error_class: string
  total: number
  failed: number
  latency: Uint8Array
}

/** Success, failure and response times of a connector, from the counts of each minute or hour. */
export async function connectorStats(
  dataSource: DataSource,
  connectorId: ConnectorId,
  window: Window,
  now: number,
): Promise<ConnectorStats> {
  const table = window === '1h' || window === '24h' ? 'execution_minute' : 'execution_hour'
  const rows = await statements(dataSource).query<Row>(
    `SELECT at, hook, source, error_class, total, failed, latency FROM ${table}
     WHERE connector_id = $1 AND at > $2`,
    [connectorId, new Date(beginningOf(window, now))],
  )
  const periods = rows.map(({ at, total, failed, latency }) => ({
    at: at.getTime(),
    total,
    failed,
    latency: Sketch.of(latency),
  }))
  return {
    ...statsOf(window, now, periods),
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
  }
}

const sum = (rows: readonly Row[], of: (row: Row) => number): number => rows.reduce((all, row) => all + of(row), 0)

const groups = <K>(rows: readonly Row[], by: (row: Row) => K): Map<K, Row[]> => Map.groupBy(rows, by)

const counts = (rows: readonly Row[], by: (row: Row) => string): Record<string, number> =>
  Object.fromEntries([...groups(rows, by)].map(([key, of]) => [key, sum(of, (row) => row.total)]))
