/**
 * Store events of 2 KiB to 1, 100 and 1,000 endpoints, each in a store of its own: published as fast as they are taken,
 * until all are delivered, recorded and projected; beside a bare `undici` loop to the same receiver. Publisher, NATS,
 * Postgres, vault and receiver share the machine. Losses and duplicates are counted by the receiver.
 * Run: `npm run bench -- deliveries [deliveries] [endpoints,…]` (default 40,000 and 1,100,1000).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { startEngine } from './lib/engine.ts'
import { rawLoop } from './lib/raw-loop.ts'
import { startBenchReceiver, type BenchReceiver } from './lib/receiver.ts'
import { exponent, printTable, rounded, saveResult } from './lib/report.ts'
import { cpuSeconds, cpuSecondsOfTree, residentMiB } from './lib/usage.ts'
import { createEndpoints, publish } from './lib/webhooks.ts'

const EVENT_BYTES = 2_048
const [deliveries = 40_000, ladder = '1,100,1000'] = [
  process.argv[2] ? Number(process.argv[2]) : undefined,
  process.argv[3],
]

interface Measured {
  readonly endpoints: number
  readonly deliveries: number
  readonly perSecond: number
  readonly ratio: number
  /** CPU of each process for a delivery, in microseconds. */
  readonly dispatcherMicros: number
  readonly natsMicros: number
  readonly postgresMicros: number
  readonly receiverMicros: number
  readonly publisherMicros: number
  readonly dispatcherCpuPer10k: number
  readonly lost: number
  readonly duplicates: number
  readonly peakMiB: number
}

const engine = await startEngine()
const receiver = await startBenchReceiver()
try {
  await engine.start('credential-vault')
  const dispatcher = await engine.start('webhook-dispatcher')
  const platform = await engine.connect('store-platform')
  const database = new Client({ connectionString: engine.databaseUrl('webhook-dispatcher') })
  await database.connect()
  // Whatever else goes wrong is what is to be seen, not that the server stops after it.
  database.on('error', () => undefined)

  /** Sends and waits until all of it is in the read model. */
  const round = async (storeIds: readonly string[], count: number, raw: number): Promise<Measured> => {
    await receiver.clear()
    // Written in the transaction of the deliveries, and few: asking must not cost what is measured.
    const recorded = async (): Promise<number> => {
      const { rows } = await database.query('SELECT coalesce(sum(total), 0)::integer AS n FROM attempt_stats')
      return rows[0].n as number
    }
    const before = await recorded()
    const cpuNow = () => ({
      dispatcher: cpuSeconds(dispatcher.pid),
      nats: cpuSeconds(engine.nats.pid),
      postgres: cpuSecondsOfTree(engine.postgres.pid),
      receiver: cpuSeconds(receiver.pid),
      publisher: cpuSeconds(process.pid),
    })
    const cpu = cpuNow()
    const began = performance.now()
    for (let sent = 0; sent < count; sent++) {
      publish(platform, storeIds[sent % storeIds.length] as string, EVENT_BYTES)
      // The store's own publisher would wait for acknowledgements too: no more than this is on the way to NATS.
      if (sent % 500 === 499) await platform.flush()
    }
    await platform.flush()
    await untilReceived(receiver, count)
    while ((await recorded()) - before < count) await pause(20)
    const seconds = (performance.now() - began) / 1_000
    const after = cpuNow()
    const micros = (name: keyof typeof cpu): number => rounded(((after[name] - cpu[name]) / count) * 1e6, 0)
    const used = after.dispatcher - cpu.dispatcher
    const { requests, messages } = await receiver.journal()
    return {
      endpoints: storeIds.length,
      deliveries: count,
      perSecond: rounded(count / seconds, 0),
      ratio: rounded(count / seconds / raw, 3),
      dispatcherMicros: rounded((used / count) * 1e6, 1),
      natsMicros: micros('nats'),
      postgresMicros: micros('postgres'),
      receiverMicros: micros('receiver'),
      publisherMicros: micros('publisher'),
      dispatcherCpuPer10k: rounded((used / count) * 1e4, 2),
      lost: count - messages,
      duplicates: requests - messages,
      peakMiB: rounded(residentMiB(dispatcher.pid).peak, 0),
    }
  }

  const raw = await rawLoop(`${receiver.url}/raw`, EVENT_BYTES, 3_000)
  const results: Measured[] = []
  for (const endpoints of ladder.split(',').map(Number)) {
    const storeIds = Array.from({ length: endpoints }, (_, index) => `store_${endpoints}_${index}`)
    await createEndpoints(
      engine,
      storeIds.map((storeId, index) => ({ storeId, url: `${receiver.url}/e${index}` })),
    )
    await round(storeIds, Math.max(2_000, endpoints * 3), raw.perSecond)
    results.push(await round(storeIds, deliveries / 10, raw.perSecond))
    results.push(await round(storeIds, deliveries, raw.perSecond))
  }
  await database.end()

  console.log(`\nbare undici loop: ${rounded(raw.perSecond, 0)}/s, ${rounded(raw.cpuMicros)} µs of CPU a request`)
  printTable(
    'deliveries of 2 KiB, delivered, recorded and projected',
    results.map((row) => ({ ...row })),
  )
  const growth = results.flatMap((large, index) => {
    const small = results[index - 1]
    if (!small || small.endpoints !== large.endpoints) return []
    const cost = ({ deliveries: size, dispatcherMicros }: Measured) => ({ size, cost: dispatcherMicros * size })
    return [{ endpoints: large.endpoints, exponent: rounded(exponent(cost(small), cost(large)), 2) }]
  })
  printTable('growth of CPU with the number of deliveries (1: proportional)', growth)
  saveResult('deliveries', { raw, results, growth })
} finally {
  receiver.stop()
  await engine.stop()
}

async function untilReceived(from: BenchReceiver, count: number): Promise<void> {
  for (let idle = 0, last = 0; ;) {
    const messages = await from.messages()
    if (messages >= count) return
    idle = messages === last ? idle + 1 : 0
    last = messages
    if (idle > 600) throw new Error(`${count - messages} of ${count} have not arrived`)
    await pause(50)
  }
}
