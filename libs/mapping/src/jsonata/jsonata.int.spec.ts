import { afterAll, describe, expect, it } from '@jest/globals'
import { compileJsonata, compileMapping, createJsonataPool, MappingError } from '../index.ts'

const pool = createJsonataPool()
afterAll(() => pool.close())

const failure = async (expression: string, input: unknown = {}): Promise<MappingError> => {
  try {
    await pool.evaluate(expression, input)
  } catch (error) {
    if (error instanceof MappingError) return error
    throw error
  }
  throw new Error('no error was thrown')
}

describe('a JSONata expression', () => {
  it('maps data', async () => {
    const input = {
      rates: [
        { id: 'a', amount: '5.00' },
        { id: 'b', amount: '3.50' },
      ],
    }
    const expression = '{ "cheapest": rates^($number(amount))[0].id, "sum": $sum(rates.$number(amount)) }'
    expect(await pool.evaluate(expression, input)).toEqual({ cheapest: 'b', sum: 8.5 })
    expect(await pool.evaluate('nothing.here', input)).toBeUndefined()
    expect(await pool.evaluate('$pad("a", -3, "#")', {})).toBe('##a')
  })

  it('is refused what it may not use', async () => {
    expect((await failure('$eval("1+1")')).reason).toMatch(/\$eval is not available/)
    expect((await failure('$match("aaa", /a+/)')).reason).toMatch(/regular expressions are not available/)
    expect((await failure('1 +')).code).toBe('expression_failed')
  })

  it('does not reach what is behind its data', async () => {
    const reach = '$lookup({}, "constructor").constructor("return process")()'
    expect(await pool.evaluate(reach, {}).catch((error: unknown) => error instanceof MappingError)).not.toBeInstanceOf(
      Object,
    )
  })

  it('is killed when nothing else ends it', async () => {
    const hasty = createJsonataPool({ processes: 1, timeoutMs: 20 })
    expect(await hasty.evaluate('1', {})).toBe(1)
    const error = await hasty
      .evaluate('($f := function($n) { $f($n + 1) }; $f(0))', {})
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'too_much_work', reason: expect.stringMatching(/longer than 20 ms/) })
    expect(await hasty.evaluate('2', {})).toBe(2)
    await hasty.close()
  })

  it('is a mapping that others apply, and that must be waited for', async () => {
    const total = compileJsonata('$sum(lines.(price * quantity))', '/total', pool)
    const mapping = compileMapping(
      { total: { $apply: { mapping: 'total', to: { $: 'input.order' } } }, id: { $: 'input.order.id' } },
      { mappings: new Map([['total', total]]) },
    )
    const input = {
      order: {
        id: 7,
        lines: [
          { price: 2, quantity: 3 },
          { price: 1, quantity: 1 },
        ],
      },
    }
    expect(await mapping.runLater({ input })).toEqual({ total: 7, id: 7 })
    expect(() => mapping.run({ input })).toThrow(/waited for/)
    expect(() => compileJsonata('1 +', '/x')).toThrow('/x/$jsonata: this is no JSONata')
    const each = { $each: { in: { $: 'input' }, do: { $apply: { mapping: 'total', to: { $: 'item' } } } } }
    expect(() => compileMapping(each, { mappings: new Map([['total', total]]) })).toThrow(/apply it to the list/)
  })

  it('takes and gives only so much', async () => {
    expect((await failure('$', 'x'.repeat(300_000))).code).toBe('too_large')
    expect((await failure('[1..900].($pad("x", 400))')).reason).toMatch(/longer than/)
    expect((await failure('1'.repeat(5_000))).code).toBe('too_large')
  })

  it('runs beside others, and others wait when all processes are busy', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => pool.evaluate('n * 2', { n })))
    expect(results).toEqual(Array.from({ length: 20 }, (_, n) => n * 2))
  })
})
