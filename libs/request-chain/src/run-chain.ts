import { compileJsonSchema, type StepRecord } from '@cartly/contracts'
import { MappingError, type JsonSchema } from '@cartly/mapping'
import { MissingCredential } from './apply-auth.ts'
import { evaluate, type Scope } from './build-request.ts'
import { ChainError } from './chain-error.ts'
import type { ChainFailure, ChainResult } from './chain-result.ts'
import type { CompiledChain, CompiledStep } from './compiled-chain.ts'
import { keptBody, StepHistory } from './record.ts'
import type { Recorded, Recorder, StepOutcome } from './recorder.ts'
import { Session, type SessionOptions } from './session.ts'
import { stepInput } from './step-input.ts'
import { instanceKey, StepRun, type StepContext } from './step-run.ts'

export interface RunOptions extends SessionOptions {
  readonly input: unknown
  readonly settings?: Readonly<Record<string, unknown>>
  /** What the authorization captured, for `connection.<name>`. */
  readonly connection?: Readonly<Record<string, string>>
  /** The store event that set it off. */
  readonly event?: { readonly id: string; readonly type: string; readonly time: string; readonly storeId: string }
  /** `key` makes the idempotency keys of its steps: runs with the same key are the same execution to the service. */
  readonly execution: { readonly id: string; readonly key: string }
  /** The service's address, with any path all requests have in common. */
  readonly baseUrl: string
  /** When the chain must have ended, by the clock. */
  readonly deadlineAt: number
  /** From 0 up to 1, for jitter. */
  readonly random: () => number
  readonly signal?: AbortSignal
  readonly recorder?: Recorder
  /** What an earlier, interrupted run of the same execution recorded. */
  readonly recorded?: Recorded
}

/**
 * Runs a chain: each step as soon as those it reads from are done, all under one deadline.
 * Failures of the service, of the definition and of the data are results, not exceptions; it rejects only when the
 * recorder or the HTTP port is defective.
 */
export async function runChain(chain: CompiledChain, options: RunOptions): Promise<ChainResult> {
  const run = new ChainRun(chain, options)
  try {
    return await run.toEnd()
  } catch (error) {
    return { status: 'failed', error: run.explain(error), steps: run.records }
  }
}

class ChainRun {
  readonly records: StepRecord[] = []
  readonly #chain: CompiledChain
  readonly #options: RunOptions
  readonly #startedAt: number
  readonly #outputs: Record<string, unknown> = {}
  readonly #started = new Map<string, Promise<void>>()
  /** Called off when a step fails: reads that are under way need not end. */
  readonly #callOff = new AbortController()
  #failed = false

  constructor(chain: CompiledChain, options: RunOptions) {
    this.#chain = chain
    this.#options = options
    this.#startedAt = options.clock.now()
  }

  async toEnd(): Promise<ChainResult> {
    const { chain, options } = { chain: this.#chain, options: this.#options }
    this.#check(chain.input, options.input, 'invalid_input', 'The input', 'permanent')
    const scope = this.#scope()
    if (chain.when && chain.when.run(scope) !== true) return { status: 'skipped', steps: [] }

    const session = new Session(options)
    const settled = await Promise.allSettled(chain.steps.map((step) => this.#start(step, session)))
    const failures = settled.flatMap((step) => (step.status === 'rejected' ? [step.reason as unknown] : []))
    // A step that was called off fails too; the failure that called it off is the one to tell.
    const first = failures.find((reason) => !(reason instanceof CalledOff))
    if (first !== undefined) throw first

    try {
      const output = (await evaluate(chain.result, scope)) ?? {}
      this.#check(chain.output, output, 'invalid_output', `What ${chain.service} gave, mapped,`, 'configuration')
      return { status: 'succeeded', output, steps: this.records }
    } catch (error) {
      throw this.#afterWrites(this.explain(error))
    }
  }

  /** A failure after all steps: where one of them may not be done twice, the chain must not be run again for it. */
  #afterWrites(failure: ChainFailure): ChainError {
    const written = this.#chain.steps.find(({ id, repeat }) => repeat !== 'safe' && id in this.#outputs)
    if (!written) return new ChainError(failure)
    const warning = `${this.#chain.service} has done "${written.id}": look at its own console before doing it again.`
    return new ChainError({ ...failure, class: 'unknown', message: `${failure.message} ${warning}` })
  }

  /** @throws what is no failure of the chain but a defect */
  explain(error: unknown): ChainFailure {
    if (error instanceof ChainError) return error.failure
    if (error instanceof MappingError) {
      const message = `The mapping failed at ${error.message}. Check the connector's mappings and settings.`
      return { class: 'configuration', code: 'mapping_failed', message }
    }
    if (error instanceof MissingCredential) {
      const message = `${this.#chain.service} cannot be asked: ${error.message}. Enter the connector's credentials again.`
      return { class: 'configuration', code: 'missing_credential', message }
    }
    throw error
  }

  #scope(): Scope {
    const { input, settings, connection, event } = this.#options
    const execution = { ...this.#options.execution, at: new Date(this.#startedAt).toISOString() }
    return { input, settings: settings ?? {}, connection: connection ?? {}, event, execution, steps: this.#outputs }
  }

  #check(
    schema: JsonSchema | undefined,
    value: unknown,
    code: string,
    what: string,
    errorClass: ChainFailure['class'],
  ): void {
    if (!schema) return
    const [first] = compileJsonSchema(schema).errors(value)
    if (!first) return
    const message = `${what} is not valid: ${first.pointer || 'it'} ${first.message}.`
    throw new ChainError({ class: errorClass, code, message })
  }

  #start(step: CompiledStep, session: Session): Promise<void> {
    const known = this.#started.get(step.id)
    if (known) return known
    const running = (async () => {
      const before = this.#chain.steps.filter(({ id }) => step.dependsOn.includes(id))
      await Promise.all(before.map((other) => this.#start(other, session)))
      if (this.#failed) throw new CalledOff()
      await this.#run(step, session)
    })()
    this.#started.set(step.id, running)
    return running
  }

  async #run(step: CompiledStep, session: Session): Promise<void> {
    const { clock } = this.#options
    const input = keptBody(JSON.stringify(stepInput(step.reads, this.#scope())), session.redactor)
    const history = new StepHistory(step.id, input, this.#startedAt, clock.now())
    try {
      if (step.when && step.when.run(this.#scope()) !== true) {
        await this.#options.recorder?.after({ key: step.id, step: step.id, status: 'skipped' })
        this.records.push(history.end('skipped', clock.now()))
        return
      }
      const output = await this.#instances(step, session, history)
      this.#outputs[step.id] = output
      const kept = output === undefined ? {} : { output: keptBody(JSON.stringify(output), session.redactor) }
      this.records.push(history.end('succeeded', clock.now(), kept))
    } catch (error) {
      const calledOff = this.#failed
      this.#failed = true
      this.#callOff.abort()
      const { class: errorClass, code, message } = this.explain(error)
      this.records.push(history.end('failed', clock.now(), { error: { class: errorClass, code, message } }))
      throw calledOff && !step.writes ? new CalledOff() : error
    }
  }

  /** The step's output: of its one run, or the list of its items'. */
  async #instances(step: CompiledStep, session: Session, history: StepHistory): Promise<unknown> {
    const scope = this.#scope()
    const { forEach } = step
    if (!forEach) return this.#instance(step, session, scope, history)

    const { definition, list, as } = forEach
    const items = (list.run(scope) ?? []) as unknown[]
    if (!Array.isArray(items) || items.length > definition.limit) {
      const message = Array.isArray(items)
        ? `Step "${step.id}" has ${items.length} items to work on, and may have ${definition.limit}.`
        : `What step "${step.id}" should work on is not a list.`
      throw new ChainError({ class: 'permanent', code: 'too_many_items', message, step: step.id })
    }
    const outputs: unknown[] = Array.from({ length: items.length })
    const queue = items.entries()
    let stopped = false
    const worker = async (): Promise<void> => {
      for (const [index, item] of queue) {
        if (stopped) return
        try {
          outputs[index] = await this.#instance(step, session, { ...scope, [as]: item }, history, index)
        } catch (error) {
          stopped = true
          throw error
        }
      }
    }
    const workers = Array.from({ length: Math.min(definition.concurrency ?? 1, items.length) }, worker)
    const ended = await Promise.allSettled(workers)
    const failure = ended.find((one) => one.status === 'rejected')
    if (failure) throw failure.reason
    return outputs.filter((output) => output !== undefined)
  }

  async #instance(
    step: CompiledStep,
    session: Session,
    scope: Scope,
    history: StepHistory,
    index?: number,
  ): Promise<unknown> {
    const { recorder, recorded } = this.#options
    const key = instanceKey(step.id, index)
    const earlier = recorded?.outcomes.get(key)
    if (earlier && isFinal(earlier)) {
      if (earlier.status === 'failed') throw new ChainError({ ...earlier.error!, step: step.id })
      return earlier.output
    }
    const run = new StepRun(step, this.#context(step, session), scope, history, index)
    try {
      const unknownSince = earlier?.error?.class === 'unknown' ? (earlier.begunAt ?? 0) : undefined
      const output = await run.run(recorded?.begun.get(key) ?? unknownSince)
      await recorder?.after({ key, step: step.id, status: 'succeeded', ...(output === undefined ? {} : { output }) })
      return output
    } catch (error) {
      if (error instanceof ChainError) {
        const { class: errorClass, code, message } = error.failure
        await recorder?.after({
          key,
          step: step.id,
          status: 'failed',
          error: { class: errorClass, code, message },
          ...(errorClass === 'unknown' ? { begunAt: run.begunAt } : {}),
        })
      }
      throw error
    }
  }

  #context(step: CompiledStep, session: Session): StepContext {
    const { baseUrl, execution, clock, random, deadlineAt, recorder, signal } = this.#options
    const signals = [signal, step.writes ? undefined : this.#callOff.signal].filter((one) => one !== undefined)
    return {
      service: this.#chain.service,
      baseUrl,
      executionKey: execution.key,
      session,
      clock,
      random,
      deadlineAt,
      signal: AbortSignal.any(signals),
      recorder,
    }
  }
}

/** A step that was not run, or not to its end, because another one failed. */
class CalledOff extends Error {}

/** Whether an earlier outcome stands. What failed in passing, or is not known, is taken up again. */
const isFinal = ({ status, error }: StepOutcome): boolean =>
  status !== 'failed' || (error?.class !== 'transient' && error?.class !== 'unknown')
