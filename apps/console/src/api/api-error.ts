import type { components } from './schema.ts'

export type Problem = components['schemas']['Problem']

/** A request that the gateway refused, in the words of its problem document (RFC 9457). */
export class ApiError extends Error {
  readonly problem: Problem

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.detail, options)
    this.name = 'ApiError'
    this.problem = problem
  }

  static unreachable(cause: unknown): ApiError {
    const detail = 'The server cannot be reached. Check your connection; this page tries again by itself.'
    return new ApiError(
      { type: 'about:blank', title: 'No connection', status: 0, code: 'unreachable', detail },
      { cause },
    )
  }

  get status(): number {
    return this.problem.status
  }

  /** Whether asking again may help: it was not the request that was wrong. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }

  /** What is wrong with the field at a JSON Pointer into the body. */
  at(pointer: string): string | undefined {
    return this.problem.errors?.find((error) => error.pointer === pointer)?.message
  }
}

export const statusOf = (error: unknown): number | undefined => (error instanceof ApiError ? error.status : undefined)
