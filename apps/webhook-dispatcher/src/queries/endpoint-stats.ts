import {
  timeOfId,
  type EndpointId,
  type EndpointStats,
  type RequestOf,
  type webhooks,
  type Window,
} from '@cartly/contracts'
import { merge, quantiles, statements, type Sketch } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import type { Backlog } from '../backlog/backlog.ts'
import type { Circuit } from '../domain/health.ts'
import type { EndpointQueries } from './endpoint-queries.ts'

const HOUR = 3_600
/** For each window: how far back it goes, and what each of its points covers, in seconds. */
const windows: Record<Window, { span: number; point: number }> = {
  '1h': { span: HOUR, point: 60 },
  '24h': { span: 24 * HOUR, point: HOUR },
  '7d': { span: 7 * 24 * HOUR, point: 6 * HOUR },
  '30d': { span: 30 * 24 * HOUR, point: 24 * HOUR },
}

interface Totals {
  total: number
  failed: number
  readonly latency: Sketch
}

type Row = { readonly at: number } & Totals

const nothing = (): Totals => ({ total: 0, failed: 0, latency: {} })

export class StatsQueries {
  readonly #dataSource: DataSource
  readonly #backlog: Backlog
  readonly #endpoints: EndpointQueries
  readonly #circuit: (id: EndpointId) => Circuit

  /** @param circuit as this replica knows it. */
  constructor(
    dataSource: DataSource,
    backlog: Backlog,
    endpoints: EndpointQueries,
    circuit: (id: EndpointId) => Circuit,
  ) {
    this.#dataSource = dataSource
    this.#backlog = backlog
    this.#endpoints = endpoints
    this.#circuit = circuit
  }

  /**
   * An endpoint's attempts over a window, with percentiles of their durations within one percent, and what waits for it.
   * @throws CartlyError `not_found`
   */
  async of({ storeId, endpointId, window }: RequestOf<typeof webhooks.stats>): Promise<EndpointStats> {
    await this.#endpoints.get(storeId, endpointId)
    const now = Date.now()
    const [rows, waiting] = await Promise.all([
      this.#rows(endpointId, windows[window], now),
      this.#backlog.size(endpointId),
    ])
    const all = nothing()
    for (const row of rows) add(all, row)
    return {
      window,
      ...figuresOf(all),
      series: seriesOf(rows, windows[window].point),
      backlog: {
        size: waiting.size,
        oldestAgeMs: waiting.oldest === null ? null : Math.max(0, now - timeOfId(waiting.oldest)),
      },
      circuit: this.#circuit(endpointId),
    }
  }

  /** Hours that were rolled up, and the minutes since. */
  #rows(endpointId: EndpointId, { span, point }: (typeof windows)[Window], now: number): Promise<Row[]> {
    const since = Math.floor(now / 1_000) - span
    return statements(this.#dataSource).query<Row>(
      `SELECT at, total, failed, latency FROM attempt_stats
       WHERE endpoint_id = $1 AND at >= $2 ORDER BY at`,
      [endpointId, since - (since % point)],
    )
  }
}

function add(into: Totals, { total, failed, latency }: Totals): void {
  into.total += total
  into.failed += failed
  merge(into.latency, latency)
}

function figuresOf({ total, failed, latency }: Totals) {
  const [p50, p95, p99] = quantiles(latency, [0.5, 0.95, 0.99]) as [number | null, number | null, number | null]
  const succeeded = total - failed
  return { total, succeeded, failed, successRate: total === 0 ? null : succeeded / total, latencyMs: { p50, p95, p99 } }
}

/** One entry for each point in time that something happened at. */
function seriesOf(rows: readonly Row[], point: number): EndpointStats['series'] {
  const points = new Map<number, Totals>()
  for (const row of rows) {
    const at = row.at - (row.at % point)
    const totals = points.get(at) ?? nothing()
    points.set(at, totals)
    add(totals, row)
  }
  return [...points].map(([at, { total, failed, latency }]) => {
    const [p50, p95] = quantiles(latency, [0.5, 0.95]) as [number | null, number | null]
    return { at: new Date(at * 1_000).toISOString(), total, failed, p50, p95 }
  })
}
