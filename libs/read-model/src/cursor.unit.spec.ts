import { CartlyError } from '@cartly/contracts'
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { decodeCursor, encodeCursor, pageOf, type Page } from './cursor.ts'

describe('a cursor', () => {
  it('gives back the key that was put into it', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (text, number) => {
        expect(decodeCursor(encodeCursor([text, number]), ['string', 'number'])).toEqual([text, number])
      }),
    )
  })

  it.each(['', 'x', encodeCursor(['a']), encodeCursor([1, 'a']), encodeCursor(['a', 1, 2]), '{}', '💥'])(
    'is refused when the list did not give it: %s',
    (cursor) => {
      expect(() => decodeCursor(cursor, ['string', 'number'])).toThrow(CartlyError)
    },
  )

  it('leads through a list page by page', () => {
    const list = Array.from({ length: 7 }, (_, i) => i)
    const read = (cursor: string | null): Page<number> => {
      const after = cursor === null ? -1 : Number(decodeCursor(cursor, ['number'])[0])
      const rows = list.filter((n) => n > after).slice(0, 3 + 1)
      return pageOf(
        rows,
        3,
        (n) => [n],
        (n) => n,
      )
    }
    const seen: number[] = []
    for (let page = read(null); ; page = read(page.nextCursor)) {
      seen.push(...page.data)
      if (page.nextCursor === null) break
    }
    expect(seen).toEqual(list)
  })

  it('is null when the last page is full', () => {
    expect(pageOf([1, 2], 2, (n) => [n], String)).toEqual({ data: ['1', '2'], nextCursor: null })
    expect(pageOf([], 2, () => [0], String)).toEqual({ data: [], nextCursor: null })
  })
})
