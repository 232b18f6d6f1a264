import { createHash } from 'node:crypto'
import { invalid, timeOfId, type ExecutionId } from '@cartly/contracts'
import { currentTraceparent, type Logger } from '@cartly/telemetry'
import type { Answers } from '../checkout/answers.ts'
import { canonicalJson } from '../domain/canonical-json.ts'
import type { Execution } from '../execution/execution.ts'
import type { RunDriver } from './run-driver.ts'
import { resultOf, type RunResult } from './run.ts'
import type { Begun, NewRun, RunTable } from './run-table.ts'

export interface LastingInvocationsOptions {
  readonly table: RunTable
  readonly driver: RunDriver
  readonly answers: Answers
  readonly log: Logger
}

const LOOK_EVERY_MS = 100

/**
 * Invocations that outlive their caller: those that change something at the service, which are brought to their end
 * whatever happens, and those with an idempotency key, whose result is given again for a day.
 */
export class LastingInvocations {
  readonly #options: LastingInvocationsOptions
  readonly #here = new Map<ExecutionId, Promise<RunResult>>()

  constructor(options: LastingInvocationsOptions) {
    this.#options = options
  }

  /** @throws CartlyError `invalid` when the idempotency key was used with another input */
  async answer(execution: Execution, idempotencyKey?: string): Promise<RunResult> {
    const run = newRun(execution, idempotencyKey)
    let begun: Begun
    try {
      begun = await this.#options.table.begin(run)
    } catch (error) {
      this.#options.log.warn('an invocation cannot be begun', { error, executionId: execution.id })
      return notBegun(execution)
    }
    if (begun.status === 'known') return this.#again(begun, run, execution)
    const result = this.#run({ ...execution, key: run.key }).finally(() => this.#here.delete(execution.id))
    this.#here.set(execution.id, result)
    return result
  }

  async #run(execution: Execution): Promise<RunResult> {
    const { driver, table, answers, log } = this.#options
    const { id } = execution
    try {
      if (execution.hook.chain.durable) {
        const lasting = { ...execution, deadlineAt: execution.startedAt + execution.hook.chain.deadlineMs }
        const run = { executionId: id, trigger: execution.trigger, tries: 1 }
        const { ending } = await driver.drive(run, lasting, !(await this.#doubted(execution)))
        return resultOf(id, ending)
      }
      return await driver.holding(id, async () => {
        const result = resultOf(id, await answers.answer(execution))
        // Nothing came of it, so the same key may be tried with again.
        if (result.error?.class === 'transient' && result.status === 'failed') await table.withdraw(id)
        else await table.end(id, result)
        return result
      })
    } catch (error) {
      log.warn('an invocation is brought to its end later', { executionId: id, error })
      return interrupted(execution)
    }
  }

  /**
   * A replay may be of something that was done: what can be found out is found out before it is done again. So its steps
   * are written down as begun when the first execution was.
   */
  async #doubted({ id, hook, replayOf }: Execution): Promise<boolean> {
    if (!replayOf) return false
    const at = timeOfId(replayOf)
    for (const { id: key, repeat, forEach } of hook.chain.steps) {
      if (repeat !== 'reconcile' || forEach) continue
      await this.#options.table.stepBegun(id, { key, step: key, attempt: 1, at, repeat })
    }
    return true
  }

  /** The result of the invocation that had this key first, as soon as there is one. */
  async #again(
    known: Begun & { status: 'known' },
    { connectorId, hook, idempotency }: NewRun,
    execution: Execution,
  ): Promise<RunResult> {
    const { key, inputHash } = idempotency!
    if (known.inputHash !== inputHash) {
      const message = 'This idempotency key was used with another input'
      throw invalid('idempotency_key_reused', message, [{ pointer: '/idempotencyKey', message }])
    }
    if (known.result) return known.result
    const here = this.#here.get(known.executionId)
    if (here) return here
    while (Date.now() < execution.deadlineAt) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
      const now = await this.#options.table.known(connectorId, hook, key)
      if (!now) break
      if (now.result) return now.result
    }
    return { ...interrupted(execution), executionId: known.executionId }
  }
}

function newRun(execution: Execution, idempotencyKey: string | undefined): NewRun {
  const { id, connector, hook, trigger, input, event, replayOf } = execution
  const { storeId, connectorId } = connector
  const idempotency =
    idempotencyKey === undefined
      ? {}
      : { idempotency: { key: idempotencyKey, inputHash: hashOf(canonicalJson(input)) } }
  return {
    executionId: id,
    storeId,
    connectorId,
    hook: hook.name,
    trigger,
    replayOf: replayOf ?? null,
    key: idempotencyKey === undefined ? id : hashOf([storeId, connectorId, hook.name, idempotencyKey].join('\n')),
    event: event ?? null,
    input,
    pinnedTo: hook.chain.durable ? connector.sequence : null,
    traceparent: currentTraceparent() ?? null,
    ...idempotency,
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url')

const notBegun = ({ id, hook }: Execution): RunResult => ({
  executionId: id,
  status: 'failed',
  source: 'live',
  error: {
    class: 'transient',
    code: 'not_begun',
    message: `${hook.chain.service} was not asked: it could not be written down that it would be. It is on our side; try again.`,
  },
})

const interrupted = ({ id, hook }: Execution): RunResult => ({
  executionId: id,
  status: 'failed',
  source: 'live',
  error: {
    class: 'unknown',
    code: 'not_ended',
    message: `"${hook.name}" of ${hook.chain.service} is not at its end yet, and goes on by itself. Ask again with the same idempotency key, or look at the execution's history.`,
  },
})
