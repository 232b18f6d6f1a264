import type { EndpointId } from '@cartly/contracts'
import { generations, statements, tableOf, transaction } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import type { Disabled } from '../domain/endpoint.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import { resolutions, rollUp } from '../projections/attempt-stats.ts'
import { DAY_MS, dropPartitionsBefore } from '../projections/partitions.ts'
import { webhookActivity } from '../projections/webhook-activity.ts'

export interface HousekeepingOptions {
  readonly dataSource: DataSource
  readonly endpoint: (id: EndpointId) => IndexedEndpoint | undefined
  readonly disableAfterMs: number
  readonly activityDays: number
  readonly disable: (endpoint: IndexedEndpoint, disabled: Disabled, commandId: string) => Promise<void>
  readonly onTrouble: (error: unknown) => void
}

const EVERY_MS = 60_000
/** Minutes are shown for an hour; the hour more leaves what comes late its place. */
const MINUTES_KEPT_HOURS = 2

/** What is to be done now and then: endpoints that have failed for days are disabled, what has reached its age is dropped. */
export class Housekeeping {
  readonly #options: HousekeepingOptions
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined

  constructor(options: HousekeepingOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.run()
        .catch(this.#options.onTrouble)
        .finally(() => (this.#running = undefined))
    }, EVERY_MS).unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  /** One round. */
  async run(now: number = Date.now()): Promise<void> {
    await this.#disableFailing(now)
    await this.#dropOld(now)
  }

  /** Endpoints that took nothing for that long, though they were tried until the end of it. */
  async #disableFailing(now: number): Promise<void> {
    const { dataSource, disableAfterMs } = this.#options
    const rows = await statements(dataSource).query<{
      endpoint_id: EndpointId
      since: Date
      last_failure_at: Date
      last_error: string | null
    }>(
      `SELECT endpoint_id, since, last_failure_at, last_error FROM failing_endpoint
       WHERE since < $1 AND last_failure_at > since + $2 * interval '1 millisecond'`,
      [new Date(now - disableAfterMs).toISOString(), disableAfterMs],
    )
    for (const { endpoint_id, since: failingSince, last_failure_at, last_error } of rows) {
      const endpoint = this.#options.endpoint(endpoint_id)
      if (!endpoint?.enabled) continue
      // What it did before it was enabled again is forgiven.
      const since = Math.max(failingSince.getTime(), endpoint.enabledAt)
      if (last_failure_at.getTime() - since < disableAfterMs) continue
      const days = Math.floor(disableAfterMs / DAY_MS)
      const reason = `Every delivery has failed for ${days} days. The last error: ${last_error ?? 'unknown'}`
      const disabled: Disabled = { cause: 'failing', reason, at: new Date(now).toISOString() }
      await this.#options.disable(endpoint, disabled, `${endpoint_id}:failing:${since}`)
    }
  }

  async #dropOld(now: number): Promise<void> {
    const { dataSource, activityDays } = this.#options
    const cutoff = now - activityDays * DAY_MS
    for (const generation of await generations(statements(dataSource), webhookActivity.name)) {
      if (generation.status === 'retired') continue
      await transaction(dataSource, (tx) => dropPartitionsBefore(tx, tableOf('delivery', generation), cutoff))
      await this.#rollUpStats(tableOf('attempt_stats', generation), now, cutoff)
    }
    await statements(dataSource).query('DELETE FROM rejected_event WHERE at < $1', [new Date(cutoff).toISOString()])
  }

  /** An hour is rolled up when nothing is shown by its minutes any more. */
  async #rollUpStats(table: string, now: number, cutoff: number): Promise<void> {
    const { dataSource } = this.#options
    const { minute, hour } = resolutions
    const ended = Math.floor(now / 1_000 / hour - MINUTES_KEPT_HOURS) * hour
    const sql = statements(dataSource)
    const hours = await sql.query<{ hour: number }>(
      `SELECT DISTINCT at - at % $1 AS hour FROM ${table} WHERE resolution = $2 AND at < $3`,
      [hour, minute, ended],
    )
    for (const { hour: began } of hours) await transaction(dataSource, (tx) => rollUp(tx, table, began))
    await sql.query(`DELETE FROM ${table} WHERE resolution = $1 AND at < $2`, [hour, Math.floor(cutoff / 1_000)])
  }
}
