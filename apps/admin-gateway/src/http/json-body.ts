import type { FieldError } from '@cartly/contracts'
import { invalid } from '@cartly/contracts'
import { MalformedBody } from './problem.ts'

const MAX_DEPTH = 64
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a body as I-JSON (RFC 7493), and refuses what would come to grief further in: nesting that overflows a stack,
 * characters that Postgres cannot store, names that reach a prototype. An empty body is no body.
 * @throws MalformedBody when it is not JSON; CartlyError `invalid` with the place when it is JSON of that kind.
 */
export function readJsonBody(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return undefined
  const value = parse(bytes)
  check(value, '', 0)
  return value
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    throw new MalformedBody('The body is not JSON in UTF-8')
  }
}

function check(value: unknown, pointer: string, depth: number): void {
  if (typeof value === 'string') return checkText(value, pointer)
  if (typeof value !== 'object' || value === null) return
  if (depth === MAX_DEPTH) throw refused({ pointer, message: `is nested deeper than ${MAX_DEPTH} levels` })
  if (Array.isArray(value)) return value.forEach((item, index) => check(item, `${pointer}/${index}`, depth + 1))
  for (const [name, item] of Object.entries(value)) {
    const place = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (name === '__proto__') throw refused({ pointer: place, message: 'is not a name a field can have' })
    checkText(name, place)
    check(item, place, depth + 1)
  }
}

function checkText(text: string, pointer: string): void {
  if (text.includes('\0')) throw refused({ pointer, message: 'must not hold the character U+0000' })
  if (!text.isWellFormed()) throw refused({ pointer, message: 'must not hold half of a surrogate pair' })
}

const refused = (error: FieldError) =>
  invalid('invalid_input', `The body is not valid: ${error.pointer} ${error.message}`, [error])
