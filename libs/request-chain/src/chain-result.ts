import type { ErrorClass, StepRecord } from '@cartly/contracts'

/** Why a chain failed, in words for the merchant: which service said what, what it means, what to do. */
export interface ChainFailure {
  readonly class: ErrorClass
  /** The service's own code, `http_<status>`, or one of the engine's. */
  readonly code: string
  readonly message: string
  readonly step?: string
  readonly status?: number
  /** When the service says that it may be asked again, in milliseconds from the answer. */
  readonly retryAfterMs?: number
}

export type ChainResult =
  | { readonly status: 'succeeded'; readonly output: unknown; readonly steps: StepRecord[] }
  | { readonly status: 'failed'; readonly error: ChainFailure; readonly steps: StepRecord[] }
  /** The hook's own `when` did not hold. */
  | { readonly status: 'skipped'; readonly steps: StepRecord[] }
