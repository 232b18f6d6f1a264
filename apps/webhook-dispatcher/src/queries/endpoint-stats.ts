import { timeOfId, type EndpointId, type EndpointStats, type RequestOf, type webhooks } from '@cartly/contracts'
import { beginningOf, Sketch, statements, statsOf, type Counts } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import type { Backlog } from '../backlog/backlog.ts'
import type { Circuit } from '../domain/health.ts'
import { resolutions } from '../projections/attempt-stats.ts'
import type { EndpointQueries } from './endpoint-queries.ts'

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
    const [counts, waiting] = await Promise.all([
      this.#counts(
        endpointId,
        beginningOf(window, now) / 1_000,
        window === '1h' ? resolutions.minute : resolutions.hour,
      ),
      this.#backlog.size(endpointId),
    ])
    return {
      ...statsOf(window, now, counts),
      backlog: {
        size: waiting.size,
        oldestAgeMs: waiting.oldest === null ? null : Math.max(0, now - timeOfId(waiting.oldest)),
      },
      circuit: this.#circuit(endpointId),
    }
  }

  /** Hours that were rolled up, and the minutes since; from the beginning of the period that `since` is in. */
  async #counts(endpointId: EndpointId, since: number, resolution: number): Promise<Counts[]> {
    const rows = await statements(this.#dataSource).query<{
      at: number
      total: number
      failed: number
      latency: Uint8Array
    }>('SELECT at, total, failed, latency FROM attempt_stats WHERE endpoint_id = $1 AND at >= $2', [
      endpointId,
      Math.floor(since / resolution) * resolution,
    ])
    return rows.map(({ at, latency, ...counts }) => ({ ...counts, at: at * 1_000, latency: Sketch.of(latency) }))
  }
}
