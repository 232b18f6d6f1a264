import { setTimeout as pause } from 'node:timers/promises'
import type { ExecutionId } from '@cartly/contracts'
import type { Recorder } from '@cartly/request-chain'
import type { Logger } from '@cartly/telemetry'
import { nextTryIn } from '../domain/next-try.ts'
import type { Activity } from '../execution/activity.ts'
import { endingOf, errorOf, type Ending, type Execution, type Outcome } from '../execution/execution.ts'
import type { HookRunner } from '../execution/hook-runner.ts'
import { recordedExecution } from '../execution/recorded-execution.ts'
import { resultOf, RunLost, type Run } from './run.ts'
import { HELD_MS, type RecordedRun, type RunTable } from './run-table.ts'

export interface RunDriverOptions {
  readonly table: RunTable
  readonly runner: HookRunner
  readonly activity: Activity
  readonly log: Logger
}

/** A try of a run, made. */
export interface Driven {
  readonly ending: Ending
  /** Resolves when it is recorded, and the run ended or put back. */
  readonly settled: Promise<void>
}

type DrivenRun = Pick<Run, 'executionId' | 'trigger' | 'tries'>

/** Makes tries of the runs that this process holds, and holds them for as long as it does. */
export class RunDriver {
  readonly #options: RunDriverOptions
  readonly #holding = new Set<ExecutionId>()
  readonly #settling = new Set<Promise<void>>()
  readonly #heartbeat: NodeJS.Timeout

  constructor(options: RunDriverOptions) {
    this.#options = options
    this.#heartbeat = setInterval(() => this.#keep(), HELD_MS / 4)
  }

  /**
   * @param fresh whether nothing can have been recorded of the run before
   * @throws what keeps its steps from being recorded, `RunLost` among it; another process then takes it over
   */
  async drive(run: DrivenRun, execution: Execution, fresh: boolean): Promise<Driven> {
    const { executionId } = run
    this.#holding.add(executionId)
    try {
      const { outcome, wrote } = await this.#try(executionId, execution, fresh)
      const wait = waitAfter(run, execution, outcome, wrote)
      const ending = endingOf(wrote && wait !== undefined ? unfinished(outcome, execution) : outcome)
      const settled = this.#settle(run, execution, outcome, ending, wait).finally(() => {
        this.#holding.delete(executionId)
        this.#settling.delete(settled)
      })
      this.#settling.add(settled)
      return { ending, settled }
    } catch (error) {
      this.#holding.delete(executionId)
      throw error
    }
  }

  /** Holds a run while `work` brings it to its end. */
  async holding<T>(executionId: ExecutionId, work: () => Promise<T>): Promise<T> {
    this.#holding.add(executionId)
    try {
      return await work()
    } finally {
      this.#holding.delete(executionId)
    }
  }

  /** Waits for what has been tried to be settled. */
  async close(): Promise<void> {
    await Promise.all(this.#settling)
    clearInterval(this.#heartbeat)
  }

  async #try(
    executionId: ExecutionId,
    execution: Execution,
    fresh: boolean,
  ): Promise<{ outcome: Outcome; wrote: boolean }> {
    const { table, runner } = this.#options
    if (!execution.hook.chain.durable) return { outcome: await runner.run(execution), wrote: false }
    const earlier = fresh ? nothing : await table.recorded(executionId)
    const steps = new StepLog(table, executionId, earlier)
    const outcome = await runner.run(execution, { recorder: steps, recorded: earlier })
    return { outcome, wrote: steps.wrote }
  }

  async #settle(
    { executionId }: DrivenRun,
    execution: Execution,
    outcome: Outcome,
    ending: Ending,
    wait: number | undefined,
  ): Promise<void> {
    const { table, activity, log } = this.#options
    // First what happened, then that it has ended: in a crash between the two the fact is published again, by its id.
    const silent = outcome.status === 'skipped' && execution.trigger === 'event'
    if (!silent) await activity.publish(recordedExecution(execution, ending))
    const settle = (): Promise<void> => {
      if (wait !== undefined) return table.tryAgain(executionId, Date.now() + wait)
      if (ending.error?.class === 'transient' && execution.trigger !== 'event') return table.withdraw(executionId)
      return table.end(executionId, execution.trigger === 'event' ? null : resultOf(execution.id, ending))
    }
    for (let failures = 0; failures < SETTLE_TRIES; failures++) {
      try {
        return await settle()
      } catch (failure) {
        if (failure instanceof RunLost) return
        log.warn('a run is settled later', { executionId, error: failure })
        await pause(Math.min(100 * 2 ** failures, 2_000))
      }
    }
  }

  #keep(): void {
    if (this.#holding.size === 0) return
    this.#options.table
      .keep([...this.#holding])
      .catch((error: unknown) => this.#options.log.warn('runs cannot be held just now', { error }))
  }
}

/** After that another process takes the run over, and finds what was recorded of it. */
const SETTLE_TRIES = 6

const nothing: RecordedRun = { begun: new Map(), outcomes: new Map(), writes: new Set() }

/** Records the steps of one run, and notices when one of them cannot be undone. */
class StepLog implements Recorder {
  readonly #table: RunTable
  readonly #executionId: ExecutionId
  readonly #writes: Set<string>
  #wrote: boolean

  constructor(table: RunTable, executionId: ExecutionId, { writes, outcomes }: RecordedRun) {
    this.#table = table
    this.#executionId = executionId
    this.#writes = new Set(writes)
    this.#wrote = [...writes].some((key) => outcomes.get(key)?.status === 'succeeded')
  }

  /** Whether one of them has been done. */
  get wrote(): boolean {
    return this.#wrote
  }

  async before(attempt: Parameters<Recorder['before']>[0]): Promise<void> {
    if (attempt.repeat !== 'safe') this.#writes.add(attempt.key)
    await this.#table.stepBegun(this.#executionId, attempt)
  }

  async after(outcome: Parameters<Recorder['after']>[0]): Promise<void> {
    await this.#table.stepEnded(this.#executionId, outcome)
    if (outcome.status === 'succeeded' && this.#writes.has(outcome.key)) this.#wrote = true
  }
}

function waitAfter(
  { trigger, tries }: DrivenRun,
  { hook }: Execution,
  outcome: Outcome,
  wrote: boolean,
): number | undefined {
  const error = outcome.status === 'failed' ? outcome.error : undefined
  return nextTryIn({
    trigger,
    tries,
    errorClass: error?.class,
    retryAfterMs: error?.retryAfterMs,
    reconcilable: hook.chain.steps.some(({ id, reconcile }) => id === error?.step && reconcile !== undefined),
    wrote,
    random: Math.random(),
  })
}

/** What has been done cannot be done again, so a failure after it must not look as if nothing had happened. */
function unfinished(outcome: Outcome, { hook }: Execution): Outcome {
  if (outcome.status !== 'failed' || outcome.error.class !== 'transient') return outcome
  const message = `${hook.chain.service} did a part of "${hook.name}"; the rest is tried again and will be in the history. ${outcome.error.message}`
  return { ...outcome, error: { ...errorOf(outcome.error), class: 'unknown', code: 'unfinished', message } }
}
