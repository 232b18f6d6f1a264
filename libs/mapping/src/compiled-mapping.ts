import type { ValueKind } from './kinds.ts'
import type { JsonSchema } from './schema-kinds.ts'
import type { Path } from './path.ts'

/** A path that a mapping reads from one of its roots. */
export interface Reference extends Path {
  /** Where in the mapping it stands. */
  readonly pointer: string
}

/** Values by root name. A root that is missing is absent. */
export type Scope = Readonly<Record<string, unknown>>

/** A mapping, checked and compiled: safe to keep, to share and to run at once in many places. */
export interface CompiledMapping {
  /**
   * Data in, data out; the input is not changed, but the output may share parts of it.
   * @throws MappingError with the place of the rule that failed
   */
  run(scope: Scope): unknown
  /** Whether it applies a mapping that is evaluated in another process; then `run` fails, and `runLater` is to be used. */
  readonly later: boolean
  /** As `run`, waiting for what is evaluated elsewhere. */
  runLater(scope: Scope): Promise<unknown>
  /** Every path it reads from its roots, for checks and for the order of steps. */
  readonly references: readonly Reference[]
  /** What its `input` must be, where that was said. */
  readonly input?: JsonSchema | undefined
  /** The kind of value it gives, as far as it can be told, and its schema where that was said. */
  readonly gives: ValueKind
  readonly output?: JsonSchema | undefined
  /** How many rules it has. */
  readonly rules: number
}
