import type { EndpointId } from '@cartly/contracts'
import type { Bus } from '@cartly/event-store'
import { statements, transaction } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import { Alarm } from '../backlog/alarm.ts'
import { hastenAll } from '../backlog/backlog.ts'
import { isOrdered } from '../delivery/attempt.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import type { Job, Recoveries } from './recoveries.ts'
import { undelivered } from './undelivered.ts'

export interface RecoveryJobsOptions {
  readonly bus: Bus
  readonly dataSource: DataSource
  readonly recoveries: Recoveries
  readonly endpoint: (id: EndpointId) => IndexedEndpoint | undefined
  /** Something is due now. */
  readonly onDue: (dueAt: number) => void
  readonly onTrouble: (error: unknown) => void
}

const LEASE_MS = 15_000
/** How soon a job is noticed whose process died. */
const LOOK_EVERY_MS = 5_000

/**
 * Works on recoveries, one after the other: first counts what an endpoint has missed, then puts it into the backlog, from
 * where it goes out at the endpoint's pace. Every step is stored with its place, so another process can go on from there.
 */
export class RecoveryJobs {
  readonly #options: RecoveryJobsOptions
  readonly #alarm = new Alarm()
  #stopped = false
  #running: Promise<void> | undefined

  constructor(options: RecoveryJobsOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** There is something to do. */
  wake(): void {
    this.#alarm.set(0)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#alarm.set(0)
    await this.#running
  }

  async #run(): Promise<void> {
    const { recoveries, onTrouble } = this.#options
    while (!this.#stopped) {
      try {
        for (let job = await recoveries.claim(LEASE_MS); job; job = await recoveries.claim(LEASE_MS)) {
          await this.#work(job)
        }
      } catch (error) {
        onTrouble(error)
      }
      if (!this.#stopped) await this.#alarm.wait(LOOK_EVERY_MS)
    }
  }

  async #work(job: Job): Promise<void> {
    const { recoveries } = this.#options
    const endpoint = this.#options.endpoint(job.endpointId)
    if (!endpoint) return recoveries.finish(job.id, 'failed')
    const position = job.counted ? job.position : 0
    if (!job.counted && !(await this.#count(job, endpoint))) return
    if (job.dryRun) return recoveries.finish(job.id, 'dry_run')
    if (await this.#recover(job, endpoint, position)) await recoveries.finish(job.id, 'done')
  }

  /** @returns false when the job has been taken away. */
  async #count(job: Job, endpoint: IndexedEndpoint): Promise<boolean> {
    const { bus, dataSource, recoveries } = this.#options
    const sql = statements(dataSource)
    const range = { since: job.since, until: job.until, after: job.position }
    for await (const { rows, position } of undelivered(bus, dataSource, endpoint, range)) {
      if (this.#stopped || !(await recoveries.advance(sql, job.id, LEASE_MS, { position, total: rows.length })))
        return false
    }
    return recoveries.advance(sql, job.id, LEASE_MS, { position: 0, counted: true })
  }

  /** @returns false when the job has been taken away. */
  async #recover(job: Job, endpoint: IndexedEndpoint, after: number): Promise<boolean> {
    const { bus, dataSource, recoveries, onDue } = this.#options
    const ordered = new Set(isOrdered(endpoint) ? [endpoint.id] : [])
    const range = { since: job.since, until: job.until, after }
    for await (const { rows, position } of undelivered(bus, dataSource, endpoint, range)) {
      const mine = await transaction(dataSource, async (tx) => {
        // What is paused or cancelled meanwhile puts nothing more into the backlog.
        if (!(await recoveries.advance(tx, job.id, LEASE_MS, { position, recovered: rows.length }))) return false
        await hastenAll(tx, rows, ordered)
        return true
      })
      if (!mine || this.#stopped) return false
      if (rows.length > 0) onDue(Date.now())
    }
    return true
  }
}
