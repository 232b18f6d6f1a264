/**
 * What mapping a service's rates costs: the templates' own rate mappings on the recorded rate responses, and on 100 and
 * 1,000 rates at once, beside the same work written as plain code. Needs ../shared/recordings.
 * Run: `npm run bench -- mapping`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { compileMapping } from '@cartly/mapping'
import { loadCatalog } from '@cartly/templates'
import { exponent, percentile, printTable, rounded, saveResult } from './lib/report.ts'

const recordings = new URL('../../shared/recordings/', import.meta.url)
const BARS = { p50Micros: 20, thousandRatesMs: 5 }

type Rates = Record<string, unknown>[]

/** Every quote that was recorded of a vendor. */
function quotes(vendor: string): Rates[] {
  const folder = new URL(`${vendor}/`, recordings)
  return readdirSync(folder).flatMap((file) => {
    const { interactions } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as {
      interactions: { response: { body: { rates?: Rates } | null } }[]
    }
    return interactions.flatMap(({ response }) => (response.body?.rates?.length ? [response.body.rates] : []))
  })
}

/** Microseconds of each call, after a quarter as many to warm up. */
function time(calls: number, call: (index: number) => unknown): number[] {
  for (let index = 0; index < calls / 4; index++) call(index)
  return Array.from({ length: calls }, (_, index) => {
    const began = process.hrtime.bigint()
    call(index)
    return Number(process.hrtime.bigint() - began) / 1_000
  })
}

/** The same mapping as plain code, for the ratio. */
const plain = (rates: Rates, amount: string, carrier: string): unknown[] =>
  rates.map((rate) => ({
    id: rate['object_id'] ?? rate['id'],
    carrier: rate[carrier],
    price: { amount: Math.round(Number(rate[amount]) * 100), currency: rate['currency'] },
    estimatedDays: rate['estimated_days'] ?? rate['days'] ?? rate['delivery_days'],
  }))

const catalog = await loadCatalog()
const results = []
for (const [vendor, amount, carrier] of [
  ['easypost', 'rate', 'carrier'],
  ['shippo', 'amount', 'provider'],
] as const) {
  const mapping = compileMapping(catalog.get(vendor)!.definition.mappings!['rates']!.rules)
  const recorded = quotes(vendor)
  const all = recorded.flat()
  const micros = time(20_000, (index) => mapping.run({ input: recorded[index % recorded.length] }))
  const bare = time(20_000, (index) => plain(recorded[index % recorded.length]!, amount, carrier))
  const costOf = (size: number, calls: number): { size: number; cost: number } => {
    const rates = Array.from({ length: size }, (_, index) => all[index % all.length]!)
    return {
      size,
      cost: percentile(
        time(calls, () => mapping.run({ input: rates })),
        0.5,
      ),
    }
  }
  const [hundred, thousand] = [costOf(100, 500), costOf(1_000, 200)]
  results.push({
    vendor,
    'rates a quote': rounded(all.length / recorded.length),
    'p50 µs': rounded(percentile(micros, 0.5)),
    'p99 µs': rounded(percentile(micros, 0.99)),
    'to plain code': rounded(percentile(micros, 0.5) / percentile(bare, 0.5)),
    '100 rates ms': rounded(hundred.cost / 1_000, 2),
    '1,000 rates ms': rounded(thousand.cost / 1_000, 2),
    exponent: rounded(exponent(hundred, thousand), 2),
  })
}
const worstP50 = Math.max(...results.map((result) => result['p50 µs']))
const worstThousand = Math.max(...results.map((result) => result['1,000 rates ms']))
printTable('mapping recorded rate responses to canonical rates', results)
console.log(
  `\n  bars: p50 ${worstP50} µs (≤ ${BARS.p50Micros}), 1,000 rates ${worstThousand} ms (≤ ${BARS.thousandRatesMs})`,
)
saveResult('mapping', { results, bars: BARS })
