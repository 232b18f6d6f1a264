import type { ExecutionError } from '@cartly/contracts'

/** How one step (or one item of a `forEach` step) may be repeated when its outcome is not known. */
export type Repeat = 'safe' | 'reconcile' | 'never'

/** An attempt that is about to be sent. */
export interface AttemptBegun {
  /** The step's id, with the item's index where there is one: `buy`, `buy[2]`. */
  readonly key: string
  readonly step: string
  readonly attempt: number
  /** When, in milliseconds since 1970. */
  readonly at: number
  readonly repeat: Repeat
}

/** What became of a step (or item) for good. */
export interface StepOutcome {
  readonly key: string
  readonly step: string
  readonly status: 'succeeded' | 'failed' | 'skipped'
  readonly output?: unknown
  readonly error?: ExecutionError
  /** When the latest attempt was begun, where its outcome is not known. */
  readonly begunAt?: number
}

/**
 * Where a durable chain writes what it does. Both are awaited: nothing is sent before `before` has returned, and no step
 * that depends on an outcome begins before `after` has. When either throws, the chain stops and `runChain` rejects.
 */
export interface Recorder {
  before(attempt: AttemptBegun): Promise<void>
  after(outcome: StepOutcome): Promise<void>
}

/** What an earlier run of the same execution has recorded. */
export interface Recorded {
  /** When the latest attempt of each key was begun (`AttemptBegun.at`), of those with no outcome recorded after it. */
  readonly begun: ReadonlyMap<string, number>
  /** The latest outcome of each key. A transient failure is run again, an unknown one found out about first. */
  readonly outcomes: ReadonlyMap<string, StepOutcome>
}
