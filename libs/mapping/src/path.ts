import { MappingError } from './error.ts'

export type PathSegment = string | number

/** A parsed `input.parcels[0].weight`: the name it starts from and the way down. */
export interface Path {
  readonly root: string
  readonly segments: readonly PathSegment[]
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/
const MAX_SEGMENTS = 32

/**
 * Parses `name.key[0]["any key"]`. Keys are letters, digits, `_` and `-`; others stand in brackets and JSON quotes.
 * @throws MappingError `bad_path`, `forbidden_key`
 */
export function parsePath(text: string, pointer: string): Path {
  const segments: PathSegment[] = []
  let at = 0
  const bad = (reason: string): MappingError =>
    new MappingError('bad_path', pointer, `"${text}" is not a path: ${reason}`)

  const word = (): string => {
    let end = at
    while (end < text.length && text[end] !== '.' && text[end] !== '[') end++
    const found = text.slice(at, end)
    if (!/^[A-Za-z0-9_-]+$/.test(found)) throw bad(`expected a name at character ${at + 1}`)
    at = end
    return found
  }
  const bracket = (): PathSegment => {
    if (text[at] === '"') {
      let end = at + 1
      while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
      const quoted = text.slice(at, end + 1)
      at = end + 1
      try {
        return String(JSON.parse(quoted))
      } catch {
        throw bad('the quoted key is not closed')
      }
    }
    const end = text.indexOf(']', at)
    const digits = text.slice(at, end)
    if (end < 0 || !/^\d{1,6}$/.test(digits)) throw bad('brackets hold an index or a quoted key')
    at = end
    return Number(digits)
  }

  const root = word()
  if (!NAME.test(root)) throw bad('it starts with a name')
  while (at < text.length) {
    const opened = text[at] === '['
    at++
    const segment = opened ? bracket() : word()
    if (opened && text[at++] !== ']') throw bad('a bracket is not closed')
    if (typeof segment === 'string' && isForbiddenKey(segment)) {
      throw new MappingError('forbidden_key', pointer, `"${segment}" may not be read`)
    }
    segments.push(segment)
    if (segments.length > MAX_SEGMENTS) throw bad(`it has more than ${MAX_SEGMENTS} steps`)
  }
  return { root, segments }
}

/** Keys that reach an object's prototype; never read, never written. */
export const isForbiddenKey = (key: string): boolean =>
  key === '__proto__' || key === 'constructor' || key === 'prototype'

/** The path as it is written. */
export const formatPath = ({ root, segments }: Path): string =>
  segments.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`
    return NAME.test(segment) ? `${text}.${segment}` : `${text}[${JSON.stringify(segment)}]`
  }, root)
