import { describe, expect, it } from '@jest/globals'
import { changeOf } from './change-of.ts'

describe('changeOf', () => {
  it.each([
    ['nothing for what is the same', { a: 1, b: [1] }, { b: [1], a: 1 }, {}],
    ['what is new or different', { a: 1 }, { a: 2, b: 3 }, { a: 2, b: 3 }],
    ['null for what is gone', { a: 1, b: 2 }, { b: 2 }, { a: null }],
    ['whole what changed within', { a: { b: 1, c: 2 } }, { a: { b: 1 } }, { a: { b: 1 } }],
  ])('holds %s', (_, before: Record<string, unknown>, after, change) => {
    expect(changeOf(before, after)).toEqual(change)
  })
})
