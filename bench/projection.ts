/**
 * Rebuilding a read model from facts in volume: a rebuild as operators run it, next to a raw loop that only consumes
 * and parses the same messages, at two sizes ten times apart. NATS, Postgres and this process share the machine.
 * Run: `node --conditions=@cartly/source bench/projection.ts [events]` (default 200,000; the bar is set for 1,000,000).
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineProjection, factsOf, rebuild, type Bus, type RecordedFact } from '@cartly/event-store'
import { natsCredentials, newNatsPasswords, provisionStreams, startNats, startPostgres } from '@cartly/launcher'
import { createDataSource, insertRows, migrate } from '@cartly/read-model'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { Type, type Static } from 'typebox'
import type { DataSource } from 'typeorm'

const events = Number(process.argv[2] ?? 200_000)
const sizes = [events / 10, events]

const Attempt = Type.Object({
  deliveryId: Type.String(),
  storeId: Type.String(),
  endpointId: Type.String(),
  eventType: Type.String(),
  attempt: Type.Integer(),
  at: Type.String(),
  outcome: Type.Union([Type.Literal('succeeded'), Type.Literal('failed')]),
  status: Type.Integer(),
  timings: Type.Object({ dns: Type.Number(), connect: Type.Number(), firstByte: Type.Number(), total: Type.Number() }),
  responseHeaders: Type.Record(Type.String(), Type.String()),
})
type Attempt = Static<typeof Attempt>

const attempts = (size: number) =>
  defineProjection<RecordedFact<Attempt>, string>({
    name: `attempts_${size}`,
    version: 1,
    source: factsOf('ACTIVITY', [subjectOf(size)], Attempt),
    tables: {
      [`attempt_${size}`]: (table) => [
        `CREATE TABLE ${table} (
          delivery_id text, attempt integer, store_id text, endpoint_id text, event_type text, at timestamptz,
          outcome text, status integer, total_ms double precision, PRIMARY KEY (delivery_id, attempt)
        )`,
        `CREATE INDEX ON ${table} (endpoint_id, at)`,
      ],
    },
    apply: (batch, tx) =>
      insertRows(
        tx,
        tx.table(`attempt_${size}`),
        {
          delivery_id: 'text',
          attempt: 'integer',
          store_id: 'text',
          endpoint_id: 'text',
          event_type: 'text',
          at: 'timestamptz',
          outcome: 'text',
          status: 'integer',
          total_ms: 'double precision',
        },
        batch.map(({ fact }) => ({
          delivery_id: fact.deliveryId,
          attempt: fact.attempt,
          store_id: fact.storeId,
          endpoint_id: fact.endpointId,
          event_type: fact.eventType,
          at: fact.at,
          outcome: fact.outcome,
          status: fact.status,
          total_ms: fact.timings.total,
        })),
      ),
  })

const subjectOf = (size: number): string => `act.webhook.bench.${size}`

const attemptNumber = (n: number): Attempt => ({
  deliveryId: `dlv_${n.toString(36).padStart(26, '0')}`,
  storeId: 'store-1',
  endpointId: `whk_${(n % 1_000).toString(36).padStart(26, '0')}`,
  eventType: 'order.created',
  attempt: 1,
  at: new Date(1_764_000_000_000 + n).toISOString(),
  outcome: n % 50 === 0 ? 'failed' : 'succeeded',
  status: n % 50 === 0 ? 503 : 200,
  timings: { dns: 0, connect: 0, firstByte: 1.2, total: 1.5 },
  responseHeaders: { 'content-type': 'text/plain', date: 'Tue, 24 Nov 2026 06:00:00 GMT' },
})

async function fill(bus: Bus, size: number): Promise<void> {
  let next = 0
  const publish = async (): Promise<void> => {
    while (next < size) await bus.js.publish(subjectOf(size), JSON.stringify(attemptNumber(next++)))
  }
  await Promise.all(Array.from({ length: 500 }, publish))
}

/** What reading costs at least: a consumer, and a parser. */
async function rawLoop(bus: Bus, size: number): Promise<number> {
  const consumer = await bus.js.consumers.get('ACTIVITY', { filter_subjects: subjectOf(size) })
  const began = performance.now()
  const messages = await consumer.consume({ max_messages: 1_000 })
  let seen = 0
  for await (const message of messages) {
    message.json<Attempt>()
    if (++seen === size) break
  }
  return (size * 1_000) / (performance.now() - began)
}

interface Measure {
  readonly events: number
  readonly perSecond: number
  readonly rawPerSecond: number
  readonly ratio: number
  readonly cpuMicrosPerEvent: number
  readonly rssMiB: { readonly quarter: number; readonly end: number; readonly peak: number }
}

const mib = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20)

async function measure(bus: Bus, dataSource: DataSource, size: number): Promise<Measure> {
  const rawPerSecond = await rawLoop(bus, size)
  const projection = attempts(size)
  let done = 0
  let [quarter, peak] = [0, 0]
  const cpu = process.cpuUsage()
  const began = performance.now()
  await rebuild({
    bus,
    dataSource,
    projection,
    onProgress({ pending }) {
      done = size - pending
      peak = Math.max(peak, mib())
      if (quarter === 0 && done >= size / 4) quarter = mib()
    },
  })
  const ms = performance.now() - began
  const { user, system } = process.cpuUsage(cpu)
  const [row] = await dataSource.query(`SELECT count(*) FROM attempt_${size}`)
  if (row.count !== size) throw new Error(`Of ${size} events, ${row.count} are in the table`)
  const perSecond = (size * 1_000) / ms
  return {
    events: size,
    perSecond: Math.round(perSecond),
    rawPerSecond: Math.round(rawPerSecond),
    ratio: Number((perSecond / rawPerSecond).toFixed(3)),
    cpuMicrosPerEvent: Number(((user + system) / size).toFixed(1)),
    rssMiB: { quarter, end: mib(), peak },
  }
}

const folder = mkdtempSync(join(tmpdir(), 'cartly-bench-'))
chmodSync(folder, 0o711)
const passwords = newNatsPasswords()
const [nats, postgres] = await Promise.all([
  startNats({ dataDir: join(folder, 'nats'), passwords }),
  startPostgres({ dataDir: join(folder, 'postgres'), password: 'bench' }),
])
await provisionStreams(nats.url, natsCredentials('provisioner', passwords))
const nc = await connect({ servers: nats.url, ...natsCredentials('webhook-dispatcher', passwords) })
const bus: Bus = { nc, js: jetstream(nc), jsm: await jetstreamManager(nc, { checkAPI: false }) }
const dataSource = createDataSource({ url: postgres.url, schema: 'bench' })
await migrate(dataSource)
const results: Measure[] = []
for (const size of sizes) {
  await fill(bus, size)
  results.push(await measure(bus, dataSource, size))
}
await dataSource.destroy()
await nc.close()
await Promise.all([nats.stop(), postgres.stop()])
rmSync(folder, { recursive: true, force: true })

const [small, large] = results as [Measure, Measure]
const exponent = Math.log10(large.events / large.perSecond / (small.events / small.perSecond))
console.table(results.map(({ rssMiB, ...rest }) => ({ ...rest, ...rssMiB })))
console.log(`exponent between the sizes: ${exponent.toFixed(2)}; bar: 50,000/s, memory flat`)
mkdirSync('bench/results', { recursive: true })
writeFileSync('bench/results/projection.json', JSON.stringify({ results, exponent }, undefined, 2))
