import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Address, GetRatesInput } from '@cartly/contracts'
import type { Egress } from '@cartly/egress'
import { compileMapping, invert } from '@cartly/mapping'
import { previewChain, runChain, type ChainResult, type Clock, type HttpPort } from '@cartly/request-chain'
import { loadCatalog, type Catalog } from './index.ts'
import { sampleCredentials } from './run-samples.ts'
import { egressPort } from './testing/egress-port.ts'
import { recordings, recordingsAreThere, type Interaction, type Recording, type Vendor } from './testing/recordings.ts'
import { startReplayCarrier, type ReplayCarrier } from './testing/replay-carrier.ts'

/** Where the recorded clients and the templates differ; everything else of a body must be the same. */
const unsaid: Readonly<Record<Vendor, readonly string[]>> = {
  // Customs, insurance and the store's own words, which no hook takes.
  easypost: 'customs_info reference invoice_number tax_identifiers verify_carrier insurance end_shipper_id'.split(' '),
  // The recorded client names addresses and parcels by the ids of those it made before; the template sends them whole.
  shippo: [
    'address_from address_to parcel parcels submission_type insurance_amount insurance_currency extra',
    'metadata shipment_date label_file_type async',
  ].flatMap((names) => names.split(' ')),
}

/** Waits take no time, but count. */
function hurried(): Clock {
  let slept = 0
  return { now: () => Date.now() + slept, sleep: async (ms) => void (slept += ms) }
}

const describeRecorded = recordingsAreThere ? describe : describe.skip

describeRecorded('the hooks of Shippo and EasyPost, against a carrier that replays recordings', () => {
  let catalog: Catalog
  let carriers: Readonly<Record<Vendor, ReplayCarrier>>
  let egress: Egress
  let http: HttpPort

  beforeAll(async () => {
    catalog = await loadCatalog()
    const [shippo, easypost] = await Promise.all([
      startReplayCarrier(recordings, unsaid.shippo),
      startReplayCarrier(recordings, unsaid.easypost),
    ])
    carriers = { shippo, easypost }
    ;({ http, egress } = egressPort())
  })
  afterAll(async () => {
    await egress?.close()
    await Promise.all(Object.values(carriers ?? {}).map((carrier) => carrier.stop()))
  })

  function run(recording: Recording, hook: string, input: unknown, settings = {}): Promise<ChainResult> {
    const entry = catalog.get(recording.vendor)!
    const chain = entry.hooks.get(hook)!
    const clock = hurried()
    return runChain(chain, {
      input,
      settings,
      execution: { id: 'exec_test', key: 'test' },
      baseUrl: carriers[recording.vendor].address(recording) + new URL(entry.baseUrl({})).pathname.replace(/\/$/, ''),
      auth: entry.definition.auth,
      credentials: sampleCredentials(entry.definition),
      http,
      clock,
      random: () => 0,
      deadlineAt: clock.now() + chain.deadlineMs,
    })
  }

  const output = (result: ChainResult): unknown => {
    if (result.status !== 'succeeded') throw new Error(JSON.stringify(result))
    return result.output
  }

  type Recorded = Interaction & { readonly recording: Recording }
  /** Of every recording, the first interaction of this kind: what is replayed when the same is asked. */
  const recorded = (
    vendor: Vendor,
    method: string,
    path: RegExp,
    fits: (one: Interaction) => boolean = () => true,
  ): Recorded[] => {
    const found = recordings.flatMap((recording) => {
      const first = recording.interactions.find(
        (one) => one.request.method === method && path.test(one.request.path) && fits(one),
      )
      return recording.vendor === vendor && first ? [{ ...first, recording }] : []
    })
    expect(found.length).toBeGreaterThan(0)
    return found
  }

  it('EasyPost get_rates sends what was recorded, and gives every rate and message', async () => {
    const { rules } = catalog.get('easypost')!.definition.mappings!['address']!
    const backward = compileMapping(invert(rules))
    const addressOf = (input: unknown) => backward.run({ input }) as Address
    const inches = (value: number) => ({ value, unit: 'in' as const })
    const quotes = recorded('easypost', 'POST', /^\/v2\/shipments$/, ({ request: { body } }) => {
      const { shipment } = body as { shipment: Record<string, { id?: string } | undefined> }
      return shipment['from_address']?.id === undefined && shipment['service'] === undefined
    })
    for (const { recording, request, response } of quotes) {
      const { shipment } = request.body as { shipment: Record<string, object | undefined> }
      const { length, width, height, weight } = shipment['parcel'] as Record<string, number>
      const input: GetRatesInput = {
        from: addressOf(shipment['from_address']),
        to: addressOf(shipment['to_address']),
        parcels: [
          {
            length: inches(length!),
            width: inches(width!),
            height: inches(height!),
            weight: { value: weight!, unit: 'oz' },
          },
        ],
      }
      const { label_format: labelFormat } = (shipment['options'] ?? {}) as { label_format?: string }
      const found = output(await run(recording, 'get_rates', input, { labelFormat }))
      expect(found).toMatchObject({ rates: { length: lengthOf(response, 'rates') } })
      expect(found).toMatchObject({ messages: { length: lengthOf(response, 'messages') } })
    }
    expect(quotes.length).toBeGreaterThan(15)
  })

  it('Shippo get_rates gives every rate and message', async () => {
    const address = { street1: '1 Main St', city: 'Springfield', country: 'US' }
    const side = { value: 5, unit: 'cm' }
    const parcels = [{ length: side, width: side, height: side, weight: { value: 2, unit: 'lb' } }]
    for (const { recording, response } of recorded('shippo', 'POST', /^\/shipments\/$/, succeeded)) {
      const found = output(await run(recording, 'get_rates', { from: address, to: address, parcels }))
      const { status } = response.body as { status: string }
      if (status === 'SUCCESS') expect(found).toMatchObject({ rates: { length: lengthOf(response, 'rates') } })
      expect(found).toMatchObject({ messages: { length: lengthOf(response, 'messages') } })
    }
  })

  it('EasyPost buy_label buys the rate, and gives its label', async () => {
    for (const { recording, request, response } of recorded('easypost', 'POST', /^\/v2\/shipments\/shp_\w+\/buy$/)) {
      const { id: shipmentId, ...bought } = response.body as Record<string, never>
      const rateId = (request.body as { rate: { id: string } }).rate.id
      expect(output(await run(recording, 'buy_label', { shipmentId, rateId }))).toEqual({
        labelId: shipmentId,
        trackingNumber: bought['tracking_code'],
        labelUrl: bought['postage_label']!['label_url'],
        price: { amount: Number(String(bought['selected_rate']!['rate']).replace('.', '')), currency: 'USD' },
      })
    }
  })

  it('Shippo buy_label gives the label, or waits for one that is not ready', async () => {
    const statuses: unknown[] = []
    for (const { recording, request, response } of recorded('shippo', 'POST', /^\/transactions\/$/)) {
      const body = response.body as Record<string, string>
      const result = await run(recording, 'buy_label', { rateId: (request.body as { rate: string }).rate })
      statuses.push(body['status'])
      if (body['status'] === 'SUCCESS') {
        expect(output(result)).toEqual({
          labelId: body['object_id'],
          trackingNumber: body['tracking_number'],
          labelUrl: body['label_url'],
        })
      } else {
        expect(result).toMatchObject({ status: 'failed', error: { class: 'transient', step: 'label' } })
        expect(result.steps.find(({ id }) => id === 'label')?.attempts).toHaveLength(8)
      }
    }
    expect(statuses.toSorted()).toEqual(['QUEUED', 'SUCCESS'])
  })

  it('parcels are tracked, with every event', async () => {
    for (const { recording, response } of recorded('shippo', 'GET', /^\/tracks\//)) {
      const { tracking_number: trackingNumber, tracking_history: history } = response.body as {
        tracking_number: string
        tracking_history: unknown[]
      }
      const found = output(await run(recording, 'track', { trackingNumber }))
      expect(found).toMatchObject({ trackingNumber, events: { length: history.length } })
    }
    for (const { recording, request, response } of recorded('easypost', 'POST', /^\/v2\/trackers$/)) {
      const { tracker } = request.body as { tracker: { tracking_code: string } }
      const found = output(await run(recording, 'track', { trackingNumber: tracker.tracking_code }))
      expect(found).toMatchObject({ events: { length: lengthOf(response, 'tracking_details') } })
    }
  })

  it('EasyPost validate_address says whether an address exists, and why not', async () => {
    const { rules } = catalog.get('easypost')!.definition.mappings!['address']!
    const backward = compileMapping(invert(rules))
    const valid: unknown[] = []
    for (const { recording, request } of recorded('easypost', 'POST', /^\/v2\/addresses\/create_and_verify$/)) {
      const { address } = request.body as { address: unknown }
      const found = output(await run(recording, 'validate_address', { address: backward.run({ input: address }) }))
      valid.push(found)
    }
    expect(valid).toContainEqual(expect.objectContaining({ valid: true, messages: [] }))
    expect(valid).toContainEqual({
      valid: false,
      messages: [{ source: 'EasyPost', code: 'E.ADDRESS.NOT_FOUND', text: 'address: Address not found' }],
    })
  })

  it('Shippo validate_address reads what validation answered', async () => {
    const entry = catalog.get('shippo')!
    const valid: unknown[] = []
    for (const { response } of recorded('shippo', 'GET', /\/validate$/)) {
      const found = await previewChain(entry.hooks.get('validate_address')!, {
        input: { address: { street1: '1 Main St', city: 'Springfield', country: 'US' } },
        execution: { id: 'exec_test', key: 'test' },
        baseUrl: entry.baseUrl({}),
        auth: entry.definition.auth,
        credentials: sampleCredentials(entry.definition),
        responses: { address: response },
      })
      valid.push(found.output)
    }
    expect(valid).toContainEqual(expect.objectContaining({ valid: true }))
    expect(valid).toContainEqual({ valid: false, messages: [expect.objectContaining({ source: expect.any(String) })] })
  })

  it('none of them asks for what was not recorded', () => {
    expect(Object.values(carriers).flatMap(({ strangers }) => strangers)).toEqual([])
  })
})

const succeeded = ({ response }: Interaction): boolean => response.status < 300
const lengthOf = ({ body }: Interaction['response'], list: string): number =>
  (body as Record<string, unknown[]>)[list]!.length
