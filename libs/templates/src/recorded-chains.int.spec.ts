import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { compileSchema, GetRatesOutput } from '@cartly/contracts'
import type { Egress } from '@cartly/egress'
import { runChain, systemClock, type ChainResult, type HttpPort } from '@cartly/request-chain'
import { compileTemplate, loadCatalog, type Catalog } from './index.ts'
import { sampleCredentials } from './run-samples.ts'
import { egressPort } from './testing/egress-port.ts'
import { recordedChain, type RecordedChain } from './testing/recorded-chain.ts'
import { recordedErrors } from './testing/recorded-errors.ts'
import { recordingOf, recordings, recordingsAreThere, type Recording, type Vendor } from './testing/recordings.ts'
import { startReplayCarrier, type ReplayCarrier } from './testing/replay-carrier.ts'

if (!recordingsAreThere) console.log('Skipped: there are no recordings beside the project')
const describeRecorded = recordingsAreThere ? describe : describe.skip

describeRecorded('recorded conversations, run as chains against a carrier that replays them', () => {
  let catalog: Catalog
  let carrier: ReplayCarrier
  let egress: Egress
  let http: HttpPort
  const runs = new Map<Recording, { chain: RecordedChain; result: ChainResult }>()

  beforeAll(async () => {
    catalog = await loadCatalog()
    carrier = await startReplayCarrier(recordings)
    ;({ http, egress } = egressPort())
    for (const recording of recordings) {
      const chain = recordedChain(recording)
      runs.set(recording, { chain, result: await run(recording, chain) })
    }
  })
  afterAll(async () => {
    await egress?.close()
    await carrier?.stop()
  })

  /** With the template's authentication, mappings and reading of errors. */
  function run(recording: Recording, { hook }: RecordedChain): Promise<ChainResult> {
    const { definition } = catalog.get(recording.vendor)!
    const chain = compileTemplate({ ...definition, hooks: { recorded: hook } }).hooks.get('recorded')!
    return runChain(chain, {
      input: {},
      execution: { id: 'exec_test', key: 'test' },
      baseUrl: carrier.address(recording),
      auth: definition.auth,
      credentials: sampleCredentials(definition),
      http,
      clock: systemClock,
      random: () => 0,
      deadlineAt: systemClock.now() + chain.deadlineMs,
    })
  }

  const runOf = (vendor: Vendor, scenario: string) => runs.get(recordingOf(vendor, scenario))!
  const output = (result: ChainResult): { last: Record<string, unknown>; quotes: GetRatesOutput[] } => {
    if (result.status !== 'succeeded') throw new Error(JSON.stringify(result))
    return result.output as ReturnType<typeof output>
  }
  const stepsOf = ({ steps }: ChainResult) =>
    steps.map(({ attempts }) => attempts.map(({ request, response }) => [request.method, response?.status])).flat()

  it('ask for nothing that was not recorded', () => {
    console.log(`Replayed ${runs.size} recorded scenarios over HTTP`)
    expect(carrier.strangers).toEqual([])
    const references = [...runs.values()].reduce((sum, { chain }) => sum + chain.references, 0)
    expect(references).toBeGreaterThan(100)
  })

  it('end as they were recorded', () => {
    for (const [recording, { result }] of runs) {
      const refused = recording.interactions.some(({ response }) => response.status >= 400)
      expect([recording.scenario, result.status]).toEqual([recording.scenario, refused ? 'failed' : 'succeeded'])
      if (refused) continue
      const { body } = recording.interactions.at(-1)!.response
      expect([recording.scenario, output(result).last]).toEqual([recording.scenario, body])
    }
  })

  it('EasyPost: create a shipment, buy its label, refund it', () => {
    const bought = runOf('easypost', 'Shipment-Service/buys-a-shipment')
    expect(stepsOf(bought.result)).toEqual([
      ['POST', 201],
      ['POST', 200],
    ])
    expect(output(bought.result).last).toMatchObject({ postage_label: { label_url: expect.any(String) } })
    const refunded = runOf('easypost', 'Refund-Service/creates-a-refund')
    expect(refunded.chain.references).toBeGreaterThanOrEqual(2)
    expect(output(refunded.result).last).toMatchObject([{ status: 'submitted' }])
  })

  it('Shippo: addresses, parcel, shipment, transaction', () => {
    const { chain, result } = runOf('shippo', 'transaction/test_retrieve')
    expect(chain.references).toBeGreaterThanOrEqual(7)
    expect(stepsOf(result).map(([method]) => method)).toEqual('POST POST POST POST GET GET POST GET'.split(' '))
    expect(output(result).last).toMatchObject({ status: 'QUEUED' })
    // The one of today's API version goes on to a pickup, which was refused.
    const today = runOf('shippo', 'pickup/test_create').result
    expect(stepsOf(today)).toEqual([201, 201, 201, 201, 201, 400].map((status) => ['POST', status]))
  })

  it.each([
    ['shippo', 'amount', 300],
    ['easypost', 'rate', 100],
  ] as const)('every rate of %s maps to a valid canonical rate with the exact amount', (vendor, amountField, least) => {
    const schema = compileSchema(GetRatesOutput)
    let seen = 0
    for (const [recording, { chain, result }] of runs) {
      if (recording.vendor !== vendor || result.status !== 'succeeded') continue
      const { quotes } = output(result)
      expect(quotes).toHaveLength(chain.quotes.length)
      for (const [index, quote] of quotes.entries()) {
        expect(schema.errors(quote)).toEqual([])
        const recorded = chain.quotes[index]!.rates
        expect(quote.rates).toHaveLength(recorded.length)
        for (const [at, rate] of quote.rates.entries()) {
          const theirs = recorded[at]!
          expect(rate.price).toEqual({ amount: cents(theirs[amountField]), currency: theirs['currency'] })
          expect(rate.estimatedDays ?? null).toBe(
            theirs['estimated_days'] ?? theirs['days'] ?? theirs['delivery_days'] ?? null,
          )
          const id = theirs['object_id'] ?? theirs['id']
          if (id !== undefined) expect(rate.id).toBe(id)
          expect(rate.attributes ?? []).toHaveLength(((theirs['attributes'] as unknown[] | undefined) ?? []).length)
          seen++
        }
      }
    }
    expect(seen).toBeGreaterThan(least)
  })

  it('every recorded error falls into its class, with what the service said', () => {
    const failed = [...runs].flatMap(([{ vendor, scenario }, { result }]) => {
      if (result.status !== 'failed') return []
      const { class: errorClass, code, message } = result.error
      return [[`${vendor} ${scenario}`, errorClass, code, message] as const]
    })
    expect(failed.toSorted(byName)).toEqual([...recordedErrors].toSorted(byName))
  })
})

const byName = ([a]: readonly [string, ...string[]], [b]: readonly [string, ...string[]]): number => (a < b ? -1 : 1)

/** All recorded currencies have two digits behind the point, and no recorded amount has more. */
function cents(amount: unknown): number {
  const [whole, fraction = ''] = String(amount).split('.')
  if (fraction.length > 2) throw new Error(`${String(amount)} has more than two digits behind the point`)
  return Number(whole + fraction.padEnd(2, '0'))
}
