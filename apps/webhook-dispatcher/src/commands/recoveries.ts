import {
  invalid,
  newId,
  type EndpointId,
  type Recovery,
  type RequestOf,
  type StoreId,
  type webhooks,
} from '@cartly/contracts'
import type { Bus } from '@cartly/event-store'
import type { CallContext } from '@cartly/messaging'
import type { DataSource } from 'typeorm'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import type { Recoveries } from '../recovery/recoveries.ts'
import type { RecoveryJobs } from '../recovery/recovery-jobs.ts'
import { undelivered } from '../recovery/undelivered.ts'

export interface RecoveryCommandsOptions {
  readonly bus: Bus
  readonly dataSource: DataSource
  readonly recoveries: Recoveries
  readonly jobs: RecoveryJobs
  readonly endpointOf: (storeId: StoreId, id: EndpointId) => IndexedEndpoint
}

/** Left of a call's time for its answer to travel. */
const ANSWER_MS = 1_000

/** Sending again what an endpoint has missed. */
export class RecoveryCommands {
  readonly #options: RecoveryCommandsOptions

  constructor(options: RecoveryCommandsOptions) {
    this.#options = options
  }

  /**
   * Begins a recovery, or with `dryRun` only counts what one would send: at once, or where that takes longer than the
   * caller waits, as a job that ends with the count.
   */
  async recover(request: RequestOf<typeof webhooks.recover>, call: CallContext): Promise<Recovery> {
    const { storeId, endpointId, dryRun } = request
    const endpoint = this.#options.endpointOf(storeId, endpointId)
    const since = new Date(request.since)
    const until = request.until === undefined ? new Date() : new Date(request.until)
    if (since >= until) {
      throw invalid('empty_range', 'Nothing lies between since and until', [
        { pointer: '/since', message: 'must be before until' },
      ])
    }
    const id = newId('rcv')
    if (dryRun) return this.#dryRun(id, endpoint, since, until, call.deadlineAt - ANSWER_MS)
    await this.#options.recoveries.add({ id, store_id: storeId, endpoint_id: endpointId, since, until })
    this.#options.jobs.wake()
    return this.#options.recoveries.get(storeId, endpointId, id)
  }

  get({ storeId, endpointId, recoveryId }: RequestOf<typeof webhooks.getRecovery>): Promise<Recovery> {
    return this.#options.recoveries.get(storeId, endpointId, recoveryId)
  }

  /** What is in the backlog already is sent all the same; what is not stays out of it. */
  async control(request: RequestOf<typeof webhooks.controlRecovery>): Promise<Recovery> {
    const { storeId, endpointId, recoveryId, action } = request
    const { recoveries, jobs } = this.#options
    await recoveries.get(storeId, endpointId, recoveryId)
    await recoveries.setStatus(
      recoveryId,
      ({ pause: 'paused', resume: 'running', cancel: 'cancelled' } as const)[action],
    )
    jobs.wake()
    return recoveries.get(storeId, endpointId, recoveryId)
  }

  async #dryRun(
    id: Recovery['id'],
    endpoint: IndexedEndpoint,
    since: Date,
    until: Date,
    deadlineAt: number,
  ): Promise<Recovery> {
    const startedAt = new Date().toISOString()
    const range = { since: since.getTime(), until: until.getTime(), after: 0 }
    let total = 0
    for await (const { rows, position } of undelivered(this.#options.bus, this.#options.dataSource, endpoint, range)) {
      total += rows.length
      if (Date.now() < deadlineAt) continue
      const { id: endpoint_id, storeId: store_id } = endpoint
      const { recoveries, jobs } = this.#options
      await recoveries.add({ id, store_id, endpoint_id, since, until, dry_run: true, position, total })
      jobs.wake()
      return recoveries.get(store_id, endpoint_id, id)
    }
    return {
      id,
      endpointId: endpoint.id,
      status: 'dry_run',
      since: since.toISOString(),
      until: until.toISOString(),
      total,
      recovered: 0,
      startedAt,
      finishedAt: new Date().toISOString(),
    }
  }
}
