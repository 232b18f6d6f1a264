import { invalid } from '@cartly/contracts'

/** The place of a row in an ordered list: the values of the columns it is ordered by, the unique one last. */
export type CursorKey = readonly (string | number)[]

/** An opaque cursor for a caller to hand back. */
export const encodeCursor = (key: CursorKey): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/**
 * The key in a cursor, checked against the types of the ordering columns: `decodeCursor(cursor, ['string', 'number'])`.
 * @throws CartlyError `invalid` when it is no cursor of this list.
 */
export function decodeCursor(cursor: string, types: readonly ('string' | 'number')[]): CursorKey {
  const key = parse(cursor)
  if (Array.isArray(key) && key.length === types.length && key.every((value, i) => typeOf(value) === types[i])) {
    return key
  }
  throw invalid('invalid_cursor', 'The cursor is not one that this list gave', [
    { pointer: '/cursor', message: 'must be a nextCursor of this list' },
  ])
}

const typeOf = (value: unknown): string => typeof value

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return undefined
  }
}

export interface Page<T> {
  readonly data: T[]
  /** Null on the last page. */
  readonly nextCursor: string | null
}

/** A page of `limit` rows out of `limit + 1` that were read: the one more only tells that there are more. */
export function pageOf<R, T>(
  rows: readonly R[],
  limit: number,
  key: (row: R) => CursorKey,
  view: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    data: shown.map(view),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(key(last)) : null,
  }
}
