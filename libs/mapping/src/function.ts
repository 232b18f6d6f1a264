import type { CompiledMapping } from './compiled-mapping.ts'
import type { Inversion } from './inversion.ts'
import type { Evaluate, Place } from './run.ts'
import type { ValueKind, Wanted } from './kinds.ts'

/** What may stand in a field of a function's argument. */
export type Field = {
  readonly summary: string
  readonly optional?: true
  /** The kind of value it must have; a rule known to give another is refused when it is compiled. */
  readonly wants?: Wanted
  /** What is wrong with a scalar that is written out here, if anything is. */
  readonly refuses?: (literal: unknown) => string | undefined
} & (
  | /** Any rule: literal, object, or expression. */ { readonly takes: 'rule' }
  | /** A list of rules. */ { readonly takes: 'rules' }
  | /** A rule evaluated once for each item, which it sees by the loop's name. */ { readonly takes: 'body' }
  | /** One of a few words. */ { readonly takes: 'choice'; readonly of: readonly string[] }
  | /** A whole number written out, never computed. */ {
      readonly takes: 'integer'
      readonly from: number
      readonly to: number
    }
  | /** The name of a loop's variable. */ { readonly takes: 'name' }
  | /** The name of one of the mappings at hand. */ { readonly takes: 'mapping' }
  | /** An object of literal values by text key. */ { readonly takes: 'table' }
  | /** Any JSON, taken as it is. */ { readonly takes: 'json' }
)

/** A function's argument: a single value (`{ $lower: … }`), or an object of fields (`{ $round: { of: …, digits: 2 } }`). */
export type Argument = { readonly single: Field } | { readonly fields: Readonly<Record<string, Field>> }

/** What a function's `build` may ask of the argument it stands on; each call compiles or checks one field. */
export interface Arguments {
  readonly place: Place
  /** The place of a field, for errors that are about it. */
  at(field: string): Place
  has(field: string): boolean
  rule(field: string): Evaluate
  rules(field: string): Evaluate[]
  /** Compiles the field with the loop's variable in scope; gives the variable's slot and what one round costs. */
  body(field: string, variable: string): { evaluate: Evaluate; slot: number; cost: number }
  choice<T extends string>(field: string, fallback: T): T
  integer(field: string, fallback: number): number
  /** The loop's variable, `item` unless the field says otherwise. */
  name(field: string): string
  mapping(field: string): CompiledMapping
  /** Has a mapping that is evaluated elsewhere run before all else; gives the slot in which its output will be. */
  later(mapping: CompiledMapping, input: Evaluate): number
  json(field: string): unknown
}

/**
 * One function of the language. Every function is total: it ends, in time that grows with the data it is given, and
 * fails only with a coded MappingError.
 */
export interface MappingFunction {
  /** One sentence for editors and documentation. */
  readonly summary: string
  readonly argument: Argument
  /** What it gives, for the check against schemas. */
  readonly gives: ValueKind | ((kindOf: (field: string) => ValueKind) => ValueKind)
  build(args: Arguments): Evaluate
  /** The way back, where there is one. */
  readonly inverse: Inversion
}

/** The field name under which a single argument is known to `build`. */
export const SINGLE = 'value'
