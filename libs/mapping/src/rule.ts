import { MappingError } from './error.ts'
import { isObject } from './json.ts'

/** A function's name, as written: `$` for a path, `$lower`, `$each`, … */
export type FunctionName = string

/**
 * What a node of a mapping is. An object with one key that begins with `$` is an expression; every other object is a
 * target, whose keys are written out; everything else is itself.
 */
export type Rule =
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  | { readonly kind: 'list'; readonly items: readonly unknown[] }
  | { readonly kind: 'target'; readonly entries: readonly (readonly [string, unknown])[] }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly argument: unknown }

/** @throws MappingError `bad_argument` for what is not JSON or mixes an expression with other keys */
export function readRule(node: unknown, pointer: string): Rule {
  if (node === null || typeof node === 'string' || typeof node === 'boolean') return { kind: 'literal', value: node }
  if (typeof node === 'number' && Number.isFinite(node)) return { kind: 'literal', value: node }
  if (Array.isArray(node)) return { kind: 'list', items: node }
  if (!isObject(node)) throw new MappingError('bad_argument', pointer, 'this is not JSON')
  const entries = Object.entries(node)
  const call = entries.find(([key]) => key.startsWith('$'))
  if (!call) return { kind: 'target', entries }
  if (entries.length > 1) {
    throw new MappingError(
      'bad_argument',
      pointer,
      `"${call[0]}" must be the only key of its object; what it needs goes inside it`,
    )
  }
  return { kind: 'call', name: call[0], argument: call[1] }
}
