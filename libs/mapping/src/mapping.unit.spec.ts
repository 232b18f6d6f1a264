import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { compileMapping, MappingError, type CompileOptions } from './index.ts'

const run = (mapping: unknown, input: unknown = {}, options?: CompileOptions): unknown =>
  compileMapping(mapping, options).run({ input })

const errorOf = (act: () => unknown): { code: string; pointer: string; items: readonly number[] } => {
  try {
    act()
  } catch (error) {
    if (error instanceof MappingError) return { code: error.code, pointer: error.pointer, items: error.items }
    throw error
  }
  throw new Error('no error was thrown')
}

describe('a mapping', () => {
  it('writes literals as they are and reads paths', () => {
    const mapping = {
      to: { zip: { $: 'input.address.zip' }, note: '$not.an.expression' },
      tags: ['a', { $: 'input.tags[1]' }],
    }
    expect(run(mapping, { address: { zip: '94107' }, tags: ['x', 'y'] })).toEqual({
      to: { zip: '94107', note: '$not.an.expression' },
      tags: ['a', 'y'],
    })
  })

  it('leaves out what is absent or null, and objects of which nothing is left', () => {
    const mapping = { a: { $: 'input.none' }, b: { $: 'input.nil' }, c: { d: { $: 'input.none.deeper' } }, e: null }
    expect(run(mapping, { nil: null })).toEqual({ e: null })
  })

  it('reads own members only', () => {
    expect(run({ a: { $: 'input.toString' }, b: { $: 'input.list.length' }, c: 1 }, { list: [] })).toEqual({ c: 1 })
    for (const path of ['input.__proto__', 'input["constructor"].x', 'input.prototype']) {
      expect(errorOf(() => run({ a: { $: path } })).code).toBe('forbidden_key')
    }
    expect(errorOf(() => run(JSON.parse('{"__proto__": {"polluted": 1}}'))).code).toBe('forbidden_key')
  })

  const cases: [name: string, mapping: unknown, input: unknown, expected: unknown][] = [
    ['$literal', { $literal: { $: 'x' } }, {}, { $: 'x' }],
    ['$default', { $default: { of: { $: 'input.a' }, value: 7 } }, {}, 7],
    ['$coalesce', { $coalesce: [{ $: 'input.a' }, { $: 'input.b' }] }, { a: null, b: 2 }, 2],
    ['$concat', { $concat: ['#', { $: 'input.n' }, { $: 'input.none' }] }, { n: 1001 }, '#1001'],
    ['$join', { $join: { of: { $: 'input.l' }, with: ' / ' } }, { l: ['a', null, '', 'b'] }, 'a / b'],
    ['$string', { $string: 1.5 }, {}, '1.5'],
    ['$lower', { $lower: 'CHEAPEST' }, {}, 'cheapest'],
    ['$upper', { $upper: 'usd' }, {}, 'USD'],
    ['$trim', { $trim: '  a ' }, {}, 'a'],
    ['$trim to nothing', [{ $trim: ' ' }], {}, []],
    ['$split', { $split: { of: 'a,b', by: ',' } }, {}, ['a', 'b']],
    ['$json', { $json: { $: 'input' } }, { a: [1] }, '{"a":[1]}'],
    ['$hash', { $hash: { of: 'a@b.c', with: 'md5' } }, {}, '5d60d4e28066df254d5452f92c910092'],
    ['$number', { $number: '12.50' }, {}, 12.5],
    ['$round', { $round: { of: '1.005', digits: 2 } }, {}, 1.01],
    ['$sum, exact', { $sum: ['0.1', 0.2, { $: 'input.none' }] }, {}, 0.3],
    ['$multiply, exact', { $multiply: [1.1, 3] }, {}, 3.3],
    ['$minor USD', { $minor: { of: '35.98', currency: 'USD' } }, {}, 3598],
    ['$minor JPY', { $minor: { of: '1250.00', currency: 'JPY' } }, {}, 1250],
    ['$minor KWD', { $minor: { of: 1.234, currency: 'KWD' } }, {}, 1234],
    ['$minor rounded', { $minor: { of: '1.005', currency: 'USD', round: 'half_up' } }, {}, 101],
    ['$minor negative', { $minor: { of: '-0.5', currency: 'USD' } }, {}, -50],
    ['$decimal', { $decimal: { of: 5, currency: 'USD' } }, {}, '0.05'],
    ['$decimal JPY', { $decimal: { of: 1250, currency: 'JPY' } }, {}, '1250'],
    ['$weight', { $weight: { of: 1, from: 'lb', to: 'oz' } }, {}, 16],
    ['$length', { $length: { of: '10', from: 'in', to: 'cm' } }, {}, 25.4],
    ['$date', { $date: { of: '2026-01-31T23:30:00-02:00', to: 'date' } }, {}, '2026-02-01'],
    ['$date unix', { $date: { of: 1769851800, from: 'unix' } }, {}, '2026-01-31T09:30:00.000Z'],
    ['$date otherwise', { day: { $date: { of: 'soon', otherwise: null } }, n: 1 }, {}, { n: 1 }],
    ['$enum', { $enum: { of: 'TRANSIT', table: { TRANSIT: 'in_transit' } } }, {}, 'in_transit'],
    ['$enum otherwise', { $enum: { of: 'X', table: {}, otherwise: 'unknown' } }, {}, 'unknown'],
    ['$entries', { $entries: { $: 'input' } }, { a: 1 }, [{ key: 'a', value: 1 }]],
    ['$merge', { $merge: [{ a: 1, b: 1 }, { $: 'input.none' }, { b: 2 }] }, {}, { a: 1, b: 2 }],
    ['$each', { $each: { in: { $: 'input.l' }, do: { n: { $: 'item' } } } }, { l: [1, 2] }, [{ n: 1 }, { n: 2 }]],
    ['$each, absent', { $each: { in: { $: 'input.l' }, do: 1 } }, {}, []],
    ['$filter', { $filter: { in: { $: 'input.l' }, where: { $less: [{ $: 'item' }, 2] } } }, { l: [1, 2] }, [1]],
    ['$sort', { $sort: { in: { $: 'input.l' }, by: { $: 'item' }, order: 'descending' } }, { l: [1, 3, 2] }, [3, 2, 1]],
    ['$first', { $first: { $: 'input.l' } }, { l: [5] }, 5],
    ['$slice', { $slice: { of: 'abcdef', limit: 3 } }, {}, 'abc'],
    ['$count', { $count: { $: 'input.l' } }, { l: [1, 2] }, 2],
    ['$flatten', { $flatten: [['a'], 'b'] }, {}, ['a', 'b']],
    ['$equals', { $equals: [{ $: 'input.a' }, { x: [1] }] }, { a: { x: [1] } }, true],
    ['$equals, absent is null', { $equals: [{ $: 'input.a' }, null] }, {}, true],
    ['$includes', { $includes: { in: { $: 'input.l' }, value: 'b' } }, { l: ['a', 'b'] }, true],
    ['$present', { $present: { $: 'input.a' } }, { a: '' }, false],
    ['$and $or $not', { $and: [{ $or: [false, true] }, { $not: false }] }, {}, true],
    ['$if', { $if: { when: { $equals: [{ $: 'input.a' }, 1] }, value: 'one', else: 'more' } }, { a: 2 }, 'more'],
  ]
  it.each(cases)('%s', (_name, mapping, input, expected) => {
    expect(run(mapping, input)).toEqual(expected)
  })

  it('applies a named mapping', () => {
    const mappings = new Map([['shout', compileMapping({ $upper: { $: 'input.word' } })]])
    expect(run({ $apply: { mapping: 'shout', to: { $: 'input' } } }, { word: 'hey' }, { mappings })).toBe('HEY')
    expect(errorOf(() => run({ $apply: { mapping: 'whisper', to: 1 } }, {}, { mappings }))).toMatchObject({
      code: 'unknown_name',
      pointer: '/$apply/mapping',
    })
  })
})

describe('amounts', () => {
  it('in minor units are what their digits say, however they are written', () => {
    const currencies = { USD: 2, JPY: 0, KWD: 3, CLF: 4 } as const
    const written = fc.tuple(
      fc.bigInt({ min: 0n, max: 10n ** 14n }),
      fc.constantFrom(...Object.keys(currencies)),
      fc.nat({ max: 3 }),
    )
    fc.assert(
      fc.property(written, ([units, currency, zeros]) => {
        const scale = currencies[currency as keyof typeof currencies]
        const digits = units.toString().padStart(scale + 1, '0')
        const whole = digits.slice(0, digits.length - scale)
        const fraction = digits.slice(digits.length - scale) + '0'.repeat(zeros)
        const of = fraction ? `${whole}.${fraction}` : whole
        expect(run({ $minor: { of, currency } })).toBe(Number(units))
        expect(run({ $minor: { of: `-${of}`, currency } })).toBe(0 - Number(units))
        expect(run({ $decimal: { of: Number(units), currency } })).toBe(
          scale ? `${whole}.${fraction.slice(0, scale)}` : whole,
        )
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a wrong mapping is refused with its place', () => {
  const cases: [mapping: unknown, code: string, pointer: string][] = [
    [{ a: { $loewr: 'x' } }, 'unknown_function', '/a/$loewr'],
    [{ a: { $: 'other.x' } }, 'unknown_name', '/a/$'],
    [{ a: { $: 'input..x' } }, 'bad_path', '/a/$'],
    [{ a: { $lower: 'x', b: 1 } }, 'bad_argument', '/a'],
    [{ a: { $round: { digits: 2 } } }, 'bad_argument', '/a/$round'],
    [{ a: { $round: { of: 1, digits: 99 } } }, 'bad_argument', '/a/$round/digits'],
    [{ a: { $round: { of: 1, decimals: 2 } } }, 'bad_argument', '/a/$round/decimals'],
    [{ a: [{ $each: { in: 'text', do: 1 } }] }, 'wrong_type', '/a/0/$each/in'],
    [{ a: { $and: [true, 'yes'] } }, 'wrong_type', '/a/$and/1'],
    [{ a: { $each: { in: [], as: 'input', do: 1 } } }, 'bad_argument', '/a/$each/do'],
  ]
  it.each(cases)('%j', (mapping, code, pointer) => {
    expect(errorOf(() => compileMapping(mapping))).toMatchObject({ code, pointer })
  })

  it('also against the schemas at both ends', () => {
    const input = { type: 'object', additionalProperties: false, properties: { n: { type: 'number' } } }
    const output = {
      type: 'object',
      additionalProperties: false,
      required: ['id'],
      properties: { id: { type: 'string' }, list: { type: 'array', items: { type: 'string' } } },
    }
    const compile = (mapping: unknown) => compileMapping(mapping, { roots: { input }, output })
    expect(errorOf(() => compile({ id: { $: 'input.m' } }))).toMatchObject({ code: 'unknown_name', pointer: '/id/$' })
    expect(errorOf(() => compile({ id: { $: 'input.n' } }))).toMatchObject({ code: 'wrong_type', pointer: '/id' })
    expect(errorOf(() => compile({ list: [] }))).toMatchObject({ code: 'missing', pointer: '' })
    expect(errorOf(() => compile({ id: '', list: [1] }))).toMatchObject({ code: 'wrong_type', pointer: '/list/0' })
    expect(errorOf(() => compile({ id: '', x: 1 }))).toMatchObject({ code: 'unknown_name', pointer: '/x' })
    expect(compile({ id: { $string: { $: 'input.n' } } }).run({ input: { n: 3 } })).toEqual({ id: '3' })
  })
})

describe('data that does not fit is reported with its place', () => {
  it('names the rule and the item', () => {
    const mapping = {
      rates: { $each: { in: { $: 'input' }, do: { price: { $minor: { of: { $: 'item' }, currency: 'USD' } } } } },
    }
    expect(errorOf(() => run(mapping, ['1.00', 'free']))).toEqual({
      code: 'not_a_number',
      pointer: '/rates/$each/do/price/$minor',
      items: [1],
    })
  })

  const cases: [mapping: unknown, input: unknown, code: string][] = [
    [{ $minor: { of: '1.005', currency: 'USD' } }, {}, 'inexact_amount'],
    [{ $minor: { of: '1', currency: { $: 'input.in' } } }, { in: 'usd' }, 'not_a_currency'],
    [{ $weight: { of: 1, from: { $: 'input.in' }, to: 'g' } }, { in: 'stone' }, 'not_a_unit'],
    [{ $date: { of: '2026-02-30' } }, {}, 'not_a_date'],
    [{ $enum: { of: 'X', table: { A: 'b' } } }, {}, 'not_in_table'],
    [{ $each: { in: { $: 'input.a' }, do: 1 } }, { a: 'x' }, 'not_a_list'],
    [{ $lower: { $: 'input.a' } }, { a: {} }, 'not_text'],
    [{ $required: { $: 'input.a' } }, {}, 'missing'],
  ]
  it.each(cases)('%j', (mapping, input, code) => {
    expect(errorOf(() => run(mapping, input)).code).toBe(code)
  })
})

describe('a hostile mapping ends early', () => {
  const long = Array.from({ length: 2_000 }, (_, n) => n)
  it('when loops are nested in loops', () => {
    const mapping = {
      $each: {
        in: { $: 'input' },
        as: 'a',
        do: { $each: { in: { $: 'input' }, as: 'b', do: { $sum: [{ $: 'a' }, { $: 'b' }] } } },
      },
    }
    expect(errorOf(() => run(mapping, long)).code).toBe('too_much_work')
  })

  it('when a small output stands for a huge one', () => {
    const mapping = { $each: { in: { $: 'input' }, do: { $: 'input' } } }
    expect(errorOf(() => run(mapping, long)).code).toBe('output_too_large')
  })

  it('when text is doubled again and again', () => {
    let mapping: unknown = { $: 'input' }
    for (let i = 0; i < 15; i++) mapping = { $concat: [mapping, mapping] }
    expect(errorOf(() => run(mapping, 'x'.repeat(1000))).code).toBe('too_large')
  })

  const many = { list: long, text: 'x'.repeat(500_000), members: Object.fromEntries(long.map((n) => [`k${n}`, n])) }
  it.each<[string, unknown]>([
    ['changing long text', { $lower: { $: 'input.text' } }],
    ['joining long text', { $concat: [{ $: 'input.text' }, { $: 'input.text' }] }],
    ['hashing long text', { $hash: { of: { $: 'input.text' } } }],
    ['writing JSON', { $json: { $: 'input' } }],
    ['splitting text', { $split: { of: { $: 'input.text' }, by: 'x' } }],
    ['searching a list', { $includes: { in: { $: 'input.list' }, value: -1 } }],
    [
      'comparing lists',
      { $equals: [{ $: 'input.list' }, { $sort: { in: { $: 'input.list' }, as: 'n', by: { $: 'n' } } }] },
    ],
    ['taking objects apart', { $entries: { $: 'input.members' } }],
    ['putting objects together', { $merge: [{ $: 'input.members' }, { $: 'input.members' }] }],
    ['adding up', { $sum: { $: 'input.list' } }],
  ])('when each item sets off work on all of the input: %s', (_name, rule) => {
    const mapping = { $count: { $each: { in: { $: 'input.list' }, do: rule } } }
    expect(errorOf(() => run(mapping, many)).code).toBe('too_much_work')
  })

  it('when it is nested too deep or has too many rules', () => {
    let deep: unknown = 1
    for (let i = 0; i < 10_000; i++) deep = [deep]
    expect(errorOf(() => run(deep)).code).toBe('too_deep')
    expect(errorOf(() => run(Array.from({ length: 6_000 }, () => 1))).code).toBe('too_large')
  })
})
