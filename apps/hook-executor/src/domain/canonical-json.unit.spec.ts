import { describe, expect, it } from '@jest/globals'
import { canonicalJson } from './canonical-json.ts'

describe('canonical JSON', () => {
  it('is the same for the same value, and another for another', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe(canonicalJson({ a: null, b: [{ c: 2, d: 1 }] }))
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]))
    expect(canonicalJson({ a: '1' })).not.toBe(canonicalJson({ a: 1 }))
  })
})
