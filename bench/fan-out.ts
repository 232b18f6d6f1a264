/**
 * Many endpoints: what it costs to hold 100,000 of them in memory and to find the 10,000 that take one event, in this
 * process; then one event delivered to 10,000 endpoints by the engine, until all are recorded.
 * Run: `npm run bench -- fan-out [delivered to]` (default 2,000 for the delivery part, to stay short; 0 leaves it out).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { newId, type EndpointConfig, type StoreEvent, type StoreId } from '@cartly/contracts'
import { Client } from 'pg'
import { EndpointIndex } from '../apps/webhook-dispatcher/src/matching/endpoint-index.ts'
import { startEngine } from './lib/engine.ts'
import { startBenchReceiver } from './lib/receiver.ts'
import { exponent, percentile, printTable, rounded, saveResult } from './lib/report.ts'
import { createEndpoints, orderEvent, publish } from './lib/webhooks.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const deliveredTo = Number(process.argv[2] ?? 2_000)

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

let delivery: object | undefined
if (deliveredTo > 0) {
  const engine = await startEngine()
  const receiver = await startBenchReceiver()
  try {
    await engine.start('credential-vault')
    await engine.start('webhook-dispatcher')
    const platform = await engine.connect('store-platform')
    await createEndpoints(
      engine,
      Array.from({ length: deliveredTo }, (_, index) => ({ storeId: 'store_1', url: `${receiver.url}/e${index}` })),
    )
    const database = new Client({ connectionString: engine.databaseUrl('webhook-dispatcher') })
    await database.connect()
    const began = performance.now()
    publish(platform, 'store_1', 2_048)
    await platform.flush()
    for (;;) {
      const { rows: counted } = await database.query('SELECT count(*)::integer AS n FROM delivery')
      if (counted[0].n >= deliveredTo) break
      await pause(50)
    }
    const seconds = (performance.now() - began) / 1_000
    await database.end()
    const { messages, requests, latencies } = await receiver.journal()
    const row = {
      endpoints: deliveredTo,
      seconds: rounded(seconds, 2),
      perSecond: rounded(deliveredTo / seconds, 0),
      'first ms': rounded(percentile(latencies, 0), 1),
      'last ms': rounded(percentile(latencies, 1), 1),
      lost: deliveredTo - messages,
      duplicates: requests - messages,
    }
    delivery = row
    printTable('one event to many endpoints, from publishing to the last that is recorded', [row])
  } finally {
    receiver.stop()
    await engine.stop()
  }
}
saveResult('fan-out', { matching: rows, growth, ...(delivery ? { delivery } : {}) })
