import { describe, expect, it } from '@jest/globals'
import { json } from '@codemirror/lang-json'
import { EditorState } from '@codemirror/state'
import { tokensOf } from './json-tokens.ts'
import { rangeAt } from './range-at.ts'
import { schemasAt } from './schemas-at.ts'

describe('tokensOf', () => {
  it('tells names from texts and literals, and loses nothing', () => {
    const text = JSON.stringify({ 'a"b': ['x: y', -1.5, true, null] }, null, 2)

    const tokens = tokensOf(text)

    expect(tokens.map((token) => token.text).join('')).toBe(text)
    expect(tokens.filter(({ kind }) => kind)).toEqual([
      { text: '"a\\"b"', kind: 'key' },
      { text: '"x: y"', kind: 'string' },
      { text: '-1.5', kind: 'literal' },
      { text: 'true', kind: 'literal' },
      { text: 'null', kind: 'literal' },
    ])
  })
})

describe('rangeAt', () => {
  const doc = '{ "a": [1, { "b/c": "here" }], "d": 2 }'
  const state = EditorState.create({ doc, extensions: [json()] })
  const at = (pointer: string) => {
    const { from, to } = rangeAt(state, pointer)
    return doc.slice(from, to)
  }

  it.each([
    ['/a/1/b~1c', '"here"'],
    ['/a/0', '1'],
    ['/d', '2'],
    ['', doc],
    ['/a/1/nowhere', '{ "b/c": "here" }'],
  ])('follows %p to %p', (pointer, found) => {
    expect(at(pointer)).toBe(found)
  })
})

describe('schemasAt', () => {
  const schema = {
    properties: { steps: { type: 'array', items: { $ref: '#/$defs/step' } } },
    $defs: {
      step: { anyOf: [{ properties: { id: { type: 'string' } } }, { properties: { when: { $ref: '#/$defs/rule' } } }] },
      rule: { anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: { $ref: '#/$defs/rule' } }] },
    },
  }

  it('follows references, alternatives and schemas that hold themselves', () => {
    expect(schemasAt(schema, ['steps', 0, 'id'])).toEqual([{ type: 'string' }])
    expect(schemasAt(schema, ['steps', 2, 'when', 'deep', 'deeper'])).toContainEqual({ type: 'string' })
    expect(schemasAt(schema, ['nowhere', 'at', 'all'])).toEqual([])
  })
})
