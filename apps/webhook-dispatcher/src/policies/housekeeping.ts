import type { EndpointId } from '@cartly/contracts'
import { generations, statements, tableOf, transaction } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import type { Disabled } from '../domain/endpoint.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import { resolutions } from '../projections/attempt-stats.ts'
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
/** Minutes are shown for an hour; a day of them bridges what comes late. */
const MINUTES_KEPT_MS = DAY_MS

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
      failing_since: Date
      last_failure_at: Date
      last_error: string | null
    }>(
      `SELECT endpoint_id, failing_since, last_failure_at, last_error FROM endpoint_health
       WHERE failing_since < $1 AND last_failure_at > failing_since + $2 * interval '1 millisecond'`,
      [new Date(now - disableAfterMs).toISOString(), disableAfterMs],
    )
    for (const { endpoint_id, failing_since, last_failure_at, last_error } of rows) {
      const endpoint = this.#options.endpoint(endpoint_id)
      if (!endpoint?.enabled) continue
      // What it did before it was enabled again is forgiven.
      const since = Math.max(failing_since.getTime(), endpoint.enabledAt)
      if (last_failure_at.getTime() - since < disableAfterMs) continue
      const days = Math.floor(disableAfterMs / DAY_MS)
      const reason = `Every delivery has failed for ${days} days. The last error: ${last_error ?? 'unknown'}`
      const disabled: Disabled = { cause: 'failing', reason, at: new Date(now).toISOString() }
      await this.#options.disable(endpoint, disabled, `${endpoint_id}:failing:${since}`)
    }
  }

  async #dropOld(now: number): Promise<void> {
    const { dataSource, activityDays } = this.#options
    const sql = statements(dataSource)
    for (const generation of await generations(sql, webhookActivity.name)) {
      if (generation.status === 'retired') continue
      await transaction(dataSource, (tx) =>
        dropPartitionsBefore(tx, tableOf('delivery', generation), now - activityDays * DAY_MS),
      )
      const stats = tableOf('attempt_stats', generation)
      const seconds = (ms: number): number => Math.floor((now - ms) / 1_000)
      await sql.query(`DELETE FROM ${stats} WHERE (resolution = $1 AND at < $2) OR (resolution = $3 AND at < $4)`, [
        resolutions.minute,
        seconds(MINUTES_KEPT_MS),
        resolutions.hour,
        seconds((activityDays + 1) * DAY_MS),
      ])
    }
    await sql.query('DELETE FROM rejected_event WHERE at < $1', [new Date(now - activityDays * DAY_MS).toISOString()])
  }
}
