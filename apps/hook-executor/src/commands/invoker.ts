import {
  CartlyError,
  compileJsonSchema,
  conflict,
  DEFAULT_DEADLINE_MS,
  invalid,
  MAX_DEADLINE_MS,
  newId,
  notFound,
  type ConnectorId,
  type InvokeReply,
  type InvokeRequest,
  type InvokeResult,
  type RequestOf,
  type StoreId,
  type executor,
} from '@cartly/contracts'
import type { CompiledTemplates, Target } from '../connectors/compiled-templates.ts'
import type { ConnectorHistory } from '../connectors/connector-history.ts'
import type { ConnectorIndex } from '../connectors/connector-index.ts'
import type { Answers } from '../checkout/answers.ts'
import type { Execution } from '../execution/execution.ts'
import { resultOf, type RunResult } from '../runs/run.ts'
import type { LastingInvocations } from '../runs/lasting-invocations.ts'

export interface InvokerOptions {
  readonly index: ConnectorIndex
  readonly history: ConnectorHistory
  readonly templates: CompiledTemplates
  readonly answers: Answers
  readonly lasting: LastingInvocations
}

/** What is kept of the caller's time for the way back, and for a machine that is busy when the time is over. */
const TRAVEL_MS = 25

/** Runs hooks for callers that wait for the answer. */
export class Invoker {
  readonly #options: InvokerOptions

  constructor(options: InvokerOptions) {
    this.#options = options
  }

  /**
   * Runs the hook of one connector, or of every active connector of the store that has it, side by side; answers within
   * the deadline and its grace, whatever the services do.
   * @param receivedAt when the deadline began to run, in milliseconds since the epoch
   * @throws CartlyError `not_found`, `conflict` for a connector that is not active, `invalid` for an input that does not
   * fit the hook
   */
  async invoke(storeId: StoreId, hook: string, request: InvokeRequest, receivedAt: number): Promise<InvokeReply> {
    const { connectorId, input, deadlineMs = DEFAULT_DEADLINE_MS, idempotencyKey } = request
    const deadlineAt = receivedAt + deadlineMs - Math.min(TRAVEL_MS, deadlineMs / 10)
    const found = connectorId ? this.#target(storeId, connectorId, hook) : this.#targets(storeId, hook)
    const targets = await orElse(found, deadlineAt, tooLateToBegin)
    this.#check(targets, input)
    const results = targets.map((target) => {
      const id = newId('exec', receivedAt)
      const common = { id, key: id, ...target, trigger: 'invoke' } as const
      return this.#answer({ ...common, input, startedAt: receivedAt, deadlineAt }, idempotencyKey)
    })
    return { results: await Promise.all(results) }
  }

  /**
   * Runs an execution again with the configuration of today, active or not, or of then.
   * @throws CartlyError `not_found`, `invalid`
   */
  async replay(request: RequestOf<typeof executor.replay>, receivedAt: number): Promise<InvokeResult> {
    const { storeId, connectorId, executionId, asOf, input } = request
    const { index, history, templates } = this.#options
    const connector = await (asOf === undefined
      ? index.get(storeId, connectorId)
      : history.at(storeId, connectorId, { asOf }))
    const hook = templates.hook(connector, request.hook)
    if (!hook) throw notFound('hook', request.hook)
    this.#check([{ connector, hook }], input)
    const id = newId('exec', receivedAt)
    const deadlineAt = receivedAt + Math.min(hook.chain.deadlineMs, MAX_DEADLINE_MS)
    const common = { id, key: id, connector, hook, trigger: 'replay', replayOf: executionId } as const
    return this.#answer({ ...common, input, startedAt: receivedAt, deadlineAt })
  }

  async #target(storeId: StoreId, connectorId: ConnectorId, hook: string): Promise<readonly Target[]> {
    const { index, templates } = this.#options
    const connector = await index.getActive(storeId, connectorId)
    if (!connector) {
      throw conflict('connector_not_active', `The connector ${connectorId} is not active: POST …/activate`)
    }
    const found = templates.hook(connector, hook)
    if (!found) throw notFound('hook', hook)
    return [{ connector, hook: found }]
  }

  async #targets(storeId: StoreId, hook: string): Promise<readonly Target[]> {
    const { index, templates } = this.#options
    const hasHook = ({ hooks }: { hooks: object }): string[] => (Object.hasOwn(hooks, hook) ? [hook] : [])
    return index.among(storeId, (active) => templates.among(active, hasHook))
  }

  /** An input that fits no hook is the caller's mistake; one that fits some fails with the others. */
  #check(targets: readonly Target[], input: unknown): void {
    const wrong = targets.map(({ hook }) => (hook.chain.input ? compileJsonSchema(hook.chain.input).errors(input) : []))
    if (targets.length === 0 || wrong.some((errors) => errors.length === 0)) return
    const errors = wrong[0]!.map(({ pointer, message }) => ({ pointer: `/input${pointer}`, message }))
    throw invalid('invalid_input', `The input does not fit the hook ${targets[0]!.hook.name}`, errors)
  }

  async #answer(execution: Execution, idempotencyKey?: string): Promise<InvokeResult> {
    const { answers, lasting } = this.#options
    const answer =
      execution.hook.chain.durable || idempotencyKey !== undefined
        ? lasting.answer(execution, idempotencyKey)
        : answers.answer(execution).then((ending) => resultOf(execution.id, ending))
    return {
      connectorId: execution.connector.connectorId,
      ...(await orElse(answer, execution.deadlineAt, () => tooLate(execution))),
    }
  }
}

/** What there is at the deadline; what comes later is recorded all the same. */
async function orElse<T>(work: Promise<T>, deadlineAt: number, late: () => T): Promise<T> {
  const { promise: over, resolve } = Promise.withResolvers<void>()
  // What is worked on ends by itself at the deadline, and a little later if the machine is busy.
  const timer = setTimeout(resolve, deadlineAt + TRAVEL_MS - Date.now())
  try {
    return await Promise.race([work, over.then(late)])
  } finally {
    clearTimeout(timer)
  }
}

function tooLateToBegin(): never {
  throw new CartlyError('timeout', 'deadline_exceeded', 'The connectors could not be looked up in time')
}

function tooLate({ id, hook }: Execution): RunResult {
  const message = `${hook.chain.service} gave no answer in time. What comes of it will be in the execution's history.`
  const errorClass = hook.chain.durable ? 'unknown' : 'transient'
  const error = { class: errorClass, code: 'deadline_exceeded', message } as const
  return { executionId: id, status: 'failed', source: 'live', error }
}
