import { storableText, toJson } from './json.ts'

/** What must be escaped between quotes in an array (section 8.15.6 of Postgres's manual). */
const special = /["\\]/
const allSpecial = /["\\]/g

/**
 * The values as Postgres writes an array of them: those of JSON, times as ISO 8601, bytes as such, null and `undefined` as NULL. Where
 * `type` is JSON each is JSON text, and where it is an array each is the text of an array.
 */
export function arrayOf(values: readonly unknown[], type: string): string {
  const isJson = type === 'json' || type === 'jsonb'
  let text = '{'
  for (const value of values) {
    if (text.length > 1) text += ','
    if (value === null || value === undefined) text += 'NULL'
    else if (isJson) text += quoted(toJson(value))
    else if (typeof value === 'string') text += quoted(storableText(value))
    else if (typeof value === 'object') text += quoted(objectText(value, type))
    else text += String(value)
  }
  return `${text}}`
}

function objectText(value: object, type: string): string {
  if (value instanceof Uint8Array)
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')}`
  if (Array.isArray(value) && type.endsWith('[]')) return arrayOf(value, type.slice(0, -2))
  return value instanceof Date ? value.toISOString() : toJson(value)
}

const quoted = (text: string): string => `"${special.test(text) ? text.replaceAll(allSpecial, '\\$&') : text}"`
