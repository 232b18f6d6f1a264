import type { ChainFailure } from './chain-result.ts'

/** A failure on its way out of the engine. */
export class ChainError extends Error {
  readonly failure: ChainFailure

  constructor(failure: ChainFailure) {
    super(failure.message)
    this.name = 'ChainError'
    this.failure = failure
  }
}
