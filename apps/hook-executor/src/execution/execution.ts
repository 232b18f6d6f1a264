import type {
  ErrorClass,
  ExecutionError,
  ExecutionId,
  executionTriggers,
  ResultSource,
  StepRecord,
} from '@cartly/contracts'
import type { Hook } from '../connectors/compiled-templates.ts'
import type { Connector } from '../domain/connector.ts'

/** One run of a hook of a connector, with the configuration it runs with to its end. */
export interface Execution {
  readonly id: ExecutionId
  /** Runs with the same key are one and the same to the service: it makes the idempotency keys of the steps. */
  readonly key: string
  readonly connector: Connector
  readonly hook: Hook
  readonly trigger: (typeof executionTriggers)[number]
  readonly input: unknown
  /** The store event that set it off. */
  readonly event?: { readonly id: string; readonly type: string; readonly time: string; readonly storeId: string }
  readonly replayOf?: ExecutionId
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly deadlineAt: number
}

/** Why it failed. `retryAfterMs`: when it may be tried again, in milliseconds from the end. */
export interface Failure {
  readonly class: ErrorClass
  readonly code: string
  readonly message: string
  /** The step it failed in. */
  readonly step?: string
  readonly retryAfterMs?: number
}

/** What the service gave, or why it gave nothing. `skipped`: the hook's own condition did not hold. */
export type Outcome =
  | { readonly status: 'succeeded'; readonly output: unknown; readonly steps: readonly StepRecord[] }
  | { readonly status: 'failed'; readonly error: Failure; readonly steps: readonly StepRecord[] }
  | { readonly status: 'skipped'; readonly steps: readonly StepRecord[] }

export const failed = (error: Failure): Outcome => ({ status: 'failed', error, steps: [] })

/** The part of a failure that the outside sees. */
export const errorOf = ({ class: errorClass, code, message }: Failure): ExecutionError => ({
  class: errorClass,
  code,
  message,
})

/** What an execution ended in, as the caller was told. `error` beside a success says why the answer is not a live one. */
export interface Ending {
  readonly status: 'succeeded' | 'failed'
  readonly source: ResultSource
  readonly output?: unknown
  readonly error?: ExecutionError
  readonly steps: readonly StepRecord[]
  readonly endedAt: number
}

export function endingOf(outcome: Outcome): Ending {
  const common = { source: 'live', steps: outcome.steps, endedAt: Date.now() } as const
  if (outcome.status === 'failed') return { ...common, status: 'failed', error: errorOf(outcome.error) }
  return { ...common, status: 'succeeded', ...(outcome.status === 'succeeded' ? { output: outcome.output } : {}) }
}
