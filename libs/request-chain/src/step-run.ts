import { MappingError, type CompiledMapping } from '@cartly/mapping'
import { buildRequest, evaluate, RequestError, type BuiltRequest, type Scope } from './build-request.ts'
import { ChainError } from './chain-error.ts'
import type { ChainFailure } from './chain-result.ts'
import { collectPages } from './collect-pages.ts'
import { isExpected, judgeResponse, judgeSilence } from './classify.ts'
import type { CompiledReconcile, CompiledRequest, CompiledStep } from './compiled-chain.ts'
import { stepKey } from './execution-key.ts'
import type { Clock } from './http-port.ts'
import type { ReadResponse } from './read-response.ts'
import type { StepHistory } from './record.ts'
import type { Recorder } from './recorder.ts'
import { waitBeforeRetry } from './retry.ts'
import type { Renewal, Session } from './session.ts'

/** Outputs are kept whole, so that a chain can be taken up again; they may be no longer than this as JSON. */
const MAX_OUTPUT_CHARS = 262_144

/** What a step runs in. */
export interface StepContext {
  readonly service: string
  readonly baseUrl: string
  readonly executionKey: string
  readonly session: Session
  readonly clock: Clock
  readonly random: () => number
  readonly deadlineAt: number
  readonly signal: AbortSignal
  readonly recorder: Recorder | undefined
}

/** One step, or one item of it, being run. */
export class StepRun {
  readonly #step: CompiledStep
  readonly #context: StepContext
  readonly #scope: Scope
  readonly #history: StepHistory
  readonly #key: string
  readonly #index: number | undefined
  #attempts = 0
  #begunAt = 0
  #sawSecret = false
  #renewed = false

  constructor(step: CompiledStep, context: StepContext, scope: Scope, history: StepHistory, index?: number) {
    this.#step = step
    this.#context = context
    this.#scope = scope
    this.#history = history
    this.#index = index
    this.#key = instanceKey(step.id, index)
  }

  /** When its latest attempt was begun, in milliseconds since 1970; 0 when none was. */
  get begunAt(): number {
    return this.#begunAt
  }

  /**
   * Runs to its output. `begunBefore` is when an earlier run began an attempt without living to see its outcome.
   * @throws ChainError
   */
  async run(begunBefore: number | undefined): Promise<unknown> {
    try {
      const output = await this.#output(begunBefore)
      const clean = this.#sawSecret ? this.#context.session.redactor.json(output) : output
      if ((JSON.stringify(clean)?.length ?? 0) > MAX_OUTPUT_CHARS) {
        throw this.#fail(
          'output_too_large',
          `what it gives is longer than ${MAX_OUTPUT_CHARS} characters; keep less in its "output"`,
        )
      }
      return clean
    } catch (error) {
      if (error instanceof MappingError) throw this.#fail('mapping_failed', `the mapping failed at ${error.message}`)
      if (error instanceof RequestError) throw this.#fail(error.code, `the request cannot be built: ${error.message}`)
      throw error
    }
  }

  async #output(begunBefore: number | undefined): Promise<unknown> {
    const { paginate, output } = this.#step
    if (paginate) {
      const source = { build: () => this.#build(this.#step.request), fetch: (page: BuiltRequest) => this.#page(page) }
      const items = await collectPages(paginate, source, this.#scope)
      return output ? await evaluate(output, { ...this.#scope, items }) : items
    }
    if (begunBefore !== undefined && this.#step.repeat !== 'safe') {
      this.#begunAt = begunBefore
      const done = await this.#findOut(this.#lost('an earlier attempt was cut off'))
      if (done) return done.output
    }
    return this.#settle(await this.#build(this.#step.request))
  }

  /** Sends until it is done or will not be. */
  async #settle(request: BuiltRequest): Promise<unknown> {
    for (;;) {
      const result = await this.#attempt(request)
      if ('response' in result) return this.#outputOf(this.#step.output, result.response)
      const { failure, tookMs } = result
      if (failure.class === 'unknown') {
        const done = await this.#findOut(failure)
        if (done) return done.output
      }
      await this.#waitOrThrow(failure.class === 'unknown' ? { ...failure, class: 'transient' } : failure, tookMs)
    }
  }

  async #attempt(
    request: BuiltRequest,
  ): Promise<{ response: ReadResponse } | { failure: ChainFailure; tookMs: number }> {
    const { step, context } = { step: this.#step, context: this.#context }
    const attempt = ++this.#attempts
    const timeoutMs = this.#timeout()
    this.#begunAt = context.clock.now()
    await context.recorder?.before({ key: this.#key, step: step.id, attempt, at: this.#begunAt, repeat: step.repeat })
    const exchange = await context.session.exchange(request, {
      step: step.id,
      attempt,
      ...this.#indexed(),
      timeoutMs,
      signal: context.signal,
    })
    const { tookMs, record } = exchange
    if ('silence' in exchange) return this.#failed(record, judgeSilence(this.#asked(), exchange.silence), tookMs)

    const { response, text } = exchange
    this.#sawSecret ||= context.session.redactor.finds(text)
    const scope = { ...this.#scope, response }
    if (isExpected(step.expect, response, scope)) {
      this.#history.attempts.push(record)
      return { response }
    }
    const failure = judgeResponse(this.#asked(), response, scope)
    const renewal = response.status === 401 ? await this.#renewOnce() : 'none'
    const failed = this.#failed(record, renewal === 'later' ? notRenewed(failure) : failure, tookMs)
    // A 401 says that nothing was done, so even a write may be sent again.
    return renewal === 'renewed' ? this.#attempt(request) : failed
  }

  async #renewOnce(): Promise<Renewal> {
    if (this.#renewed) return 'none'
    this.#renewed = true
    return this.#context.session.renew()
  }

  #failed(record: StepHistory['attempts'][number], failure: ChainFailure, tookMs: number) {
    const clean = { ...failure, message: this.#context.session.redactor.text(failure.message) }
    const { class: errorClass, code, message } = clean
    this.#history.attempts.push({ ...record, error: { class: errorClass, code, message } })
    return { failure: clean, tookMs }
  }

  async #waitOrThrow(failure: ChainFailure, tookMs: number, tried = this.#attempts): Promise<void> {
    const { clock, deadlineAt, random, signal } = this.#context
    const wait = waitBeforeRetry({
      retry: this.#step.retry,
      failure,
      attempt: tried,
      tookMs,
      remainingMs: deadlineAt - clock.now(),
      random: random(),
    })
    if (wait === undefined) throw new ChainError(failure)
    await clock.sleep(wait, signal)
    if (signal.aborted) throw new ChainError(failure)
  }

  /**
   * Asks the service whether the step was done. Returns what it gave when it was, `undefined` when it surely was not.
   * @throws ChainError of class `unknown` when that cannot be told, or not yet
   */
  async #findOut(failure: ChainFailure): Promise<{ output: unknown } | undefined> {
    const { reconcile } = this.#step
    if (!reconcile) throw new ChainError(failure)
    const { clock, deadlineAt, signal } = this.#context
    for (;;) {
      const response = await this.#askWhetherDone(reconcile, failure)
      const found = this.#wasDone(reconcile, response)
      if (found) return { output: await this.#outputOf(reconcile.output ?? this.#step.output, response) }
      if (found === undefined) throw new ChainError(failure)
      const unsettledMs = this.#begunAt + reconcile.settleMs - clock.now()
      if (unsettledMs <= 0) return undefined
      if (clock.now() + unsettledMs >= deadlineAt) throw new ChainError({ ...failure, retryAfterMs: unsettledMs })
      await clock.sleep(unsettledMs, signal)
    }
  }

  async #askWhetherDone(reconcile: CompiledReconcile, failure: ChainFailure): Promise<ReadResponse> {
    const { session, signal, clock, deadlineAt } = this.#context
    const timeoutMs = Math.min(deadlineAt - clock.now(), this.#step.timeoutMs ?? Number.POSITIVE_INFINITY)
    if (timeoutMs <= 0 || signal.aborted) throw new ChainError(failure)
    const exchange = await session.exchange(await this.#build(reconcile.request), {
      step: this.#step.id,
      attempt: Math.max(1, this.#attempts),
      ...this.#indexed(),
      timeoutMs,
      signal,
    })
    if ('silence' in exchange) {
      const silence = { ...judgeSilence(this.#asked(), exchange.silence), class: 'unknown' as const }
      this.#failed(exchange.record, silence, exchange.tookMs)
      throw new ChainError(failure)
    }
    if (exchange.response.status === 401 && (await this.#renewOnce()) === 'renewed') {
      return this.#askWhetherDone(reconcile, failure)
    }
    this.#history.attempts.push(exchange.record)
    this.#sawSecret ||= session.redactor.finds(exchange.text)
    return exchange.response
  }

  #wasDone({ found, absent }: CompiledReconcile, response: ReadResponse): boolean | undefined {
    const scope = { ...this.#scope, response }
    if (found.run(scope) === true) return true
    return absent?.run(scope) === true ? false : undefined
  }

  async #page(request: BuiltRequest): Promise<ReadResponse> {
    // Each page may be tried as often as another.
    for (let tried = 1; ; tried++) {
      const result = await this.#attempt(request)
      if ('response' in result) return result.response
      await this.#waitOrThrow(result.failure, result.tookMs, tried)
    }
  }

  async #build(request: CompiledRequest): Promise<BuiltRequest> {
    const built = await buildRequest(request, this.#context.baseUrl, this.#scope)
    const { idempotency } = this.#step
    if (idempotency?.by !== 'key' || request !== this.#step.request) return built
    const key = stepKey(this.#context.executionKey, this.#key)
    if (idempotency.in === 'query') built.url.searchParams.set(idempotency.name, key)
    else built.headers[idempotency.name.toLowerCase()] = key
    return built
  }

  async #outputOf(output: CompiledMapping | undefined, response: ReadResponse): Promise<unknown> {
    return output ? evaluate(output, { ...this.#scope, response }) : response.body
  }

  #timeout(): number {
    const remaining = this.#context.deadlineAt - this.#context.clock.now()
    if (remaining <= 0) {
      const message = `${this.#context.service} was not asked "${this.#step.id}": the time for this hook was over before.`
      throw new ChainError({ class: 'transient', code: 'deadline_exceeded', message, step: this.#step.id })
    }
    return Math.min(remaining, this.#step.timeoutMs ?? remaining)
  }

  #indexed(): { index?: number } {
    return this.#index === undefined ? {} : { index: this.#index }
  }

  #asked() {
    return {
      service: this.#context.service,
      step: this.#step.id,
      errors: this.#step.errors,
      repeatable: this.#step.repeat === 'safe',
      now: this.#context.clock.now(),
    }
  }

  #lost(why: string): ChainFailure {
    const message = `It is not known whether ${this.#context.service} did "${this.#step.id}": ${why}. Look at the service's own console before doing it again.`
    return { class: 'unknown', code: 'outcome_unknown', message, step: this.#step.id }
  }

  /**
   * Something that only a change of the definition or of the data mends. Where a write was sent before it was found, the
   * write may have been done, and must not be done again for it.
   */
  #fail(code: string, reason: string): ChainError {
    const { id, repeat } = this.#step
    const mayBeDone = repeat !== 'safe' && this.#attempts > 0
    const warning = mayBeDone ? `${this.#context.service} may have done it: look at its own console first. ` : ''
    const message = `In step "${id}" ${reason}. ${warning}Check the connector's mappings and settings.`
    const clean = this.#context.session.redactor.text(message)
    return new ChainError({ class: mayBeDone ? 'unknown' : 'configuration', code, message: clean, step: id })
  }
}

/** How a step, or one item of it, is known to the recorder: `buy`, `buy[2]`. */
export const instanceKey = (step: string, index?: number): string => (index === undefined ? step : `${step}[${index}]`)

/** The refusal is of a credential whose time is over, and that the next attempt may have a newer one for. */
const notRenewed = (failure: ChainFailure): ChainFailure => ({
  ...failure,
  class: 'transient',
  code: 'access_not_renewed',
  message: `${failure.message}; other access could not be had just now`,
})
