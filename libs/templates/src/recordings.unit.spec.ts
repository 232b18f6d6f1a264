import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { compileSchema, Rate } from '@cartly/contracts'
import { previewChain, type CannedResponse, type Preview } from '@cartly/request-chain'
import { compileTemplate, loadCatalog, resolveHook, type Catalog, type CatalogEntry } from './index.ts'
import { sampleCredentials } from './run-samples.ts'

/** Interactions that the vendors' own client libraries recorded; never copied into this repository. */
const folder = fileURLToPath(new URL('../../../../shared/recordings/', import.meta.url))
const present = existsSync(folder)
if (!present) console.log(`Skipped: there are no recordings at ${folder}`)

interface Interaction {
  readonly request: { readonly method: string; readonly path: string; readonly body: unknown }
  readonly response: { readonly status: number; readonly headers: Record<string, string>; readonly body: unknown }
}
interface Scenario {
  readonly vendor: string
  readonly scenario: string
  readonly interactions: readonly Interaction[]
}

const read = (vendor: string): Scenario[] =>
  readdirSync(join(folder, vendor)).map(
    (file) => JSON.parse(readFileSync(join(folder, vendor, file), 'utf8')) as Scenario,
  )

const scenarios = present ? [...read('shippo'), ...read('easypost')] : []
const interactionsOf = (vendor: string): Interaction[] =>
  scenarios.filter((one) => one.vendor === vendor).flatMap(({ interactions }) => interactions)

/** An answer as the engine gets it: bodies that were no JSON were recorded as `{ text }`. */
const canned = ({ response }: Interaction): CannedResponse => {
  const { status, headers, body } = response
  const text =
    typeof body === 'object' && body !== null && 'text' in body ? (body as { text: unknown }).text : undefined
  return text === undefined
    ? { status, headers, body: body ?? undefined }
    : { status, headers: { 'content-type': 'text/html' }, body: text }
}

type VendorRate = Record<string, unknown>
const isRate = (value: unknown): value is VendorRate =>
  typeof value === 'object' &&
  value !== null &&
  ('servicelevel' in value
    ? 'amount' in value
    : 'rate' in value && typeof (value as VendorRate)['carrier'] === 'string')

/** Every list of rates anywhere in a value. */
function rateLists(value: unknown): VendorRate[][] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value) && value.length > 0 && value.every(isRate)) return [value as VendorRate[]]
  return Object.values(value).flatMap(rateLists)
}

const preview = (
  entry: CatalogEntry,
  hook: string,
  input: unknown,
  responses: Record<string, CannedResponse | CannedResponse[]>,
): Promise<Preview> =>
  previewChain(resolveHook(entry.definition, hook), {
    input,
    settings: {},
    execution: { id: 'exec_test', key: 'test' },
    baseUrl: entry.baseUrl({}),
    auth: entry.definition.auth,
    credentials: sampleCredentials(entry.definition),
    responses,
  })

const address = {
  name: 'A',
  street1: '1 Main St',
  city: 'Springfield',
  state: 'CA',
  postalCode: '94107',
  country: 'US',
}
const parcel = {
  length: { value: 10, unit: 'in' },
  width: { value: 8, unit: 'in' },
  height: { value: 4, unit: 'in' },
  weight: { value: 15.4, unit: 'oz' },
}
const ratesInput = { from: address, to: address, parcels: [parcel] }

const describeRecorded = present ? describe : describe.skip

describeRecorded('the recorded interactions', () => {
  let catalog: Catalog
  const entryOf = (vendor: string): CatalogEntry => catalog.get(vendor)!
  beforeAll(async () => {
    catalog = await loadCatalog()
  })

  it('are there', () => {
    console.log(`Replayed ${scenarios.length} recorded scenarios`)
    expect(scenarios.length).toBeGreaterThan(0)
  })

  it.each([
    ['shippo', 'amount'],
    ['easypost', 'rate'],
  ])('every rate of %s maps to a valid canonical rate with the exact amount', async (vendor, amountField) => {
    const schema = compileSchema(Rate)
    let seen = 0
    for (const interaction of interactionsOf(vendor)) {
      for (const list of rateLists(interaction.response.body)) {
        const body = { status: 'SUCCESS', rates: list, messages: [] }
        const { output, error } = await preview(entryOf(vendor), 'get_rates', ratesInput, {
          shipment: { status: 201, body },
        })
        expect(error).toBeUndefined()
        const { rates } = output as { rates: Rate[] }
        expect(rates).toHaveLength(list.length)
        rates.forEach((rate, index) => {
          const theirs = list[index]!
          expect(schema.errors(rate)).toEqual([])
          // All recorded currencies have two digits behind the point, and no recorded amount has more.
          const [whole, fraction = ''] = String(theirs[amountField]).split('.')
          expect(fraction.length).toBeLessThanOrEqual(2)
          const amount = Number(whole + fraction.padEnd(2, '0'))
          expect(rate.price).toEqual({ amount, currency: theirs['currency'] })
          expect(rate.estimatedDays ?? null).toBe(
            theirs['estimated_days'] ?? theirs['days'] ?? theirs['delivery_days'] ?? null,
          )
          if ('object_id' in theirs) expect(rate.id).toBe(theirs['object_id'])
          if ('id' in theirs) expect(rate.id).toBe(theirs['id'])
          expect(rate.attributes ?? []).toHaveLength(((theirs['attributes'] as unknown[] | undefined) ?? []).length)
          seen++
        })
      }
    }
    expect(seen).toBeGreaterThan(vendor === 'shippo' ? 300 : 80)
  })

  it('every recorded quote goes through get_rates as it came', async () => {
    for (const [vendor, path] of [
      ['shippo', '/shipments/'],
      ['easypost', '/v2/shipments'],
    ] as const) {
      const quotes = interactionsOf(vendor).filter(
        ({ request, response }) => request.method === 'POST' && request.path === path && response.status === 201,
      )
      expect(quotes.length).toBeGreaterThan(0)
      for (const quote of quotes) {
        const body = quote.response.body as { rates: unknown[]; messages: unknown[] }
        const { output, error } = await preview(entryOf(vendor), 'get_rates', ratesInput, { shipment: canned(quote) })
        expect(error).toBeUndefined()
        const { rates, messages } = output as { rates: unknown[]; messages: unknown[] }
        expect([rates.length, messages.length]).toEqual([body.rates.length, body.messages.length])
      }
    }
  })

  it('every recorded error falls into its class, and says what the service said', async () => {
    let seen = 0
    for (const vendor of ['shippo', 'easypost']) {
      const { definition } = entryOf(vendor)
      for (const interaction of interactionsOf(vendor).filter(({ response }) => response.status >= 400)) {
        const { method } = interaction.request
        const asked = { id: 'ask', request: { method, path: '/' }, expect: { where: true } }
        const withHook = {
          ...definition,
          hooks: { recorded: { description: 'A recorded request', steps: [asked], result: {} } },
        }
        const chain = compileTemplate(withHook).hooks.get('recorded')!
        const { error } = await previewChain(chain, {
          input: {},
          execution: { id: 'exec_test', key: 'test' },
          baseUrl: 'https://example.test',
          auth: definition.auth,
          credentials: sampleCredentials(definition),
          responses: { ask: canned(interaction) },
        })
        expect(error).toMatchObject({ class: 'permanent', status: interaction.response.status })
        expect(error!.message).toContain(definition.name)
        const words = firstWords(interaction.response.body)
        if (words) expect(error!.message).toContain(words)
        seen++
      }
    }
    expect(seen).toBeGreaterThan(15)
  })

  it('a rate is bought, and its label given', async () => {
    const bought = interactionsOf('easypost').filter(({ request }) =>
      /^\/v2\/shipments\/shp_\w+\/buy$/.test(request.path),
    )
    expect(bought.length).toBeGreaterThan(0)
    for (const purchase of bought) {
      const body = purchase.response.body as {
        id: string
        tracking_code: string
        postage_label: { label_url: string }
        selected_rate: { rate: string }
      }
      const rateId = (purchase.request.body as { rate: { id: string } }).rate.id
      const { requests, output, error } = await preview(
        entryOf('easypost'),
        'buy_label',
        { rateId },
        {
          rate: { body: { shipment_id: body.id } },
          buy: canned(purchase),
        },
      )
      expect(error).toBeUndefined()
      expect(requests[1]).toMatchObject({
        url: `https://api.easypost.com${purchase.request.path}`,
        body: { rate: { id: rateId } },
      })
      expect(output).toEqual({
        labelId: body.id,
        trackingNumber: body.tracking_code,
        labelUrl: body.postage_label.label_url,
        price: { amount: Number(body.selected_rate.rate.replace('.', '')), currency: 'USD' },
      })
    }
    const transactions = interactionsOf('shippo').filter(
      ({ request }) => request.method === 'POST' && request.path === '/transactions/',
    )
    const statuses = new Set<unknown>()
    for (const purchase of transactions) {
      const body = purchase.response.body as {
        object_id: string
        status: string
        label_url: string
        tracking_number: string
      }
      statuses.add(body.status)
      const { rate } = purchase.request.body as { rate: string }
      const later = { ...body, status: 'SUCCESS', label_url: 'https://labels.test/1', tracking_number: '1Z' }
      const { output, error } = await preview(
        entryOf('shippo'),
        'buy_label',
        { rateId: rate },
        { buy: canned(purchase), label: { body: later } },
      )
      expect(error).toBeUndefined()
      expect(output).toMatchObject({
        labelId: body.object_id,
        labelUrl: body.status === 'SUCCESS' ? body.label_url : later.label_url,
      })
    }
    expect([...statuses].toSorted()).toEqual(['QUEUED', 'SUCCESS'])
  })

  it('parcels are tracked and addresses checked', async () => {
    const tracked = interactionsOf('shippo').filter(
      ({ request, response }) => request.path.startsWith('/tracks/') && response.status < 300,
    )
    for (const track of tracked) {
      const body = track.response.body as { tracking_number: string; tracking_history: unknown[] }
      const { output, error } = await preview(
        entryOf('shippo'),
        'track',
        { trackingNumber: body.tracking_number },
        { track: canned(track) },
      )
      expect(error).toBeUndefined()
      expect(output).toMatchObject({ trackingNumber: body.tracking_number })
      expect((output as { events: unknown[] }).events).toHaveLength(body.tracking_history.length)
    }
    const trackers = interactionsOf('easypost').filter(
      ({ request }) => request.method === 'POST' && request.path === '/v2/trackers',
    )
    for (const track of trackers) {
      const { output, error } = await preview(
        entryOf('easypost'),
        'track',
        { trackingNumber: 'EZ1' },
        { tracker: canned(track) },
      )
      expect(error).toBeUndefined()
      expect((output as { events: unknown[] }).events.length).toBeGreaterThan(0)
    }
    const validated = interactionsOf('shippo').filter(({ request }) => request.path.endsWith('/validate'))
    for (const validation of validated) {
      const valid = (validation.response.body as { validation_results: { is_valid: boolean } }).validation_results
        .is_valid
      const { output, error } = await preview(
        entryOf('shippo'),
        'validate_address',
        { address },
        { address: canned(validation) },
      )
      expect(error).toBeUndefined()
      expect(output).toMatchObject({ valid })
      if (!valid) expect((output as { messages: unknown[] }).messages.length).toBeGreaterThan(0)
    }
    const verified = interactionsOf('easypost').filter(
      ({ request }) => request.path === '/v2/addresses/create_and_verify',
    )
    for (const verification of verified) {
      const { output, error } = await preview(
        entryOf('easypost'),
        'validate_address',
        { address },
        { address: canned(verification) },
      )
      expect(error).toBeUndefined()
      if (verification.response.status === 422) expect(output).toMatchObject({ valid: false })
    }
    expect([tracked.length, trackers.length, validated.length, verified.length].every((count) => count > 0)).toBe(true)
  })
})

/** The first words in an error body that were meant for people. */
function firstWords(body: unknown): string | undefined {
  const { error, text } = body as { error?: { message?: string }; text?: string }
  if (text !== undefined) return undefined
  if (error) return error.message?.replace(/\.$/, '')
  const [first] = Object.values(body as Record<string, string[]>)
  return first?.[0]?.replace(/\.$/, '')
}
