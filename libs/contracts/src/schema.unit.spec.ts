import { describe, expect, it } from '@jest/globals'
import { Type, type TSchema } from 'typebox'
import { compileSchema } from './schema.ts'

const errorsOf = (schema: TSchema, value: unknown) => compileSchema(schema).errors(value)
const literals = Type.Union([Type.Literal('1h'), Type.Literal('24h')])

describe('what is said of a value that fits none of several schemas', () => {
  it('is the values, when each allows one', () => {
    expect(errorsOf(Type.Object({ window: literals }), { window: '2d' })).toEqual([
      { pointer: '/window', message: 'must be one of "1h", "24h"' },
    ])
  })

  it('leaves out the alternative of another type', () => {
    const orNull = Type.Union([Type.String({ maxLength: 3 }), Type.Null()])
    expect(errorsOf(Type.Object({ name: orNull }), { name: 'long' })).toEqual([
      { pointer: '/name', message: 'must NOT have more than 3 characters' },
    ])
    expect(errorsOf(Type.Union([literals, Type.Null()]), 'x')).toEqual([
      { pointer: '', message: 'must be one of "1h", "24h"' },
    ])
  })

  it('is the types, when the value is of none', () => {
    expect(errorsOf(Type.Union([Type.String(), Type.Number()]), true)).toEqual([
      { pointer: '', message: 'must be string or number' },
    ])
  })

  it('stays with its own place among others', () => {
    const schema = Type.Object({ before: Type.String(), list: Type.Array(literals), after: Type.String() })
    expect(errorsOf(schema, { list: ['1h', 'a', 'b'], after: 1 })).toEqual([
      { pointer: '/before', message: 'is required' },
      { pointer: '/list/1', message: 'must be one of "1h", "24h"' },
      { pointer: '/list/2', message: 'must be one of "1h", "24h"' },
      { pointer: '/after', message: 'must be string' },
    ])
  })
})
