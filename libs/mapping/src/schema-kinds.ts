import { isObject } from './json.ts'
import type { ValueKind } from './kinds.ts'
import type { PathSegment } from './path.ts'

/** A JSON Schema, as data. Only what it says plainly is used; what it leaves open stays unknown. */
export type JsonSchema = Readonly<Record<string, unknown>>

const kinds: Readonly<Record<string, ValueKind>> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'truth',
  array: 'list',
  object: 'object',
  null: 'null',
}

/** The kind of value a schema admits, when it admits only one (beside null). */
export function kindOfSchema(schema: JsonSchema | undefined): ValueKind {
  if (!schema) return 'any'
  const { type, const: constant, anyOf, oneOf } = schema
  if (typeof type === 'string') return kinds[type] ?? 'any'
  if (constant !== undefined) return kindOfValue(constant)
  if (Array.isArray(type))
    return only(type.filter((name) => name !== 'null').map((name) => kinds[String(name)] ?? 'any'))
  const options = Array.isArray(anyOf) ? anyOf : oneOf
  return Array.isArray(options) ? only(options.map((option) => kindOfSchema(option as JsonSchema))) : 'any'
}

const only = (found: ValueKind[]): ValueKind => {
  const distinct = new Set(found)
  return distinct.size === 1 ? [...distinct][0]! : 'any'
}

export function kindOfValue(value: unknown): ValueKind {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  const names: Readonly<Record<string, ValueKind>> = {
    string: 'text',
    number: 'number',
    boolean: 'truth',
    object: 'object',
  }
  return names[typeof value] ?? 'any'
}

const SCALARS: ReadonlySet<ValueKind> = new Set(['text', 'number', 'truth', 'null'])

/** The schema of a member; `unknown` when the schema says that there is none of that name. */
export function memberSchema(schema: JsonSchema | undefined, segment: PathSegment): JsonSchema | undefined | 'unknown' {
  if (!schema) return undefined
  if (SCALARS.has(kindOfSchema(schema))) return 'unknown'
  if (typeof segment === 'number') return itemSchema(schema)
  const properties = isObject(schema['properties']) ? schema['properties'] : undefined
  const found = properties && Object.hasOwn(properties, segment) ? properties[segment] : undefined
  if (isObject(found)) return found
  if (schema['additionalProperties'] === false) return 'unknown'
  return isObject(schema['additionalProperties']) ? schema['additionalProperties'] : undefined
}

export const itemSchema = (schema: JsonSchema | undefined): JsonSchema | undefined =>
  isObject(schema?.['items']) ? schema['items'] : undefined
