/**
 * Many endpoints: what it costs to hold 100,000 of them in memory and to find the 10,000 that take one event, in this
 * process; then, in the engine with 100,000 endpoints configured, one event delivered to 1,000 and one to 10,000 of them,
 * until all is recorded: first with no signing key at hand, then with all. Losses and duplicates are the receiver's count.
 * Run: `npm run bench -- fan-out [delivered to] [configured]` (default 10,000 and 100,000; 0 leaves the delivery part out).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { endpointEvents, newId, type EndpointConfig, type StoreEvent, type StoreId } from '@cartly/contracts'
import { createEventStore } from '@cartly/event-store'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { Client } from 'pg'
import { EndpointIndex } from '../apps/webhook-dispatcher/src/matching/endpoint-index.ts'
import { startEngine, type BenchEngine } from './lib/engine.ts'
import { startBenchReceiver } from './lib/receiver.ts'
import { exponent, percentile, printTable, rounded, saveResult, type Row } from './lib/report.ts'
import { cpuSeconds, cpuSecondsOfTree, residentMiB } from './lib/usage.ts'
import { createEndpoints, orderEvent, publish } from './lib/webhooks.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const [deliveredTo = 10_000, configured = 100_000] = process.argv.slice(2).map(Number)

/** Adds endpoints to an index as the event log would. */
function add(
  index: EndpointIndex,
  storeId: string,
  count: number,
  configOf: (i: number) => Partial<EndpointConfig>,
): void {
  const time = new Date(0).toISOString()
  for (let i = 0; i < count; i++) {
    const endpointId = newId('whk')
    index.apply({
      sequence: 0,
      subject: '',
      context: 'webhooks',
      aggregate: 'endpoint',
      id: endpointId,
      revision: 1,
      time,
      storeId: storeId as StoreId,
      actor: 'user:bench',
      commandId: '',
      traceparent: undefined,
      events: [
        {
          type: 'EndpointCreated',
          // As it would come out of JSON: nothing is shared between endpoints.
          data: JSON.parse(
            JSON.stringify({
              endpointId,
              storeId,
              config: {
                url: `https://shop-${i}.example.com/webhooks/cartly`,
                eventTypes: ['order.created'],
                ...configOf(i),
              },
              credentialId: newId('cred'),
              at: time,
            }),
          ),
        },
      ],
    })
  }
}

function matching(storeId: string, endpoints: number, configOf: (i: number) => Partial<EndpointConfig>) {
  collect()
  const before = process.memoryUsage().heapUsed
  const index = new EndpointIndex()
  add(index, storeId, endpoints / 10, configOf)
  for (let other = 0; other < 9; other++) add(index, `other_${other}`, endpoints / 10, configOf)
  collect()
  const bytes = (process.memoryUsage().heapUsed - before) / endpoints
  const event = JSON.parse(orderEvent(2_048).body) as StoreEvent
  const times: number[] = []
  let found = 0
  for (let i = 0; i < 200; i++) {
    const began = performance.now()
    found = index.match(storeId, event, Date.now()).length
    times.push(performance.now() - began)
  }
  return { endpoints, found, bytes, p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

const plain = (): Partial<EndpointConfig> => ({})
/** No two alike. */
const filtered = (i: number): Partial<EndpointConfig> => ({
  filter: { '/data/total/amount': { gte: i % 4_000 }, '/data/status': { in: ['open', `status_${i}`] } },
})
const rows: Record<'kind' | 'endpoints' | 'found' | 'p50 ms' | 'p99 ms' | 'bytes an endpoint', string | number>[] = []
for (const [kind, configOf] of [
  ['plain', plain],
  ['filtered', filtered],
] as const) {
  for (const endpoints of [10_000, 100_000]) {
    const measured = matching('store_1', endpoints, configOf)
    rows.push({
      kind,
      endpoints,
      found: measured.found,
      'p50 ms': rounded(measured.p50, 3),
      'p99 ms': rounded(measured.p99, 3),
      'bytes an endpoint': rounded(measured.bytes, 0),
    })
  }
}
printTable('finding who takes an event', rows)
const growth = ['plain', 'filtered'].map((kind) => {
  const [small, large] = rows
    .filter((row) => row.kind === kind)
    .map((row) => ({ size: Number(row.found), cost: Number(row['p50 ms']) }))
  return { kind, exponent: small && large ? rounded(exponent(small, large), 2) : NaN }
})
printTable('growth of matching with the endpoints found (1: proportional)', growth)

/** Puts endpoints of other stores into the log, as if they had been created; their keys, which nobody asks for, are left out. */
async function configure(engine: BenchEngine, count: number): Promise<void> {
  const nc = await engine.connect('webhook-dispatcher')
  const store = createEventStore({ nc, js: jetstream(nc), jsm: await jetstreamManager(nc, { checkAPI: false }) })
  let left = count
  const worker = async (): Promise<void> => {
    for (let i = left--; i > 0; i = left--) {
      const [endpointId, storeId] = [newId('whk'), `other_${i % 10_000}` as StoreId]
      const time = new Date().toISOString()
      const config = { url: `https://shop-${i}.example.com/webhooks/cartly`, eventTypes: ['order.created'] }
      const data = { endpointId, storeId, config, credentialId: newId('cred'), at: time }
      const draft = { revision: 1, time, storeId, actor: 'user:bench', commandId: endpointId } as const
      await store.append(endpointEvents, endpointId, {
        ...draft,
        events: [{ type: 'EndpointCreated', data }],
        expectedSequence: 0,
      })
    }
  }
  await Promise.all(Array.from({ length: 100 }, worker))
}

async function deliver() {
  const engine = await startEngine()
  const receiver = await startBenchReceiver()
  try {
    const vault = await engine.start('credential-vault')
    const dispatcher = await engine.start('webhook-dispatcher')
    const platform = await engine.connect('store-platform')
    const database = new Client({ connectionString: engine.databaseUrl('webhook-dispatcher') })
    await database.connect()
    // Whatever else goes wrong is what is to be seen, not that the server stops after it.
    database.on('error', () => undefined)
    const recorded = async (): Promise<number> => {
      const { rows: sums } = await database.query('SELECT coalesce(sum(total), 0)::integer AS n FROM attempt_stats')
      return sums[0].n as number
    }
    const cpuNow = () => ({
      dispatcher: cpuSeconds(dispatcher.pid),
      vault: cpuSeconds(vault.pid),
      nats: cpuSeconds(engine.nats.pid),
      postgres: cpuSecondsOfTree(engine.postgres.pid),
    })

    const few = residentMiB(dispatcher.pid).now
    const others = Math.max(0, configured - deliveredTo * 1.1)
    await configure(engine, others)
    // A command answers when its endpoint is visible: not before those that came first are.
    for (let known = 0; known < others; await pause(200)) {
      const { rows: counted } = await database.query('SELECT count(*)::integer AS n FROM endpoint_state')
      known = counted[0].n as number
    }
    const sizes = [deliveredTo / 10, deliveredTo]
    for (const size of sizes) {
      const wanted = Array.from({ length: size }, (_, index) => ({
        storeId: `store_${size}`,
        url: `${receiver.url}/${size}-${index}`,
      }))
      await createEndpoints(engine, wanted)
    }
    const many = residentMiB(dispatcher.pid).now

    const results: Row[] = []
    for (const keys of ['cold', 'warm']) {
      for (const size of sizes) {
        await receiver.clear()
        const [before, cpu] = [await recorded(), cpuNow()]
        const began = performance.now()
        publish(platform, `store_${size}`, 2_048)
        await platform.flush()
        while ((await recorded()) - before < size) await pause(50)
        const seconds = (performance.now() - began) / 1_000
        const after = cpuNow()
        const { messages, requests, latencies } = await receiver.journal()
        const per10k = (name: keyof typeof cpu): number => rounded(((after[name] - cpu[name]) / size) * 10_000, 2)
        results.push({
          keys,
          endpoints: size,
          'first ms': rounded(percentile(latencies, 0), 1),
          'last ms': rounded(percentile(latencies, 1), 0),
          'recorded s': rounded(seconds, 2),
          perSecond: rounded(size / seconds, 0),
          lost: size - messages,
          duplicates: requests - messages,
          'CPU s/10k: dispatcher': per10k('dispatcher'),
          vault: per10k('vault'),
          nats: per10k('nats'),
          postgres: per10k('postgres'),
        })
      }
    }
    printTable(`one event to many endpoints of one store, ${configured} configured`, results)
    const growing = ['cold', 'warm'].map((keys) => {
      const [small, large] = results
        .filter((row) => row.keys === keys)
        .map(({ endpoints, 'CPU s/10k: dispatcher': cost }) => ({
          size: Number(endpoints),
          cost: Number(cost) * Number(endpoints),
        }))
      return { keys, exponent: small && large ? rounded(exponent(small, large), 2) : NaN }
    })
    printTable("growth of the dispatcher's CPU with the endpoints delivered to (1: proportional)", growing)
    const memory = {
      configured,
      'MiB before': rounded(few, 0),
      'MiB with them': rounded(many, 0),
      'peak MiB': rounded(residentMiB(dispatcher.pid).peak, 0),
    }
    printTable('memory of the dispatcher, what waits for collection included', [memory])
    return { results, growing, memory }
  } finally {
    receiver.stop()
    await engine.stop()
  }
}

const delivery = deliveredTo > 0 ? await deliver() : undefined
saveResult('fan-out', { matching: rows, growth, ...(delivery ? { delivery } : {}) })
