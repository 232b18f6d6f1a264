import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { BuyLabelOutput, GetRatesOutput } from '@cartly/contracts'
import { startSandboxCarrier, type SandboxCarrier } from '@cartly/demo-store'
import type { Egress } from '@cartly/egress'
import { runChain, systemClock, type HttpPort } from '@cartly/request-chain'
import { loadCatalog, type Catalog } from './index.ts'
import { egressPort } from './testing/egress-port.ts'

let catalog: Catalog
let carrier: SandboxCarrier
let egress: Egress
let http: HttpPort

beforeAll(async () => {
  ;[catalog, carrier] = await Promise.all([loadCatalog(), startSandboxCarrier()])
  ;({ http, egress } = egressPort())
})
afterAll(async () => {
  await egress?.close()
  await carrier?.stop()
})

const keys: Readonly<Record<string, string>> = { shippo: 'shippo_test_00c0ffee', easypost: 'EZTKsandbox' }

async function run<T>(slug: string, hook: string, input: unknown): Promise<T> {
  const { definition, hooks } = catalog.get(slug)!
  const result = await runChain(hooks.get(hook)!, {
    input,
    execution: { id: 'exec_test', key: 'test' },
    baseUrl: carrier.url,
    auth: definition.auth,
    credentials: { apiKey: keys[slug]! },
    http,
    clock: systemClock,
    random: Math.random,
    deadlineAt: systemClock.now() + 10_000,
  })
  if (result.status !== 'succeeded') throw new Error(JSON.stringify(result))
  return result.output as T
}

const address = { street1: '731 Valencia St', city: 'San Francisco', state: 'CA', postalCode: '94110', country: 'US' }
const side = { value: 10, unit: 'in' }
const parcel = { length: side, width: side, height: side, weight: { value: 2, unit: 'lb' } }
const labelsSince = (count: number) => carrier.labels.slice(count)

describe.each(['shippo', 'easypost'])('a label of %s', (slug) => {
  it('is bought at the price that was quoted, tracked, and given back', async () => {
    const before = carrier.labels.length
    const { rates } = await run<GetRatesOutput>(slug, 'get_rates', { from: address, to: address, parcels: [parcel] })
    const label = await run<BuyLabelOutput>(slug, 'buy_label', { rateId: rates[0]!.id })
    expect(labelsSince(before)).toMatchObject([{ trackingNumber: label.trackingNumber, refunded: false }])
    if (label.price) expect(label.price).toEqual(rates[0]!.price)

    const { trackingNumber } = label
    expect(await run(slug, 'track', { trackingNumber })).toMatchObject({ trackingNumber, status: 'pre_transit' })
    expect(await run(slug, 'void_label', { labelId: label.labelId })).toEqual({ status: 'pending' })
    expect(labelsSince(before)).toMatchObject([{ refunded: true }])
  })
})

describe('the labels of two parcels', () => {
  it('are bought together from EasyPost at the price that was quoted, and given back together', async () => {
    const before = carrier.labels.length
    const parcels = [parcel, { ...parcel, weight: { value: 9, unit: 'lb' } }]
    const { rates } = await run<GetRatesOutput>('easypost', 'get_rates', { from: address, to: address, parcels })
    const bought = await run<BuyLabelOutput>('easypost', 'buy_label', { rateId: rates[0]!.id })
    const sold = labelsSince(before)
    expect(bought.labels?.map(({ trackingNumber }) => trackingNumber)).toEqual(sold.map((one) => one.trackingNumber))
    expect(sold).toHaveLength(2)
    expect(bought.price).toEqual(rates[0]!.price)
    expect(sold.reduce((sum, { quote }) => sum + quote.cents, 0)).toBe(rates[0]!.price.amount)

    expect(await run('easypost', 'void_label', { labelId: bought.labelId })).toEqual({ status: 'pending' })
    expect(labelsSince(before)).toMatchObject([{ refunded: true }, { refunded: true }])
  })
})
