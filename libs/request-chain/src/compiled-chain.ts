import type { CompiledMapping, JsonSchema, Path } from '@cartly/mapping'
import type { CompiledErrors } from './compile-errors.ts'
import type { ForEach, Idempotency, Pagination, Retry } from './definition/step.ts'
import type { Repeat } from './recorder.ts'

export interface CompiledRequest {
  readonly method: string
  /** The literal parts of the path as text, the computed ones as rules. */
  readonly path: string | readonly CompiledMapping[]
  /** By name; headers in lower case. */
  readonly query: ReadonlyMap<string, CompiledMapping>
  readonly headers: ReadonlyMap<string, CompiledMapping>
  readonly body: CompiledMapping | undefined
  readonly form: CompiledMapping | undefined
}

export interface CompiledExpectation {
  /** Admitted statuses; 200 to 299 when absent. */
  readonly status: ReadonlySet<number> | undefined
  readonly where: CompiledMapping | undefined
}

export interface CompiledPagination {
  readonly definition: Pagination
  readonly items: CompiledMapping
  readonly next: CompiledMapping | undefined
}

export interface CompiledReconcile {
  readonly request: CompiledRequest
  readonly found: CompiledMapping
  readonly absent: CompiledMapping | undefined
  readonly settleMs: number
  readonly output: CompiledMapping | undefined
}

export interface CompiledStep {
  readonly id: string
  readonly dependsOn: readonly string[]
  /** What it reads before it sends, for its record. */
  readonly reads: readonly Path[]
  /** Whether its method may change something at the service (RFC 9110 §9.2.1). */
  readonly writes: boolean
  readonly repeat: Repeat
  readonly when: CompiledMapping | undefined
  readonly forEach: { readonly definition: ForEach; readonly list: CompiledMapping; readonly as: string } | undefined
  readonly request: CompiledRequest
  readonly expect: CompiledExpectation
  readonly errors: CompiledErrors
  readonly retry: Retry | undefined
  readonly timeoutMs: number | undefined
  readonly paginate: CompiledPagination | undefined
  readonly idempotency: Idempotency | undefined
  readonly reconcile: CompiledReconcile | undefined
  readonly output: CompiledMapping | undefined
}

/** A hook, checked and compiled: safe to keep, to share and to run at once in many places. */
export interface CompiledChain {
  /** The service's name, for people. */
  readonly service: string
  readonly steps: readonly CompiledStep[]
  readonly when: CompiledMapping | undefined
  readonly result: CompiledMapping
  readonly backup: CompiledMapping | undefined
  readonly deadlineMs: number
  /** Whether some step may not be done twice, so that each outcome must be recorded before the next step. */
  readonly durable: boolean
  readonly input: JsonSchema | undefined
  readonly output: JsonSchema | undefined
}
