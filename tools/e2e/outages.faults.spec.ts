import { afterEach, expect, it } from '@jest/globals'
import { storeEventType } from '@cartly/contracts'
import {
  natsCredentials,
  natsPasswordVariable,
  natsUsers,
  startEngine,
  type Engine,
  type EngineOptions,
  type NatsPasswords,
} from '@cartly/launcher'
import { eventually, natsCluster, testFolder } from '@cartly/testing'
import { DiscardPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { randomUUID } from 'node:crypto'
import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { apiOf, type Api, type Json } from './api.ts'
import { startReceiver, type Receiver } from './receiver.ts'

/** What the engine stands on goes away, fills up, or comes back with another past. The receiver's journal is the judge. */
const store = 'store_outages'
const retrySchedule = [1, 1, 1, 2, 2, 5, 5, 5, 5]
let stops: (() => Promise<unknown>)[] = []

async function stopAll(): Promise<void> {
  for (const stop of stops.toReversed()) await stop()
  stops = []
}

afterEach(stopAll, 120_000)

interface Scene {
  readonly engine: Engine
  readonly api: Api
  readonly nc: NatsConnection
  readonly receiver: Receiver
}

async function open(options: EngineOptions, receiver?: Receiver): Promise<Scene> {
  const engine = await startEngine(options)
  stops.push(() => engine.stop())
  const { user, password } = engine.run.natsUsers['storePlatform']!
  const nc = await connect({
    servers: engine.run.natsUrl.split(','),
    user,
    pass: password,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
  })
  stops.push(() => nc.close())
  if (!receiver) {
    receiver = await startReceiver()
    stops.push(receiver.close)
  }
  return { engine, api: apiOf(engine.run.gatewayUrl, engine.run.adminToken), nc, receiver }
}

const addWebhook = ({ api, receiver }: Scene): Promise<Json> =>
  api.post(`/v1/stores/${store}/webhooks`, {
    url: `${receiver.url}/hook`,
    eventTypes: ['order.created'],
    retrySchedule,
  })

/** Publishes one order a call, each until it is acknowledged. */
function publisher({ nc }: Scene): (id: string) => Promise<string> {
  const js = jetstream(nc)
  const { example } = storeEventType('order.created')!
  return async (id) => {
    const event = { ...example, id, subject: id, data: { ...example.data, id } }
    for (;;) {
      try {
        await js.publish(`store.${store}.order.created`, JSON.stringify(event), { msgID: id, timeout: 2_000 })
        return id
      } catch {
        await delay(100)
      }
    }
  }
}

/** Publishes 50 a second while `work` goes on; resolves with the ids. */
async function underLoad(scene: Scene, work: () => Promise<unknown>): Promise<string[]> {
  const publish = publisher(scene)
  const published: Promise<string>[] = []
  const working = work()
  const done = new AbortController()
  void working.finally(() => done.abort()).catch(() => undefined)
  while (!done.signal.aborted) {
    published.push(publish(randomUUID()))
    await delay(20)
  }
  await working
  return Promise.all(published)
}

const journal = ({ receiver }: Scene): string[] =>
  receiver.at('/hook').map(({ body }) => String((JSON.parse(body) as Json).data!.id))

async function allArrive(scene: Scene, published: readonly string[]): Promise<void> {
  await eventually(
    () => {
      const got = new Set(journal(scene))
      expect(published.filter((id) => !got.has(id))).toEqual([])
      return true
    },
    { withinMs: 60_000 },
  )
}

it('goes on when of three NATS nodes one is cut off, and then one is killed', async () => {
  const { urls, nodes, credentials, stop } = await natsCluster()
  stops.push(stop)
  for (const user of natsUsers) process.env[natsPasswordVariable(user)] = credentials[user].pass
  const scene = await open({ dataDir: testFolder('cluster'), natsUrl: urls.join(','), streams: { replicas: 3 } })
  await addWebhook(scene)

  const published = await underLoad(scene, async () => {
    await delay(2_000)
    // Cut off: it neither hears nor says anything for longer than the others wait for it.
    process.kill(nodes[0]!.server.pid, 'SIGSTOP')
    await delay(10_000)
    process.kill(nodes[0]!.server.pid, 'SIGCONT')
    await delay(5_000)
    await nodes[1]!.server.kill()
    await delay(5_000)
    // Configuration is still written and read.
    await eventually(() =>
      addWebhook({ ...scene, receiver: { ...scene.receiver, url: `${scene.receiver.url}/other` } }),
    )
  })
  await allArrive(scene, published)
}, 240_000)

it('takes events in while Postgres is away for a minute, and catches up', async () => {
  const scene = await open({ dataDir: testFolder('no-postgres') })
  const webhook = await addWebhook(scene)
  const publish = publisher(scene)
  await allArrive(scene, [await publish(randomUUID())])

  const { postgres } = scene.engine.parts
  const published = await underLoad(scene, async () => {
    await postgres!.stop()
    await delay(60_000)
    await postgres!.start()
  })
  await allArrive(scene, published)
  const path = `/v1/stores/${store}/webhooks/${String(webhook.id)}`
  await eventually(
    async () => {
      const stats = await scene.api.get(`${path}/stats?window=1h`)
      // The read model has each delivery once, whatever was repeated.
      expect(stats).toMatchObject({ total: expect.any(Number) })
      return Number(stats.total) >= published.length + 1
    },
    { withinMs: 30_000 },
  )
}, 240_000)

it('stops and says why when the streams come back from yesterday’s backup', async () => {
  const dataDir = testFolder('yesterday')
  const backup = testFolder('backup')
  const first = await open({ dataDir })
  await addWebhook(first)
  await stopAll()
  cpSync(join(dataDir, 'nats'), backup, { recursive: true })

  const second = await open({ dataDir })
  const late = await addWebhook(second)
  await stopAll()
  rmSync(join(dataDir, 'nats'), { recursive: true })
  cpSync(backup, join(dataDir, 'nats'), { recursive: true })

  // The dispatcher's tables know an endpoint that its log does not.
  expect(late.id).toBeDefined()
  await expect(open({ dataDir })).rejects.toThrow(/The stream EVENTS is behind what was read from it/)
}, 240_000)

it('refuses what it cannot store, and says so', async () => {
  const dataDir = testFolder('full')
  const scene = await open({ dataDir })
  await addWebhook(scene)
  const secrets = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as { nats: NatsPasswords }
  const provisioner = natsCredentials('provisioner', secrets.nats)
  const nc = await connect({ servers: scene.engine.run.natsUrl, ...provisioner })
  stops.push(() => nc.close())
  const jsm = await jetstreamManager(nc)
  const { config, state } = await jsm.streams.info('EVENTS')
  // A disk that is full, as a stream sees it: not one message more.
  await jsm.streams.update('EVENTS', { ...config, max_bytes: state.bytes + 1, discard: DiscardPolicy.New })

  const refused = await scene.api.call('POST', `/v1/stores/${store}/webhooks`, {
    url: `${scene.receiver.url}/more`,
    eventTypes: ['*'],
  })
  expect(refused).toMatchObject({
    status: 503,
    body: { code: 'log_full', detail: expect.stringContaining('has no room') },
  })
  expect((await scene.api.get(`/v1/stores/${store}/webhooks`)).data).toHaveLength(1)
  // What needs no more configuration goes on.
  const published = await underLoad(scene, () => delay(500))
  await allArrive(scene, published)

  await jsm.streams.update('EVENTS', { ...config, max_bytes: -1 })
  await eventually(() => addWebhook(scene))
}, 240_000)
