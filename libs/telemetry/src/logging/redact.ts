import { Secret } from '@cartly/contracts'
import { isNativeError } from 'node:util/types'
import { isSecretName, REDACTED, redactText } from './redact-text.ts'
import { serializeError } from './serialize-error.ts'

const MAX_DEPTH = 8
const MAX_ITEMS = 100

/**
 * A copy of a value fit for a log line: secrets hidden by type (`Secret`) and by name (of fields, headers and query
 * parameters), errors by `serializeError`, bytes as their length, and everything bounded in depth, items and text.
 * It knows no secret's value, so do not put one into free text.
 */
export function redact(value: unknown, stacks = false, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? '[function]' : value
  if (value instanceof Secret) return REDACTED
  if (isNativeError(value)) return serializeError(value, stacks)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof URL) return redactText(value.href)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (depth >= MAX_DEPTH) return '[…]'
  if (Array.isArray(value) || value instanceof Set) {
    return [...value].slice(0, MAX_ITEMS).map((item) => redact(item, stacks, depth + 1))
  }
  return redactFields(isIterable(value) ? [...value] : Object.entries(value), stacks, depth + 1)
}

/** Maps and `Headers` are read as fields, so that their names are seen. */
const isIterable = (value: object): value is Iterable<[string, unknown]> =>
  value instanceof Map || value instanceof Headers || value instanceof URLSearchParams

function redactFields(
  entries: readonly (readonly [string, unknown])[],
  stacks: boolean,
  depth: number,
): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of entries.slice(0, MAX_ITEMS)) {
    if (value !== undefined) {
      fields[name] =
        isSecretName(String(name)) && value !== null && typeof value !== 'boolean'
          ? REDACTED
          : redact(value, stacks, depth)
    }
  }
  return fields
}
