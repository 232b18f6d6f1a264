import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { InvokeReply, UpgradeDiff } from '@cartly/contracts'
import { eventually } from '@cartly/testing'
import { openScene, type Scene } from './scene.ts'
import { rates } from './rates.ts'

const store = 'store_upgrade'
const connectors = `/v1/stores/${store}/connectors`
const COUNT = 100
const WORKERS = 6
const [OLD, NEW] = ['0.9.0', '1.0.0']

let scene: Scene
beforeAll(async () => {
  scene = await openScene('upgrade')
}, 120_000)
afterAll(() => scene?.close(), 60_000)

interface Connector {
  readonly id: string
  readonly status: string
  readonly template: { readonly version: string }
  readonly settings: Readonly<Record<string, unknown>>
  readonly mappings: object
}

/** What each store has set for itself: no two are the same. */
const own = (index: number) => ({
  settings: { labelFormat: index % 2 ? 'PNG' : 'ZPLII', carrierAccounts: [`account_${index}`] },
  mappings: {
    address: {
      ...Object.fromEntries(['street1', 'city', 'state', 'country'].map((name) => [name, { $: `input.${name}` }])),
      zip: { $: 'input.postalCode' },
      company: `Store ${index}`,
    },
  },
})

async function install(index: number): Promise<string> {
  const { settings, mappings } = own(index)
  const path = await scene.connectShippo(store, { version: OLD, settings })
  await scene.api.patch(path, { mappings })
  await scene.api.post(`${path}/test`)
  return path.split('/').at(-1)!
}

/** Does something with each, ten at a time. */
async function withEach<T, R>(items: readonly T[], act: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await act(item, index)
  }
  await Promise.all(Array.from({ length: 10 }, worker))
  return results
}

let asked = 0
/** Asks as a checkout does, for something that was never asked for before. */
async function ask(connectorId: string, zip = '94110'): Promise<InvokeReply['results'][number]> {
  const input = { ...rates, to: { ...rates.to, postalCode: zip }, currency: 'USD' }
  const weight = { value: 1 + ++asked / 1_000, unit: 'kg' }
  const body = { connectorId, input: { ...input, parcels: [{ ...rates.parcels[0], weight }] }, deadlineMs: 8_000 }
  const reply = await scene.nc.request(`integrations.invoke.${store}.get_rates`, JSON.stringify(body), {
    timeout: 10_000,
  })
  return reply.json<InvokeReply>().results[0]!
}

/** Asks all of them, again and again, until told to stop; gives every answer. */
async function load(ids: readonly string[], signal: AbortSignal): Promise<InvokeReply['results']> {
  const answers: InvokeReply['results'] = []
  const worker = async (first: number): Promise<void> => {
    for (let at = first; !signal.aborted; at += WORKERS) answers.push(await ask(ids[at % ids.length]!))
  }
  await Promise.all(Array.from({ length: WORKERS }, (_, first) => worker(first)))
  return answers
}

const shown = (id: string): Promise<Connector> => scene.api.get<Connector>(`${connectors}/${id}`)
const versionOf = async (executionId: string): Promise<string> => {
  const found = await eventually(() =>
    scene.api.get<{ templateVersion: string }>(`/v1/stores/${store}/executions/${executionId}`),
  )
  return found.templateVersion
}

it(`${COUNT} connectors are upgraded and taken back under load: no execution fails, no setting is lost`, async () => {
  const ids = await withEach(
    Array.from({ length: COUNT }, (_, index) => index),
    install,
  )
  const stop = new AbortController()
  const loading = load(ids, stop.signal)

  // An execution that is under way when its connector is upgraded ends on the version it began with.
  const slow = ask(ids[0]!, '00003')
  await eventually(async () => {
    const { requests } = (await (await fetch(`${scene.demo.carrierUrl}/__journal`)).json()) as {
      requests: { body?: { address_to?: { zip?: string } } }[]
    }
    expect(requests.some(({ body }) => body?.address_to?.zip === '00003')).toBe(true)
    return true
  })

  const upgraded = await withEach(ids, (id) =>
    scene.api.post<{ diff: UpgradeDiff; connector: Connector }>(`${connectors}/${id}/upgrade`, { version: NEW }),
  )
  for (const [index, { diff, connector }] of upgraded.entries()) {
    const { settings, mappings } = own(index)
    expect(connector).toMatchObject({ status: 'active', template: { version: NEW }, mappings })
    expect(connector.settings).toEqual({ ...settings, defaultCarrier: 'usps' })
    expect(diff.settings).toEqual([{ pointer: '/defaultCarrier', change: 'added', after: 'usps' }])
    expect(diff.mappings).toContainEqual(expect.objectContaining({ name: 'address', overridden: true }))
  }
  expect(await slow).toMatchObject({ status: 'succeeded', source: 'live' })
  expect(await versionOf((await slow).executionId)).toBe(OLD)
  const now = await withEach(ids, (id) => ask(id))
  expect(now.map(({ status }) => status)).toEqual(ids.map(() => 'succeeded'))
  expect(await versionOf(now[0]!.executionId)).toBe(NEW)

  await withEach(ids, (id) => scene.api.post(`${connectors}/${id}/rollback`))
  for (const [index, connector] of (await withEach(ids, shown)).entries()) {
    expect(connector).toMatchObject({ status: 'active', template: { version: OLD }, ...own(index) })
    expect(connector.settings).toEqual(own(index).settings)
  }
  const back = await ask(ids[0]!)
  expect(await versionOf(back.executionId)).toBe(OLD)

  stop.abort()
  const answers = [...(await loading), ...now, back]
  console.log(`${answers.length} checkouts during ${COUNT} upgrades and ${COUNT} rollbacks`)
  expect(answers.length).toBeGreaterThan(COUNT)
  expect(answers.filter(({ status, source }) => status !== 'succeeded' || source !== 'live')).toEqual([])
  // Each was asked with its own mapping and settings, whatever its version was.
  const { requests } = (await (await fetch(`${scene.demo.carrierUrl}/__journal`)).json()) as {
    requests: { path: string; body?: { address_to?: { company?: string }; carrier_accounts?: string[] } }[]
  }
  const shipments = requests.filter(({ path }) => path.startsWith('/shipments'))
  expect(shipments.length).toBeGreaterThan(0)
  for (const { body } of shipments) {
    expect(body?.carrier_accounts).toEqual([body?.address_to?.company?.replace('Store ', 'account_')])
  }
}, 240_000)
