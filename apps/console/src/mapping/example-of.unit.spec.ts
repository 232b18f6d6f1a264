import { describe, expect, it } from '@jest/globals'
import { exampleOf } from './example-of.ts'

describe('exampleOf', () => {
  it('names what the rules read', () => {
    const rules = { to: { zip: { $trim: { $: 'input.address.zip' } } }, label: { $concat: [{ $: 'input.name' }, '!'] } }

    expect(exampleOf(rules)).toEqual({ address: { zip: 'zip' }, name: 'name' })
  })

  it('gives functions what they can take', () => {
    const rules = {
      width: { $length: { of: { $: 'input.width.value' }, from: { $: 'input.width.unit' }, to: 'in' } },
      status: { $enum: { of: { $: 'input.state' }, table: { DONE: 'done', OPEN: 'open' } } },
      on: { $date: { $: 'input.eta' } },
    }

    expect(exampleOf(rules)).toEqual({
      width: { value: 10, unit: 'cm' },
      state: 'DONE',
      eta: '2026-01-31T12:00:00Z',
    })
  })

  it('gives each list one item', () => {
    const rules = {
      $each: {
        in: { $: 'input' },
        as: 'rate',
        do: { id: { $: 'rate.id' }, tags: { $each: { in: { $: 'rate.tags' }, as: 'tag', do: { $: 'tag.name' } } } },
      },
    }

    expect(exampleOf(rules)).toEqual([{ id: 'id', tags: [{ name: 'name' }] }])
  })
})
