import { expect, it } from '@jest/globals'
import { exampleOf } from './example-of.ts'

it('makes an example of the paths that the rules read', () => {
  const rules = { to: { zip: { $trim: { $: 'input.address.zip' } } }, label: { $concat: [{ $: 'input.name' }, '!'] } }

  expect(exampleOf(rules)).toEqual({ address: { zip: 'zip' }, name: 'name' })
})
