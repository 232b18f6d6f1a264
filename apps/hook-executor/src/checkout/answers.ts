import { createHash } from 'node:crypto'
import { MappingError } from '@cartly/mapping'
import { canonicalJson } from '../domain/canonical-json.ts'
import type { Activity } from '../execution/activity.ts'
import {
  endingOf,
  errorOf,
  failed,
  type Ending,
  type Execution,
  type Failure,
  type Outcome,
} from '../execution/execution.ts'
import type { HookRunner } from '../execution/hook-runner.ts'
import { recordedExecution } from '../execution/recorded-execution.ts'
import { AnswerCache, entryOf, type Kept } from './answer-cache.ts'
import { Bulkhead } from './bulkhead.ts'
import type { SharedAnswers } from './shared-answers.ts'

export interface AnswersOptions {
  readonly runner: HookRunner
  readonly activity: Activity
  readonly shared: SharedAnswers
}

interface Asking {
  readonly outcome: Promise<Outcome>
  readonly deadlineAt: number
}

/** How long after the deadline a chain is waited for, which ends at it by itself. */
const GIVE_UP_MS = 15
/** Who has so much more time than the one who is asking already asks anew. */
const SHARED_SLACK_MS = 250

/**
 * Answers for a buyer who waits: from memory where the hook allows it, else from the service, and when that fails, the
 * last good answer or the merchant's backup. Each says where it came from, and each is recorded as it was told.
 */
export class Answers {
  readonly #options: AnswersOptions
  readonly #cache = new AnswerCache()
  readonly #asking = new Map<string, Asking>()
  readonly #looking = new Map<string, Promise<void>>()
  readonly #bulkhead = new Bulkhead()

  constructor(options: AnswersOptions) {
    this.#options = options
  }

  async answer(execution: Execution): Promise<Ending> {
    const key = keyOf(execution)
    const kept = key === undefined ? undefined : await this.#known(key)
    if (kept) {
      const ending: Ending = { ...kept, source: 'cache', steps: [], endedAt: Date.now() }
      this.#record(execution, ending)
      return ending
    }
    const asked = this.#ask(execution, key)
    const told = await inTime(execution, asked.outcome).then((outcome) =>
      this.#tell(execution, key, outcome, asked.shared),
    )
    // What comes too late is recorded with what the buyer was told by then; a defect has been thrown at the caller.
    asked.outcome.then(
      ({ steps }) => this.#record(execution, { ...told, steps: asked.shared ? [] : steps }),
      () => undefined,
    )
    return told
  }

  /** What this replica has kept, or another. */
  async #known(key: string): Promise<Kept | undefined> {
    const here = this.#cache.fresh(key, Date.now())
    if (here || this.#asking.has(key)) return here
    const looking =
      this.#looking.get(key) ??
      this.#options.shared.find(key).then((entry) => {
        this.#looking.delete(key)
        if (entry) this.#cache.keep(key, entry)
      })
    this.#looking.set(key, looking)
    await looking
    return this.#cache.fresh(key, Date.now())
  }

  /** The same question at the same time is asked once. */
  #ask(execution: Execution, key: string | undefined): { outcome: Promise<Outcome>; shared: boolean } {
    const asking = key === undefined ? undefined : this.#asking.get(key)
    if (asking && asking.deadlineAt >= execution.deadlineAt - SHARED_SLACK_MS) {
      return { outcome: asking.outcome, shared: true }
    }
    const outcome = this.#live(execution)
    if (key === undefined) return { outcome, shared: false }
    const mine: Asking = {
      deadlineAt: execution.deadlineAt,
      outcome: outcome
        .then((ended) => {
          this.#keep(execution, key, ended)
          return ended
        })
        .finally(() => {
          if (this.#asking.get(key) === mine) this.#asking.delete(key)
        }),
    }
    this.#asking.set(key, mine)
    return { outcome: mine.outcome, shared: false }
  }

  async #live(execution: Execution): Promise<Outcome> {
    const { storeId } = execution.connector
    if (!this.#bulkhead.enter(storeId)) {
      const message = `${execution.hook.chain.service} was not asked: this store has too many requests under way. Try again in a moment.`
      return failed({ class: 'transient', code: 'too_many_requests', message })
    }
    try {
      return await this.#options.runner.run(execution)
    } finally {
      this.#bulkhead.leave(storeId)
    }
  }

  #keep({ hook }: Execution, key: string, outcome: Outcome): void {
    const policy = hook.definition.cache
    const kept = keptOf(outcome)
    const entry = policy && kept && entryOf(kept, policy, Date.now())
    if (!entry) return
    this.#cache.keep(key, entry)
    this.#options.shared.keep(key, entry)
  }

  #tell(execution: Execution, key: string | undefined, outcome: Outcome, shared: boolean): Ending {
    if (outcome.status !== 'failed') return { ...endingOf(outcome), source: shared ? 'cache' : 'live' }
    const { error } = outcome
    // What the service refuses, it refuses: another answer would be a wrong one.
    const standIn = error.class === 'permanent' ? undefined : this.#standIn(execution, key)
    return standIn ? { ...standIn, error: errorOf(error), steps: [], endedAt: Date.now() } : endingOf(outcome)
  }

  #standIn({ hook, input, connector, trigger }: Execution, key: string | undefined) {
    if (trigger === 'replay') return undefined
    const stale = key === undefined ? undefined : this.#cache.stale(key, Date.now())
    if (stale !== undefined) return { status: 'succeeded', source: 'stale', output: stale } as const
    const backup = orNothing(() => hook.chain.backup?.run({ input, settings: connector.settings }))
    return backup === undefined ? undefined : ({ status: 'succeeded', source: 'backup', output: backup } as const)
  }

  #record(execution: Execution, ending: Ending): void {
    void this.#options.activity.publish(recordedExecution(execution, ending))
  }
}

/** Answers are kept, and refusals; failures say nothing of the next time. */
function keptOf(outcome: Outcome): Kept | undefined {
  if (outcome.status === 'succeeded') return { status: 'succeeded', output: outcome.output }
  const refused = outcome.status === 'failed' && outcome.error.class === 'permanent'
  return refused ? { status: 'failed', error: errorOf(outcome.error) } : undefined
}

/** Also a subject's end. Without a key is what must be asked of the service: hooks that keep no answers, and replays. */
function keyOf({ connector, hook, input, trigger }: Execution): string | undefined {
  if (!hook.definition.cache || trigger === 'replay') return undefined
  const { storeId, connectorId, configuredAt } = connector
  const question = `${configuredAt} ${hook.name} ${canonicalJson(input)}`
  return `${storeId}.${connectorId}.${createHash('sha256').update(question).digest('base64url')}`
}

async function inTime({ hook, deadlineAt }: Execution, outcome: Promise<Outcome>): Promise<Outcome> {
  const { promise: late, resolve } = Promise.withResolvers<Outcome>()
  const timer = setTimeout(() => resolve(failed(noAnswer(hook.chain.service))), deadlineAt + GIVE_UP_MS - Date.now())
  try {
    return await Promise.race([outcome, late])
  } finally {
    clearTimeout(timer)
  }
}

const noAnswer = (service: string): Failure => ({
  class: 'transient',
  code: 'deadline_exceeded',
  message: `${service} gave no answer in time. What it was asked is in the execution's history.`,
})

/** A backup that cannot be computed is none. */
function orNothing(compute: () => unknown): unknown {
  try {
    return compute()
  } catch (error) {
    if (error instanceof MappingError) return undefined
    throw error
  }
}
