import { timeOfId, type DeliveryId } from '@cartly/contracts'
import type { Bus, ProjectionRunner } from '@cartly/event-store'
import { statements } from '@cartly/read-model'
import { setTimeout as pause } from 'node:timers/promises'
import type { DataSource } from 'typeorm'
import { backlogRow, type Delivery } from '../delivery/delivery.ts'
import type { Backlog } from './backlog.ts'

export interface UnfinishedOptions {
  readonly bus: Bus
  readonly dataSource: DataSource
  readonly backlog: Backlog
  readonly activity: Pick<ProjectionRunner, 'passed'>
  readonly onDue: (dueAt: number) => void
  readonly onTrouble: (error: unknown) => void
}

const CAUGHT_UP_WITHIN_MS = 5_000
const MAX_BATCH = 1_000
const MAX_BACKOFF_MS = 5_000

/**
 * Deliveries of events that were handed out before, to a process that died or lost its connection: what has no outcome
 * and is not in the backlog goes there; what has one is not sent again. Those that come meanwhile make the next batch,
 * and the intake waits for none of them.
 */
export class Unfinished {
  readonly #options: UnfinishedOptions
  #waiting: Delivery[] = []
  #working: Promise<void> | undefined
  #stopped = false

  constructor(options: UnfinishedOptions) {
    this.#options = options
  }

  add(deliveries: readonly Delivery[]): void {
    this.#waiting.push(...deliveries)
    this.#working ??= this.#work()
  }

  /** Ends after the batch at hand; what is left is handed out by NATS again. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#working
  }

  async #work(): Promise<void> {
    for (let failures = 0; this.#waiting.length > 0 && !this.#stopped;) {
      const batch = this.#waiting.splice(0, MAX_BATCH)
      try {
        await this.#resume(batch)
        failures = 0
      } catch (error) {
        this.#options.onTrouble(error)
        this.#waiting.unshift(...batch)
        await pause(Math.min(100 * 2 ** failures++, MAX_BACKOFF_MS))
      }
    }
    this.#working = undefined
  }

  async #resume(deliveries: readonly Delivery[]): Promise<void> {
    const { bus, activity, backlog, onDue } = this.#options
    // The read model is asked once it has every attempt that was recorded before now.
    const last = await bus.jsm.streams.getMessage('ACTIVITY', { last_by_subj: 'act.webhook.>' })
    await activity.passed(last?.seq ?? 0, CAUGHT_UP_WITHIN_MS)
    const known = await this.#known(deliveries)
    const now = Date.now()
    const rows = deliveries.flatMap((delivery) => {
      const { status = 'retrying', attempts = 0 } = known.get(delivery.id) ?? {}
      return status === 'retrying' ? [backlogRow(delivery, attempts + 1, attempts === 0 ? 'event' : 'retry', now)] : []
    })
    // What keeps an order is not taken in this way.
    await backlog.addMissing(rows, new Set())
    onDue(now)
    for (const delivery of deliveries) delivery.safe()
  }

  async #known(deliveries: readonly Delivery[]): Promise<Map<DeliveryId, { status: string; attempts: number }>> {
    const ids = deliveries.map(({ id }) => id)
    const times = ids.map(timeOfId)
    const rows = await statements(this.#options.dataSource).query<{ id: DeliveryId; status: string; attempts: number }>(
      'SELECT id, status, attempts FROM delivery WHERE id = ANY($1) AND created_at BETWEEN $2 AND $3',
      [ids, new Date(Math.min(...times)), new Date(Math.max(...times))],
    )
    return new Map(rows.map((row) => [row.id, row]))
  }
}
