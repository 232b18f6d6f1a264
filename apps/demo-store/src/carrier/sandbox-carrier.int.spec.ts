import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandboxCarrier, type SandboxCarrier } from './start-sandbox-carrier.ts'

type Json = Record<string, never> & { [name: string]: Json }

const shippoKey = 'ShippoToken shippo_test_00c0ffee'
const easypostKey = `Basic ${Buffer.from('EZTKsandbox:').toString('base64')}`
const address = {
  name: 'Ada Park',
  street1: '731 Valencia St',
  city: 'San Francisco',
  state: 'CA',
  zip: '94110',
  country: 'US',
}
const far = { ...address, street1: '20 W 34th St', city: 'New York', state: 'NY', zip: '10001' }
const parcel = { length: '10', width: '8', height: '4', distance_unit: 'in', weight: '2', mass_unit: 'lb' }

let carrier: SandboxCarrier
beforeAll(async () => {
  carrier = await startSandboxCarrier()
})
afterAll(() => carrier.stop())
afterEach(() => carrier.behaveWell())

async function call(
  path: string,
  init: { body?: object; key?: string; headers?: Record<string, string>; method?: string } = {},
) {
  const response = await fetch(carrier.url + path, {
    method: init.method ?? (init.body ? 'POST' : 'GET'),
    headers: {
      authorization: init.key ?? (/^\/(v2|beta)\//.test(path) ? easypostKey : shippoKey),
      ...(init.body ? { 'content-type': 'application/json' } : {}),
      ...init.headers,
    },
    ...(init.body ? { body: JSON.stringify(init.body) } : {}),
    signal: AbortSignal.timeout(1_000),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) as Json }
}

const shippoShipment = (to = far, more: object = { async: false }) =>
  call('/shipments/', { body: { address_from: address, address_to: to, parcels: [parcel], ...more } })

const easypostShipment = (to = far) =>
  call('/v2/shipments', {
    body: {
      shipment: { from_address: address, to_address: to, parcel: { length: 10, width: 8, height: 4, weight: 32 } },
    },
  })

describe('as Shippo', () => {
  it('rates a shipment at once, or later when asked asynchronously', async () => {
    const rated = await shippoShipment()
    expect(rated.status).toBe(201)
    expect(rated.json()).toMatchObject({ status: 'SUCCESS', messages: [] })
    expect(rated.json()['rates']).toHaveLength(8)

    const queued = (await shippoShipment(far, {})).json()
    expect(queued).toMatchObject({ status: 'QUEUED', rates: [] })
    const later = await call(`/shipments/${String(queued['object_id'])}/rates/`)
    expect(later.json()).toMatchObject({ count: 8, next: null })
  })

  it('costs more the heavier and the farther', async () => {
    const cheapest = async (to: typeof far, weight: string) => {
      const body = { address_from: address, address_to: to, parcels: [{ ...parcel, weight }], async: false }
      const { rates } = (await call('/shipments/', { body })).json() as unknown as {
        rates: { amount: string; attributes: string[] }[]
      }
      return Number(rates.find(({ attributes }) => attributes.includes('CHEAPEST'))?.amount)
    }
    expect(await cheapest(far, '2')).toBeGreaterThan(await cheapest(address, '2'))
    expect(await cheapest(far, '9')).toBeGreaterThan(await cheapest(far, '2'))
  })

  it('sells a label, shows it by its rate, opens it, and refunds it once', async () => {
    const [rate] = (await shippoShipment()).json()['rates'] as unknown as { object_id: string }[]
    const bought = await call('/transactions/', { body: { rate: rate?.object_id, metadata: 'ord_1', async: false } })
    expect(bought.json()).toMatchObject({ status: 'SUCCESS', metadata: 'ord_1', messages: [] })
    expect(carrier.labels.at(-1)).toMatchObject({ vendor: 'shippo', reference: 'ord_1', refunded: false })

    expect((await call(`/transactions/?rate=${String(rate?.object_id)}`)).json()).toMatchObject({ count: 1 })
    const { label_url, tracking_number, object_id } = bought.json() as unknown as Record<string, string>
    const document = await fetch(String(label_url))
    expect(await document.text()).toMatch(/^%PDF-1\.4[^]*%%EOF\n$/)
    expect((await call(`/tracks/usps/${String(tracking_number)}`)).json()).toMatchObject({
      tracking_status: { status: 'PRE_TRANSIT' },
    })

    expect((await call('/refunds/', { body: { transaction: object_id } })).json()).toMatchObject({ status: 'QUEUED' })
    expect((await call('/refunds/', { body: { transaction: object_id } })).status).toBe(400)
    expect(carrier.labels.at(-1)?.refunded).toBe(true)
  })

  it('refuses what is not authorised, incomplete or of the wrong type, in its own words', async () => {
    expect((await call('/parcel-templates', { key: 'ShippoToken nonsense' })).json()).toEqual({
      detail: 'Token does not exist',
    })
    expect((await call('/parcel-templates', { key: 'ShippoToken shippo_test_dead' })).status).toBe(401)
    expect((await call('/parcel-templates?page=1&results=1')).status).toBe(200)
    expect((await call('/shipments/', { body: { address_from: address } })).json()).toEqual({
      address_to: ['This field is required.'],
      parcels: ['This field is required.'],
    })
    const number = { address_from: address, address_to: far, parcels: [{ ...parcel, weight: 2 }] }
    expect((await call('/shipments/', { body: number })).json()).toEqual({
      parcels: [{ weight: ['Not a valid string.'] }],
    })
    expect((await call('/transactions/nope')).headers.get('content-type')).toContain('text/html')
  })

  it('takes a request without a body, and says what is wrong with one that is not JSON', async () => {
    for (const body of ['', '{ not json']) {
      const response = await fetch(`${carrier.url}/shipments/`, {
        method: 'POST',
        headers: { authorization: shippoKey, 'content-type': 'application/json' },
        body,
      })
      expect(response.status).toBe(400)
      expect(await response.json()).toHaveProperty(body === '' ? 'parcels' : 'detail')
    }
    expect((await call('/transactions/', { method: 'POST' })).json()).toEqual({ rate: ['This field is required.'] })
  })

  it('validates addresses and knows the mock tracking numbers', async () => {
    expect((await call('/addresses/', { body: { ...address, validate: true } })).json()).toMatchObject({
      validation_results: { is_valid: true },
    })
    const unknown = (await call('/addresses/', { body: { ...address, zip: '00999' } })).json()
    expect((await call(`/addresses/${String(unknown['object_id'])}/validate/`)).json()).toMatchObject({
      validation_results: { is_valid: false, messages: [{ source: 'USPS' }] },
    })
    const track = { carrier: 'shippo', tracking_number: 'SHIPPO_DELIVERED' }
    expect((await call('/tracks/', { body: track })).json()).toMatchObject({ tracking_status: { status: 'DELIVERED' } })
    expect((await call('/tracks/', { body: { ...track, tracking_number: 'X' } })).json()).toMatchObject({
      tracking_status: null,
    })
    expect((await call('/tracks/', { body: { ...track, carrier: 'pigeon' } })).status).toBe(400)
  })
})

describe('as EasyPost', () => {
  it('rates, sells once, and refunds', async () => {
    const shipment = await easypostShipment()
    expect(shipment.status).toBe(201)
    const { id, rates } = shipment.json() as unknown as { id: string; rates: { id: string; rate: string }[] }
    expect(rates).toHaveLength(8)

    const buy = { body: { rate: { id: rates[0]?.id } } }
    const bought = await call(`/v2/shipments/${id}/buy`, buy)
    expect(bought.json()).toMatchObject({
      selected_rate: { id: rates[0]?.id },
      postage_label: { object: 'PostageLabel' },
    })
    const again = await call(`/v2/shipments/${id}/buy`, buy)
    expect(again.status).toBe(422)
    expect(again.json()).toMatchObject({ error: { code: 'SHIPMENT.POSTAGE.EXISTS' } })
    expect(carrier.labels.filter(({ quote }) => quote.shipmentId === id)).toHaveLength(1)
    expect((await call(`/v2/shipments/${id}`)).json()).toMatchObject({ tracking_code: bought.json()['tracking_code'] })
    expect((await call(`/v2/shipments/${id}/refund`, { method: 'POST' })).json()).toMatchObject({
      refund_status: 'submitted',
    })
  })

  it('rates several parcels as an order, and sells all their labels at once', async () => {
    const one = { parcel: { length: 10, width: 8, height: 4, weight: 32 } }
    const body = { order: { from_address: address, to_address: far, shipments: [one, one] } }
    const order = await call('/v2/orders', { body })
    expect(order.status).toBe(201)
    const { id, rates, shipments } = order.json() as unknown as {
      id: string
      rates: { id: string; carrier: string; service: string; rate: string }[]
      shipments: { rates: { id: string; rate: string }[] }[]
    }
    expect(rates[0]!.id).toBe(shipments[0]!.rates[0]!.id)
    expect(Number(rates[0]!.rate)).toBe(2 * Number(shipments[0]!.rates[0]!.rate))

    const before = carrier.labels.length
    const { carrier: by, service } = rates[0]!
    const bought = await call(`/v2/orders/${id}/buy`, { body: { carrier: by, service } })
    expect(bought.json()).toMatchObject({ shipments: [{ postage_label: {} }, { postage_label: {} }] })
    expect((await call(`/v2/orders/${id}/buy`, { body: { carrier: by, service } })).status).toBe(422)
    expect(carrier.labels.length - before).toBe(2)
  })

  it('gives stateless rates without ids', async () => {
    const body = { shipment: { from_address: address, to_address: far, parcel: { weight: 32 } } }
    const [rate] = (await call('/beta/rates', { body })).json()['rates'] as unknown as object[]
    expect(rate).not.toHaveProperty('id')
    expect(rate).toMatchObject({ carrier: 'USPS', rate: expect.stringMatching(/^\d+\.\d\d$/) })
  })

  it('verifies addresses, tracks, and checks keys', async () => {
    expect((await call('/v2/addresses?page_size=1')).status).toBe(200)
    expect((await call('/v2/addresses/create_and_verify', { body: { address } })).json()).toMatchObject({
      address: { verifications: { delivery: { success: true } } },
    })
    const bad = await call('/v2/addresses/create_and_verify', { body: { address: { street1: 'nowhere' } } })
    expect(bad.json()).toMatchObject({
      error: { code: 'ADDRESS.VERIFY.FAILURE', errors: [{ field: 'address' }, { field: 'street1' }] },
    })
    const tracker = { tracker: { tracking_code: 'EZ4000000004' } }
    expect((await call('/v2/trackers', { body: tracker })).json()).toMatchObject({ status: 'delivered' })
    expect((await call('/v2/users')).status).toBe(403)
    expect((await call('/v2/users', { key: `Basic ${Buffer.from('EZAKlive:').toString('base64')}` })).status).toBe(200)
    expect((await call('/v2/users', { key: 'Basic bm9wZTo=' })).status).toBe(401)
  })

  it('is found at the address that is also Shippo’s', async () => {
    expect((await call('/addresses?page_size=1', { key: easypostKey })).json()).toMatchObject({
      addresses: expect.any(Array),
    })
  })
})

describe('misbehaving', () => {
  it.each([
    ['00500', 500],
    ['00503', 503],
    ['00429', 429],
    ['00401', 401],
  ])('answers a shipment to %s with %i', async (zip, status) => {
    for (const answer of [await shippoShipment({ ...far, zip }), await easypostShipment({ ...far, zip })]) {
      expect(answer.status).toBe(status)
      expect(answer.headers.get('retry-after')).toBe(status === 429 || status === 503 ? '2' : null)
      expect(Object.keys(answer.json())).toEqual([expect.stringMatching(/^(detail|error)$/)])
    }
  })

  it('quotes nothing to 00007, and says why', async () => {
    expect((await shippoShipment({ ...far, zip: '00007' })).json()).toMatchObject({
      rates: [],
      messages: [{ source: 'USPS' }, { source: 'UPS' }],
    })
    expect((await easypostShipment({ ...far, zip: '00007' })).json()).toMatchObject({
      rates: [],
      messages: [{ type: 'rate_error' }, {}],
    })
  })

  it.each(['hang', 'reset', 'drip'])('does %s when asked by header', async (behaviour) => {
    await expect(call('/parcel-templates', { headers: { 'x-sandbox-behaviour': behaviour } })).rejects.toThrow()
  })

  it('sends half of an answer as garbage', async () => {
    const answer = await call('/parcel-templates?behaviour=garbage')
    expect(answer.status).toBe(200)
    expect(() => answer.json()).toThrow()
  })

  it('sells a label and loses the answer, once', async () => {
    const [rate] = (await shippoShipment()).json()['rates'] as unknown as { object_id: string }[]
    carrier.behave({ behaviour: 'lost', method: 'POST', path: '/transactions', times: 1 })
    const body = { rate: rate?.object_id, async: false }
    await expect(call('/transactions/', { body })).rejects.toThrow()
    expect((await call(`/transactions/?rate=${String(rate?.object_id)}`)).json()).toMatchObject({ count: 1 })
    expect((await call('/transactions/', { body })).status).toBe(201)
  })

  it('takes instructions over HTTP, and says what it could have been told', async () => {
    await call('/__behave', { body: { behaviour: 'status:502', path: '/parcel-templates' } })
    expect((await call('/parcel-templates')).status).toBe(502)
    expect((await call('/__behave', { method: 'DELETE' })).status).toBe(204)
    expect((await call('/parcel-templates')).status).toBe(200)
    const unknown = await call('/__behave', { body: { behaviour: 'explode' } })
    expect(unknown.status).toBe(400)
    expect(unknown.text).toContain('none of hang')
  })
})

describe('its journal', () => {
  it('keeps what was asked, without the key', async () => {
    const before = carrier.journal.total
    await call('/parcel-templates?results=1')
    const { requests } = (await call(`/__journal?since=${before}`)).json() as unknown as { requests: object[] }
    expect(requests).toEqual([
      expect.objectContaining({
        method: 'GET',
        path: '/parcel-templates',
        query: { results: '1' },
        status: 200,
        headers: expect.objectContaining({ authorization: 'ShippoToken …ffee' }),
      }),
    ])
  })
})

const recordings = join(import.meta.dirname, '../../../../../shared/recordings')
const recorded = (file: string, step: number): Json =>
  (JSON.parse(readFileSync(join(recordings, file), 'utf8')) as { interactions: { response: { body: Json } }[] })
    .interactions[step]?.response.body as Json

const describeRecorded = existsSync(recordings) ? describe : describe.skip
describeRecorded('beside what the vendors really sent', () => {
  it('a Shippo shipment, rate and transaction have every field', async () => {
    const shipment = (await shippoShipment()).json()
    const vendors = recorded('shippo/pickup__test_create.json', 3)
    expect(missing(shipment, vendors)).toEqual([])
    const [rate] = shipment['rates'] as unknown as { object_id: string }[]
    const sale = (await call('/transactions/', { body: { rate: rate?.object_id, async: false } })).json()
    expect(missing(sale, recorded('shippo/pickup__test_create.json', 4))).toEqual([])
  })

  it('an EasyPost order has every field', async () => {
    const one = { parcel: { weight: 10.2 } }
    const body = { order: { from_address: address, to_address: far, shipments: [one, one] } }
    const order = (await call('/v2/orders', { body })).json()
    expect(missing(order, recorded('easypost/Order-Service__retrieves-an-order.json', 0))).toEqual([])
  })

  it('an EasyPost shipment, bought, has every field', async () => {
    const { id, rates } = (await easypostShipment()).json() as unknown as { id: string; rates: { id: string }[] }
    const bought = (await call(`/v2/shipments/${id}/buy`, { body: { rate: { id: rates[0]?.id } } })).json()
    expect(missing(bought, recorded('easypost/Shipment-Service__buys-a-shipment.json', 1))).toEqual([])
  })
})

/** What only repeats the recorded request. */
const echoed = /\.(extra|options|verifications)$/

/** Paths of fields that the vendor sends and the sandbox does not; of lists, the first entries are compared. */
function missing(ours: unknown, vendors: unknown, path = ''): string[] {
  if (Array.isArray(vendors)) {
    return Array.isArray(ours) ? (ours[0] && vendors[0] ? missing(ours[0], vendors[0], `${path}[]`) : []) : [path]
  }
  if (typeof vendors !== 'object' || vendors === null || ours === null || echoed.test(path)) return []
  return Object.entries(vendors).flatMap(([name, value]) =>
    name in (ours as object) ? missing((ours as Json)[name], value, `${path}.${name}`) : [`${path}.${name}`],
  )
}
