import { setTimeout as pause } from 'node:timers/promises'
import { CartlyError, derivedId, type ConnectorId } from '@cartly/contracts'
import { continueTrace, parseTraceparent, withSpan, type Logger } from '@cartly/telemetry'
import type { CompiledTemplates } from '../connectors/compiled-templates.ts'
import type { ConnectorHistory } from '../connectors/connector-history.ts'
import type { ConnectorIndex } from '../connectors/connector-index.ts'
import type { Connector } from '../domain/connector.ts'
import type { Execution } from '../execution/execution.ts'
import type { RunDriver } from './run-driver.ts'
import { Places } from './places.ts'
import { RunLost, type Run } from './run.ts'
import type { RunTable } from './run-table.ts'

export interface RunWorkerOptions {
  readonly table: RunTable
  readonly driver: RunDriver
  readonly index: ConnectorIndex
  readonly history: ConnectorHistory
  readonly templates: CompiledTemplates
  readonly log: Logger
}

const LOOK_EVERY_MS = 1_000
const FORGET_EVERY_MS = 10 * 60_000
/** For what is under way when the process is to end. */
const END_WITHIN_MS = 5_000
/** While this replica cannot run it, perhaps another can. */
const UNAVAILABLE_MS = 10_000

/** Brings runs to their end: those that store events began, those to be tried again, those of processes that are gone. */
export class RunWorker {
  readonly #options: RunWorkerOptions
  readonly #places = new Places()
  readonly #toServe = new Set<ConnectorId>()
  readonly #underWay = new Set<Promise<void>>()
  #timers: NodeJS.Timeout[] = []
  #serving = false
  #stopped = false

  constructor(options: RunWorkerOptions) {
    this.#options = options
  }

  start(): void {
    this.#timers = [
      setInterval(() => void this.#look(), LOOK_EVERY_MS),
      setInterval(() => void this.#forget(), FORGET_EVERY_MS),
    ]
    void this.#look()
  }

  /** These connectors have something to do. */
  wake(connectorIds: Iterable<ConnectorId>): void {
    for (const id of connectorIds) this.#toServe.add(id)
    void this.#serve()
  }

  /** Takes no more runs, and lets those under way end; another replica takes over what takes longer. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers) clearInterval(timer)
    await Promise.race([Promise.all(this.#underWay), pause(END_WITHIN_MS, undefined, { ref: false })])
  }

  async #look(): Promise<void> {
    try {
      this.wake(await this.#options.table.due())
    } catch (error) {
      this.#options.log.warn('runs that are due cannot be looked for', { error })
    }
  }

  async #forget(): Promise<void> {
    await this.#options.table
      .forget()
      .catch((error: unknown) => this.#options.log.warn('ended runs are kept for now', { error }))
  }

  /** Claims for one connector after the other, as long as there is room. */
  async #serve(): Promise<void> {
    if (this.#serving) return
    this.#serving = true
    try {
      for (let next; (next = this.#nextToServe()) !== undefined;) {
        const runs = await this.#options.table.claim(next.id, next.room)
        if (runs.length === next.room) this.#toServe.add(next.id)
        for (const run of runs) this.#begin(run)
      }
    } catch (error) {
      this.#options.log.warn('runs cannot be claimed just now', { error })
    } finally {
      this.#serving = false
    }
  }

  #nextToServe(): { id: ConnectorId; room: number } | undefined {
    if (this.#stopped) return undefined
    for (const id of this.#toServe) {
      this.#toServe.delete(id)
      const room = this.#places.room(id, this.#options.index.known(id))
      if (room > 0) return { id, room }
    }
    return undefined
  }

  #begin(run: Run): void {
    const { connectorId } = run
    const leave = this.#places.take(connectorId, this.#options.index.known(connectorId))
    const work = this.#run(run).finally(() => {
      this.#underWay.delete(work)
      const waited = leave()
      // What waited for this one, of the same entity, or for its place may be begun now.
      if (!this.#stopped) this.wake([connectorId, ...waited])
    })
    this.#underWay.add(work)
  }

  async #run(run: Run): Promise<void> {
    const { table, driver, log } = this.#options
    try {
      const execution = await this.#execution(run)
      if (!execution) return await table.end(run.executionId, null)
      if (execution.hook.chain.durable && run.pinnedTo === null) {
        await table.pin(run.executionId, execution.connector.sequence)
      }
      const { settled } = await this.#traced(run, () => driver.drive(run, execution, false))
      await settled
    } catch (error) {
      if (error instanceof RunLost) return
      log.warn('a run is put off', { executionId: run.executionId, error })
      await table.tryAgain(run.executionId, Date.now() + UNAVAILABLE_MS).catch(() => undefined)
    }
  }

  /** The first try belongs to the trace of what began it; later ones only point there. */
  #traced<T>({ traceparent, tries }: Run, work: () => Promise<T>): Promise<T> {
    const origin = parseTraceparent(traceparent ?? undefined)
    if (!origin) return work()
    const place = tries === 1 ? { parent: continueTrace({ traceparent: traceparent! }) } : { links: [origin] }
    return withSpan('work on run', place, work)
  }

  /** Undefined when there is nothing left to be run. */
  async #execution(run: Run): Promise<Execution | undefined> {
    const connector = await this.#connector(run)
    const hook = connector && this.#options.templates.hook(connector, run.hook)
    if (!hook) return undefined
    const startedAt = Date.now()
    const first = run.tries === 1
    return {
      id: first ? run.executionId : derivedId('exec', run.dueAt.getTime(), [run.executionId, String(run.tries)]),
      key: run.key,
      connector,
      hook,
      trigger: run.trigger,
      input: run.input,
      ...(run.event ? { event: run.event } : {}),
      ...(first ? (run.replayOf ? { replayOf: run.replayOf } : {}) : { replayOf: run.executionId }),
      startedAt,
      deadlineAt: startedAt + hook.chain.deadlineMs,
    }
  }

  /** What has been begun goes on with what it was begun with, whatever has become of the connector since. */
  async #connector({ storeId, connectorId, pinnedTo, trigger }: Run): Promise<Connector | undefined> {
    const { index, history } = this.#options
    try {
      if (pinnedTo !== null) return await history.at(storeId, connectorId, { toSequence: pinnedTo })
      const connector = await index.get(storeId, connectorId)
      return connector.active || trigger !== 'event' ? connector : undefined
    } catch (error) {
      if (error instanceof CartlyError && error.kind === 'not_found') return undefined
      throw error
    }
  }
}
