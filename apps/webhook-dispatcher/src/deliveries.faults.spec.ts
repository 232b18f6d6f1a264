import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  newId,
  storeEventType,
  webhooks,
  type EndpointConfig,
  type StoreId,
  type WebhookEndpoint,
} from '@cartly/contracts'
import { rebuild } from '@cartly/event-store'
import { BusClient } from '@cartly/messaging'
import { createDataSource, statements } from '@cartly/read-model'
import { eventually } from '@cartly/testing'
import { jetstream, jetstreamManager, type JetStreamClient } from '@nats-io/jetstream'
import { setTimeout as pause } from 'node:timers/promises'
import type { DataSource } from 'typeorm'
import { webhookActivity } from './projections/webhook-activity.ts'
import { dispatcherProcesses, type DispatcherProcesses } from './testing/dispatcher-processes.ts'
import { startReceiver, type Receiver } from './testing/receiver.ts'
import { standInVault } from './testing/stand-in-vault.ts'

/** `ROUNDS=100 npm run test:faults` for the long run. */
const ROUNDS = Number(process.env['ROUNDS'] ?? 30)
const PER_SECOND = 150
const ENTITIES = 12
const REPLICAS = 3
const storeId = 'store_faults' as StoreId

let processes: DispatcherProcesses
let receiver: Receiver
let platform: JetStreamClient
let gateway: BusClient
let dataSource: DataSource

beforeAll(async () => {
  receiver = await startReceiver()
  processes = await dispatcherProcesses(REPLICAS)
  standInVault(await processes.connect('credential-vault'))
  platform = jetstream(await processes.connect('store-platform'))
  gateway = new BusClient(await processes.connect('admin-gateway'), 'admin-gateway')
  dataSource = createDataSource({ url: processes.databaseUrl, schema: 'dispatcher' })
  await eventually(() => dataSource.initialize(), { withinMs: 30_000 })
}, 60_000)
afterAll(async () => {
  await dataSource?.destroy()
  await processes?.stop()
  await receiver?.stop()
}, 30_000)

const create = (path: string, config: Partial<EndpointConfig> = {}, store = storeId): Promise<WebhookEndpoint> =>
  eventually(
    () =>
      gateway.request(webhooks.create, {
        storeId: store,
        endpointId: newId('whk'),
        config: {
          url: `${receiver.url}${path}`,
          eventTypes: ['order.created'],
          retrySchedule: [1, 1, 1, 1, 1],
          ...config,
        },
      }),
    { withinMs: 30_000 },
  )

/** Publishes an event of an entity, again and again until it is acknowledged. */
async function publish(entity: string, number: number, store = storeId): Promise<string> {
  const id = `${entity}-${number}`
  const event = {
    ...storeEventType('order.created')?.example,
    id,
    subject: entity,
    data: { id: entity, eventId: id, place: number },
  }
  for (;;) {
    try {
      await platform.publish(`store.${store}.order.created`, JSON.stringify(event), { msgID: id, timeout: 1_000 })
      return id
    } catch {
      await pause(50)
    }
  }
}

/** Events of several entities at a steady rate; within an entity, each is stored before the next is published. */
async function load(signal: AbortSignal): Promise<string[]> {
  const entity = async (name: string): Promise<string[]> => {
    const ids: string[] = []
    for (let number = 0; !signal.aborted; number++) {
      ids.push(await publish(name, number))
      await pause((1_000 * ENTITIES) / PER_SECOND)
    }
    return ids
  }
  const all = await Promise.all(Array.from({ length: ENTITIES }, (_, index) => entity(`entity${index}`)))
  return all.flat()
}

interface Seen {
  readonly id: string
  readonly entity: string
  readonly number: number
  readonly answered: number
}

/** What a path was sent, in order. */
function seenAt(path: string): Seen[] {
  return receiver.journal
    .filter((each) => each.path === path)
    .map(({ body, status }) => {
      const { data } = JSON.parse(body) as { data: { id: string; eventId: string; place: number } }
      return { id: data.eventId, entity: data.id, number: data.place, answered: status }
    })
}

/**
 * Answers after some milliseconds, one in fifty with 503, so that retries are always under way; and counts how often two
 * events of one entity were under way at once.
 */
function flaky(path: string): { overlaps: number } {
  const open = new Map<string, number>()
  const seen = { overlaps: 0 }
  receiver.answer(path, ({ body }, response) => {
    const { id } = (JSON.parse(body) as { data: { id: string } }).data
    const now = (open.get(id) ?? 0) + 1
    open.set(id, now)
    if (now > 1) seen.overlaps++
    let ended = false
    const end = (): void => {
      if (!ended) open.set(id, (open.get(id) ?? 0) - 1)
      ended = true
    }
    // Also when the one who asked is killed.
    response.once('close', end)
    setTimeout(() => {
      end()
      response.writeHead(Math.random() < 0.02 ? 503 : 200).end()
    }, Math.random() * 10)
  })
  return seen
}

/** What an endpoint gets of an entity again is never before the last it got: later events follow those before them. */
function expectOrder(path: string): void {
  const latest = new Map<string, number>()
  for (const { entity, number } of seenAt(path)) {
    expect({ path, entity, inOrder: number >= (latest.get(entity) ?? 0) }).toEqual({ path, entity, inOrder: true })
    latest.set(entity, number)
  }
}

const random = <T>(choices: readonly T[]): T => choices[Math.floor(Math.random() * choices.length)] as T

describe('while dispatchers, NATS and Postgres are killed at random', () => {
  it(
    'nothing is lost, little comes twice, and order is kept where it is asked for',
    async () => {
      const [, , ...inOrder] = ['/plain', '/second', '/ordered', '/parking'].map(flaky)
      await create('/plain')
      await create('/second')
      await create('/ordered', { ordering: 'entity', timeoutMs: 2_000 })
      await create('/parking', { ordering: 'entity', orderFailure: 'park', timeoutMs: 2_000 })
      const ending = new AbortController()
      const publishing = load(ending.signal)

      const kills: Record<string, number> = {}
      for (let round = 0; round < ROUNDS; round++) {
        const part = random(['nats', 'postgres', 0, 1, 2, 0, 1, 2] as const)
        const name = typeof part === 'number' ? 'dispatcher' : part
        kills[name] = (kills[name] ?? 0) + 1
        await pause(300 + Math.random() * 1_500)
        await processes.crash(part, Math.random() * 500)
      }
      ending.abort()
      const published = await publishing

      for (const path of ['/plain', '/second', '/ordered', '/parking']) {
        // What was refused is set aside where the endpoint parks, and sent again everywhere else.
        const ends = path === '/parking' ? [200, 503] : [200]
        const missing = () => {
          const taken = new Set(seenAt(path).flatMap(({ id, answered }) => (ends.includes(answered) ? [id] : [])))
          return published.filter((id) => !taken.has(id))
        }
        // In order, an entity's events go out some tens of milliseconds apart: what has gathered takes its time.
        await eventually(() => missing().length === 0, {
          withinMs: 60_000 + published.length * 15,
          everyMs: 1_000,
        }).catch(() => undefined)
        expect({ path, missing: missing().length, first: missing()[0] }).toEqual({ path, missing: 0 })
        const taken = seenAt(path).filter(({ answered }) => ends.includes(answered)).length
        const duplicates = taken - published.length
        console.log(`${path}: ${published.length} events, ${duplicates} duplicates, killed ${JSON.stringify(kills)}`)
        // What a crash finds in flight: what was sent within the last instants and not yet recorded.
        expect(duplicates).toBeLessThanOrEqual(ROUNDS * PER_SECOND * 0.1)
      }

      expectOrder('/ordered')
      expectOrder('/parking')
      expect(inOrder).toEqual([{ overlaps: 0 }, { overlaps: 0 }])

      await readModelEqualsRebuild(published.length * 4)
    },
    ROUNDS * 12_000 + 240_000,
  )
})

describe('while Postgres is gone for longer than NATS waits for an acknowledgement', () => {
  it('deliveries go on, what fails meanwhile is caught up, and nothing comes twice', async () => {
    const outageStore = 'store_outage' as StoreId
    let broken = true
    receiver.answer('/outage-broken', (_, response) => response.writeHead(broken ? 503 : 200).end())
    await create('/outage-healthy', {}, outageStore)
    await create('/outage-broken', { retrySchedule: [1, 1, 1] }, outageStore)
    await eventually(async () => (await publish('before', 0, outageStore)) && seenAt('/outage-healthy').length > 0)

    const outage = processes.crash('postgres', 40_000)
    const published: string[] = []
    for (let number = 0; number < 100; number++) {
      published.push(await publish('during', number, outageStore))
      await pause(100)
    }
    await eventually(() => seenAt('/outage-healthy').length >= 101, { withinMs: 5_000 })
    await outage
    broken = false
    const taken = (path: string) => seenAt(path).filter(({ answered }) => answered === 200)
    await eventually(() => taken('/outage-broken').length >= 101, { withinMs: 90_000 })
    for (const path of ['/outage-healthy', '/outage-broken']) {
      expect(new Set(taken(path).map(({ id }) => id)).size).toBe(101)
      expect(taken(path)).toHaveLength(101)
    }
  }, 240_000)
})

/** Every delivery is recorded, and building the read model anew from the log gives the same. */
async function readModelEqualsRebuild(deliveries: number): Promise<void> {
  const sql = statements(dataSource)
  const digest = async (): Promise<unknown> => {
    const [row] = await sql.query(
      `SELECT count(*)::integer AS deliveries, count(*) FILTER (WHERE status IN ('succeeded', 'parked'))::integer AS ended,
         md5(string_agg(d::text, ',' ORDER BY id)) AS digest FROM delivery AS d`,
    )
    return row
  }
  await eventually(async () => ((await digest()) as { ended: number }).ended === deliveries, {
    withinMs: 30_000,
    everyMs: 500,
  })
  const nc = await processes.connect('webhook-dispatcher')
  const bus = { nc, js: jetstream(nc), jsm: await jetstreamManager(nc, { checkAPI: false }) }
  const before = await digest()
  await rebuild({ bus, dataSource, projection: webhookActivity as never })
  expect(await digest()).toEqual(before)
}
