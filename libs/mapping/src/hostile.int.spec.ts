import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { compileJsonata, compileMapping, createJsonataPool, MappingError } from './index.ts'
import { longestStall } from './testing/longest-stall.ts'

/** What a store may write and send to hurt the others: none of it holds up this thread for longer. */
const STALL_MS = 50

const pool = createJsonataPool()
beforeAll(() => pool.evaluate('1', {}))
afterAll(() => pool.close())

async function failure(work: () => unknown): Promise<MappingError> {
  let failed: unknown
  const stall = await longestStall(async () => {
    try {
      await work()
    } catch (error) {
      failed = error
    }
  })
  expect(stall).toBeLessThan(STALL_MS)
  if (failed instanceof MappingError) return failed
  throw failed ?? new Error('it did not fail')
}

const nested = (depth: number, around: (inner: unknown) => unknown): unknown => {
  let rule: unknown = { $: 'input' }
  for (let level = 0; level < depth; level++) rule = around(rule)
  return rule
}
const long = Array.from({ length: 2_000 }, (_, n) => n)
const text = 'y'.repeat(500_000)
const each = (as: string, todo: unknown) => ({ $each: { in: { $: 'input.list' }, as, do: todo } })

describe('a mapping that is hostile', () => {
  it.each<[string, unknown, string]>([
    ['loops in loops in loops', each('a', each('b', each('c', 1))), 'too_much_work'],
    ['text for each pair', each('a', each('b', { $concat: [{ $: 'input.text' }, { $: 'b' }] })), 'too_much_work'],
    ['long text changed for each', each('a', { $upper: { $: 'input.text' } }), 'too_much_work'],
    ['long text joined', { $join: { of: each('a', { $: 'input.text' }), with: '' } }, 'too_much_work'],
    [
      'a list sorted for each',
      each('a', { $sort: { in: { $: 'input.list' }, as: 'n', by: { $: 'n' } } }),
      'too_much_work',
    ],
    ['everything for each', each('a', { $: 'input' }), 'output_too_large'],
    ['a number of half a million digits', { $number: { $: 'input.digits' } }, 'not_a_number'],
  ])('ends early: %s', async (_name, mapping, code) => {
    const compiled = compileMapping(mapping)
    const error = await failure(() => compiled.run({ input: { list: long, text, digits: '9'.repeat(500_000) } }))
    expect(error.code).toBe(code)
  })

  it.each<[string, unknown, string]>([
    ['depth', nested(100_000, (inner) => ({ a: inner })), 'too_deep'],
    ['doubling', nested(40, (inner) => ({ $concat: [inner, inner] })), 'too_large'],
    ['width', Array.from({ length: 100_000 }, () => 1), 'too_large'],
    ['a path without end', { $: `input${'.a'.repeat(400_000)}` }, 'bad_path'],
    ['a key without end', { $: `input["${'\\"'.repeat(400_000)}` }, 'bad_path'],
  ])('is refused early: %s', async (_name, mapping, code) => {
    expect((await failure(() => compileMapping(mapping))).code).toBe(code)
  })
})

describe('a JSONata expression that is hostile', () => {
  it.each([
    ['recursion without end', '($f := function($n) { $f($n + 1) }; $f(0))'],
    ['deep recursion', '($f := function($n) { 1 + $f($n + 1) }; $f(0))'],
    ['a huge range', '[1..10000000]'],
    ['a product of ranges', '[1..300].([1..300].([1..300]))'],
    ['catastrophic matching', '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /^(a+)+$/)'],
    ['padding', '$pad("a", 200000000)'],
    ['evaluation', '$eval("[1..10000000]")'],
    [
      'text that doubles',
      '($f := function($t, $n) { $n = 0 ? $t : $f($t & $t, $n - 1) }; $length($f("aaaaaaaa", 60)))',
    ],
    ['a list that grows', '$reduce([1..9999], function($a, $b) { $append($a, $string([1..999])) }, [])'],
  ])('ends early and harms nobody: %s', async (_name, expression) => {
    const began = performance.now()
    const error = await failure(() => pool.evaluate(expression, {}))

    expect(['too_much_work', 'expression_failed', 'too_large']).toContain(error.code)
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(await pool.evaluate('1 + 1', {})).toBe(2)
  })

  const half = (pattern: string, full = 4_096): string => pattern.repeat(full / pattern.length / 2)
  it.each([
    ['a path without end', half('a.') + half('a.') + 'a'],
    ['parentheses', half('(') + half(')')],
    ['brackets', half('[', 8_192)],
    ['predicates', `${'a['.repeat(1_300)}1${']'.repeat(1_300)}`],
    ['minus', half('-', 8_192)],
    ['functions', 'function($a){'.repeat(290)],
  ])('is parsed or refused early: %s', async (_name, expression) => {
    const compile = (): void => {
      compileJsonata(expression.slice(0, 4_096), '', pool)
      throw new MappingError('bad_argument', '', 'it is JSONata')
    }
    expect((await failure(compile)).code).toBe('bad_argument')
  })

  it('is no worse with the largest input and output', async () => {
    const input = { list: Array.from({ length: 2_500 }, (_, n) => ({ n, text: 'z'.repeat(80) })) }

    expect(await longestStall(() => pool.evaluate('list', input))).toBeLessThan(STALL_MS)
    const tooMuch = { list: Array.from({ length: 5 }, () => input.list) }
    expect((await failure(() => pool.evaluate('list', tooMuch))).code).toBe('too_large')
  })
})
