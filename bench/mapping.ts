/**
 * What mapping a service's rates costs: the templates' own rate mappings on the recorded rate responses, and on 100 and
 * 1,000 rates at once, beside the same work written as plain code. Needs ../shared/recordings.
 * Run: `npm run bench -- mapping`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { compileMapping, type CompiledMapping } from '@cartly/mapping'
import { loadCatalog } from '@cartly/templates'

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

/** Microseconds of each call, sorted. */
function time(calls: number, call: (index: number) => unknown): number[] {
  for (let index = 0; index < calls / 4; index++) call(index)
  const took = Array.from({ length: calls }, (_, index) => {
    const began = process.hrtime.bigint()
    call(index)
    return Number(process.hrtime.bigint() - began) / 1_000
  })
  return took.toSorted((a, b) => a - b)
}

const at = (sorted: number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0
const round = (micros: number): number => Math.round(micros * 10) / 10

/** The same mapping as plain code, for the ratio. */
const plain = (rates: Rates, amount: string, carrier: string): unknown[] =>
  rates.map((rate) => ({
    id: rate['object_id'] ?? rate['id'],
    carrier: rate[carrier],
    price: { amount: Math.round(Number(rate[amount]) * 100), currency: rate['currency'] },
    estimatedDays: rate['estimated_days'] ?? rate['days'] ?? rate['delivery_days'],
  }))

const catalog = await loadCatalog()
const rows: Record<string, Record<string, number>> = {}
let met = true
for (const [vendor, amount, carrier] of [
  ['easypost', 'rate', 'carrier'],
  ['shippo', 'amount', 'provider'],
] as const) {
  const mapping: CompiledMapping = compileMapping(catalog.get(vendor)!.definition.mappings!['rates']!.rules)
  const recorded = quotes(vendor)
  const perQuote = time(20_000, (index) => mapping.run({ input: recorded[index % recorded.length] }))
  const bare = time(20_000, (index) => plain(recorded[index % recorded.length]!, amount, carrier))
  const all = recorded.flat()
  const many = (count: number): Rates => Array.from({ length: count }, (_, index) => all[index % all.length]!)
  const [hundred, thousand] = [many(100), many(1_000)]
  const hundredMicros = at(
    time(500, () => mapping.run({ input: hundred })),
    0.5,
  )
  const thousandMicros = at(
    time(200, () => mapping.run({ input: thousand })),
    0.5,
  )
  const rates = recorded.reduce((sum, { length }) => sum + length, 0) / recorded.length
  rows[vendor] = {
    'rates a quote': round(rates),
    'p50 µs': round(at(perQuote, 0.5)),
    'p99 µs': round(at(perQuote, 0.99)),
    'µs a rate': round(thousandMicros / 1_000),
    '100 rates ms': round(hundredMicros / 1_000),
    '1,000 rates ms': round(thousandMicros / 1_000),
    exponent: Math.round(Math.log10(thousandMicros / hundredMicros) * 100) / 100,
    'to plain code': round(at(perQuote, 0.5) / at(bare, 0.5)),
  }
  if (vendor === 'easypost') met &&= at(perQuote, 0.5) <= BARS.p50Micros
  met &&= thousandMicros / 1_000 <= BARS.thousandRatesMs
}
console.table(rows)
console.log(
  `Bars: p50 of a recorded quote of three rates ≤ ${BARS.p50Micros} µs, 1,000 rates ≤ ${BARS.thousandRatesMs} ms: ${met ? 'met' : 'missed'}`,
)
const results = new URL('results/', import.meta.url)
mkdirSync(results, { recursive: true })
writeFileSync(new URL('mapping.json', results), JSON.stringify({ rows, bars: BARS, met }, null, 2))
process.exitCode = met ? 0 : 1
