import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { derivedId, firstIdAt, idFrom, newId, timeOfId, uniqueOfId } from './ids.ts'

const times = fc.integer({ min: 0, max: 2 ** 48 - 1 })

describe('an id', () => {
  it('gives back what it was made from', () => {
    fc.assert(
      fc.property(times, fc.uint8Array({ minLength: 10, maxLength: 10 }), (at, unique) => {
        const id = idFrom('dlv', at, unique)
        expect(id).toMatch(/^dlv_[0-9a-hjkmnp-tv-z]{26}$/)
        expect(timeOfId(id)).toBe(at)
        expect([...uniqueOfId(id)]).toEqual([...unique])
      }),
    )
  })

  it('sorts by its time, behind the first of its time', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        if (a < b) expect(newId('conn', a) < newId('conn', b)).toBe(true)
        expect(firstIdAt('conn', a) <= newId('conn', a)).toBe(true)
      }),
    )
  })

  it('is the same for the same parts, and another for others', () => {
    expect(derivedId('msg', 1, ['a', 'b'])).toBe(derivedId('msg', 1, ['a', 'b']))
    expect(derivedId('msg', 1, ['a', 'b'])).not.toBe(derivedId('msg', 1, ['ab', '']))
  })
})
