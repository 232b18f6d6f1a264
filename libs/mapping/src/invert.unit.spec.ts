import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { compileMapping, invert, MappingError } from './index.ts'

const run = (mapping: unknown, input: unknown): unknown => compileMapping(mapping).run({ input })

/** A store's order as some service wants it: renamed, nested, in other units, words and forms of money and time. */
const order = {
  ref: { $: 'input.id' },
  status: { $enum: { of: { $: 'input.status' }, table: { open: 'OPEN', paid: 'PAID', cancelled: 'VOID' } } },
  amount: { $decimal: { of: { $: 'input.total.amount' }, currency: { $: 'input.total.currency' } } },
  currency: { $: 'input.total.currency' },
  placed: { $date: { of: { $: 'input.createdAt' }, to: 'unixMs' } },
  count: { $string: { $: 'input.quantity' } },
  note: { $default: { of: { $: 'input.note' }, value: '-' } },
  ship: {
    to: { postcode: { $: 'input.address.postalCode' } },
    boxes: {
      $each: {
        in: { $: 'input.parcels' },
        as: 'parcel',
        do: {
          mass: { $weight: { of: { $: 'parcel.grams' }, from: 'g', to: 'lb' } },
          side: { $length: { of: { $: 'parcel.side' }, from: 'cm', to: 'in' } },
          lines: {
            $each: {
              in: { $: 'parcel.items' },
              as: 'line',
              do: { sku: { $: 'line.sku' }, price: { $decimal: { of: { $: 'line.price' }, currency: 'KWD' } } },
            },
          },
          tags: { $each: { in: { $: 'parcel.tags' }, as: 'tag', do: { $: 'tag' } } },
        },
      },
    },
  },
}

const hundredths = (max: number) => fc.integer({ min: 1, max: max * 100 }).map((n) => n / 100)
const word = fc.string({ minLength: 1, maxLength: 20 })
const document = fc.record({
  id: word,
  status: fc.constantFrom('open', 'paid', 'cancelled'),
  total: fc.record({ amount: fc.maxSafeInteger(), currency: fc.constantFrom('USD', 'JPY', 'KWD', 'EUR', 'CLF') }),
  createdAt: fc
    .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  quantity: fc.integer(),
  note: word,
  address: fc.record({ postalCode: word }),
  parcels: fc.array(
    fc.record({
      grams: hundredths(100_000),
      side: hundredths(1_000),
      items: fc.array(fc.record({ sku: word, price: fc.integer({ min: -1e9, max: 1e9 }) }), { maxLength: 4 }),
      tags: fc.array(word, { maxLength: 3 }),
    }),
    { maxLength: 4 },
  ),
})

describe('a mapping read backwards', () => {
  it('gives back 10,000 documents as they were', () => {
    const forward = compileMapping(order)
    const backward = compileMapping(invert(order))
    fc.assert(
      fc.property(document, (input) => {
        const there = JSON.parse(JSON.stringify(forward.run({ input }))) as unknown
        expect(backward.run({ input: there })).toEqual(input)
      }),
      { numRuns: 10_000 },
    )
  })

  it('is a mapping as any other, and can itself be read backwards', () => {
    const mapping = { a: { b: { $: 'input.x' } }, c: { $: 'input.list[0]' }, d: { $: 'input.list[1].e' } }
    expect(invert(mapping)).toEqual({ x: { $: 'input.a.b' }, list: [{ $: 'input.c' }, { e: { $: 'input.d' } }] })
    expect(run(invert(invert(mapping)), { x: 1, list: [2, { e: 3 }] })).toEqual(
      run(mapping, { x: 1, list: [2, { e: 3 }] }),
    )
  })

  it.each<[name: string, mapping: unknown, pointer: string, reason: RegExp]>([
    ['joined text', { a: { $concat: [{ $: 'input.x' }, 'y'] } }, '/a/$concat', /where one part ends/],
    ['case', { a: { $upper: { $: 'input.x' } } }, '/a/$upper', /which letters were small/],
    ['rounding', { a: { $round: { of: { $: 'input.x' } } } }, '/a/$round', /digits/],
    [
      'two words with one meaning',
      { a: { $enum: { of: { $: 'input.x' }, table: { b: 'z', c: 'z' } } } },
      '/a/$enum',
      /"b" and "c"/,
    ],
    ['the time of day', { a: { $date: { of: { $: 'input.x' }, to: 'date' } } }, '/a/$date', /time of day/],
    [
      'a currency that is not written',
      { a: { $decimal: { of: { $: 'input.x' }, currency: { $: 'input.c' } } } },
      '/a/$decimal/currency',
      /does not write/,
    ],
    ['choices', { a: { $if: { when: true, value: { $: 'input.x' } } } }, '/a/$if', /decided/],
    [
      'the outside inside a loop',
      { a: { $each: { in: { $: 'input.l' }, do: { $: 'input.x' } } } },
      '/a/$each/do/$',
      /loop/,
    ],
    ['a list in part', { a: { $: 'input.l[1]' } }, '/a/$', /item 0/],
    ['a whole and its part', { a: { $: 'input.x' }, b: { $: 'input.x.y' } }, '/a/$', /whole value/],
  ])('says what would be lost: %s', (_name, mapping, pointer, reason) => {
    try {
      invert(mapping)
      throw new Error('it was inverted')
    } catch (error) {
      expect(error).toBeInstanceOf(MappingError)
      expect(error).toMatchObject({ code: 'not_invertible', pointer })
      expect((error as MappingError).reason).toMatch(reason)
    }
  })

  it('reads a source that is written twice from the first place', () => {
    expect(invert({ a: { $: 'input.x' }, b: { $: 'input.x' } })).toEqual({ x: { $: 'input.a' } })
  })
})
