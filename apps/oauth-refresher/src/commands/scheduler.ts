import type { DataSource } from 'typeorm'
import type { Logger } from '@cartly/telemetry'
import { dueRefreshes } from '../projections/schedule.ts'
import type { Refresher } from './refresher.ts'

const AT_ONCE = 16
/** Another replica's changes are not announced here; what is due is minutes ahead, so looking this often is enough. */
const LOOK_EVERY_MS = 5_000
const REST_MS = 1_000

/** Refreshes what is due, when it is due: one query tells what is next, and a timer waits for it. */
export class Scheduler {
  readonly #dataSource: DataSource
  readonly #refresher: Refresher
  readonly #log: Logger
  readonly #running = new Map<string, Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #looking = false
  #lookedAt = 0
  #stopped = false

  constructor(dataSource: DataSource, refresher: Refresher, log: Logger) {
    this.#dataSource = dataSource
    this.#refresher = refresher
    this.#log = log
  }

  start(): void {
    this.#lookIn(0)
  }

  /** Something has changed: look again, though not more than once a second. */
  wake(): void {
    this.#lookIn(0)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await Promise.all(this.#running.values())
  }

  #lookIn(ms: number): void {
    if (this.#stopped || this.#looking) return
    clearTimeout(this.#timer)
    const rested = Math.max(0, this.#lookedAt + REST_MS - performance.now())
    this.#timer = setTimeout(() => void this.#look(), Math.max(rested, Math.min(ms, LOOK_EVERY_MS)))
  }

  async #look(): Promise<void> {
    this.#looking = true
    this.#lookedAt = performance.now()
    let next = LOOK_EVERY_MS
    try {
      // Those under way are still due, and must not hide the others.
      const due = await dueRefreshes(this.#dataSource, AT_ONCE + this.#running.size + 1)
      for (const refresh of due) {
        const { connectorId, dueAt } = refresh
        if (this.#running.has(connectorId)) continue
        const left = dueAt - Date.now()
        if (left > 0 || this.#running.size >= AT_ONCE) {
          next = Math.max(left, 0)
          break
        }
        const run = this.#refresher.refreshWhenDue(refresh).finally(() => {
          this.#running.delete(connectorId)
          this.#lookIn(0)
        })
        this.#running.set(connectorId, run)
      }
    } catch (error) {
      this.#log.warn('the schedule cannot be read', { error })
    }
    this.#looking = false
    this.#lookIn(next)
  }
}
