import { expect, test } from '@jest/globals'
import { headerValues } from './header-values.ts'

test('given values stand before stored ones, and names that are left out are dropped', () => {
  expect(headerValues(['A', 'B'], { A: 'new' }, { A: 'old', B: 'kept', C: 'dropped' })).toEqual({ A: 'new', B: 'kept' })
})

test('a name without a value is refused with its place, whatever it is called', () => {
  expect(() => headerValues(['constructor', 'X~Y'], { A: 'other' }, {})).toThrow(
    expect.objectContaining({
      kind: 'invalid',
      errors: [
        { pointer: '/headers/constructor', message: expect.any(String) },
        { pointer: '/headers/X~0Y', message: expect.any(String) },
      ],
    }),
  )
})
