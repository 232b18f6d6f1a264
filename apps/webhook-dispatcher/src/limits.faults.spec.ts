import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { newId, storeEventType, webhooks, type EndpointConfig, type StoreId } from '@cartly/contracts'
import { BusClient } from '@cartly/messaging'
import { eventually } from '@cartly/testing'
import { AckPolicy, jetstream, jetstreamManager, type JetStreamClient } from '@nats-io/jetstream'
import { setTimeout as pause } from 'node:timers/promises'
import { STREAM, SUBJECTS } from './fleet/fleet.ts'
import { dispatcherProcesses, type DispatcherProcesses } from './testing/dispatcher-processes.ts'
import { startReceiver, type Receiver } from './testing/receiver.ts'
import { standInVault } from './testing/stand-in-vault.ts'

const REPLICAS = 3
const PER_ENDPOINT = 4
const PER_STORE = 6
const KILLS = 6

let processes: DispatcherProcesses
let receiver: Receiver
let platform: JetStreamClient
let gateway: BusClient
beforeAll(async () => {
  receiver = await startReceiver()
  processes = await dispatcherProcesses(REPLICAS, {
    WEBHOOKS_PER_ENDPOINT: String(PER_ENDPOINT),
    WEBHOOKS_PER_STORE: String(PER_STORE),
  })
  standInVault(await processes.connect('credential-vault'))
  platform = jetstream(await processes.connect('store-platform'))
  gateway = new BusClient(await processes.connect('admin-gateway'), 'admin-gateway')
}, 60_000)
afterAll(async () => {
  await processes?.stop()
  await receiver?.stop()
}, 30_000)

const create = (storeId: StoreId, path: string, config: Partial<EndpointConfig> = {}) =>
  eventually(
    () =>
      gateway.request(webhooks.create, {
        storeId,
        endpointId: newId('whk'),
        config: { url: `${receiver.url}${path}`, eventTypes: ['order.created'], ...config },
      }),
    { withinMs: 30_000 },
  )

let published = 0
async function publish(storeId: StoreId): Promise<string> {
  const id = `event-${++published}`
  const event = { ...storeEventType('order.created')?.example, id, data: { id, eventId: id } }
  await platform.publish(`store.${storeId}.order.created`, JSON.stringify(event), { msgID: id })
  return id
}

/** How many of the events a path has answered with 200. */
function taken(path: string, events: readonly string[]): number {
  const answered = receiver.journal.filter((each) => each.path === path && each.status === 200)
  const ids = new Set(answered.map(({ body }) => (JSON.parse(body) as { data: { eventId: string } }).data.eventId))
  return events.filter((id) => ids.has(id)).length
}

describe('while dispatchers are killed and come again', () => {
  it('no endpoint and no store ever has more in flight than it may', async () => {
    const storeId = 'store_limits' as StoreId
    const paths = ['/left', '/right']
    const open = new Map(paths.map((path) => [path, 0]))
    const most = { endpoint: 0, store: 0 }
    for (const path of paths) {
      receiver.answer(path, (_, response) => {
        open.set(path, (open.get(path) ?? 0) + 1)
        most.endpoint = Math.max(most.endpoint, open.get(path) ?? 0)
        most.store = Math.max(
          most.store,
          [...open.values()].reduce((sum, each) => sum + each),
        )
        let ended = false
        const end = (): void => {
          if (!ended) open.set(path, (open.get(path) ?? 0) - 1)
          ended = true
        }
        // Also when the one who asked is killed.
        response.once('close', end)
        setTimeout(() => {
          end()
          response.writeHead(200).end()
        }, 30)
      })
      await create(storeId, path, { timeoutMs: 5_000 })
    }

    const ending = new AbortController()
    const publishing = (async () => {
      const events: string[] = []
      while (!ending.signal.aborted) {
        for (let i = 0; i < 3 * PER_ENDPOINT; i++) events.push(await publish(storeId))
        await pause(300)
      }
      return events
    })()
    for (let kill = 0; kill < KILLS; kill++) {
      await pause(1_000 + Math.random() * 3_000)
      await processes.crash(kill % REPLICAS, Math.random() * 2_000)
    }
    ending.abort()
    const events = await publishing
    await eventually(() => paths.every((path) => taken(path, events) === events.length), {
      withinMs: 90_000,
      everyMs: 500,
    })
    console.log(`${events.length} events, ${KILLS} kills; in flight at most`, most)
    expect(most.endpoint).toBeLessThanOrEqual(PER_ENDPOINT)
    expect(most.store).toBeLessThanOrEqual(PER_STORE)
  }, 240_000)

  it('what is in flight while all are cut off from NATS is ended, and sent again when it is back', async () => {
    const storeId = 'store_cut_off' as StoreId
    let [hangs, ended] = [true, 0]
    receiver.answer('/cut-off', (_, response) => {
      if (!hangs) return response.writeHead(200).end()
      return response.once('close', () => void (ended = Date.now()))
    })
    await create(storeId, '/cut-off', { timeoutMs: 30_000, retrySchedule: [1, 1, 1] })
    const event = await publish(storeId)
    await eventually(() => receiver.journal.some(({ path }) => path === '/cut-off'))
    const away = processes.crash('nats', 9_000)
    await eventually(() => ended > 0, { withinMs: 8_000 })
    hangs = false
    await away
    await eventually(() => taken('/cut-off', [event]) === 1, { withinMs: 60_000 })
  }, 120_000)

  it('a Retry-After that one of them was answered is undercut by none', async () => {
    const storeId = 'store_later' as StoreId
    const seconds = 15
    let askedAt = 0
    receiver.answer('/later', (_, response) => {
      if (askedAt > 0) return response.writeHead(200).end()
      askedAt = Date.now()
      return response.writeHead(429, { 'retry-after': String(seconds) }).end()
    })
    await create(storeId, '/later', { retrySchedule: [1, 1, 1] })
    const { told } = await listen()
    const events = [await publish(storeId)]
    await told
    for (let i = 0; i < 50; i++) events.push(await publish(storeId))
    await Promise.all(Array.from({ length: REPLICAS }, (_, index) => processes.crash(index, 200)))
    for (let i = 0; i < 50; i++) events.push(await publish(storeId))

    await eventually(() => taken('/later', events) === events.length, { withinMs: 90_000, everyMs: 500 })
    const [, ...others] = receiver.journal.filter(({ path }) => path === '/later').map(({ at }) => at - askedAt)
    expect(Math.min(...others)).toBeGreaterThanOrEqual(seconds * 1_000)
  }, 180_000)
})

/** Begins to listen to what dispatchers tell each other of pauses. */
async function listen(): Promise<{ readonly told: Promise<unknown> }> {
  const nc = await processes.connect('webhook-dispatcher')
  const jsm = await jetstreamManager(nc, { checkAPI: false })
  const filter = `${SUBJECTS}.pause.>`
  const info = await jsm.consumers.add(STREAM, { name: 'spec', filter_subject: filter, ack_policy: AckPolicy.None })
  const messages = await (await jetstream(nc).consumers.getConsumerFromInfo(info)).consume()
  return { told: messages[Symbol.asyncIterator]().next() }
}
