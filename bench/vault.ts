/**
 * The vault: sealing at rest, leases with their audit record, and wrapping every data key anew while it serves. The vault
 * is a process of its own; NATS, Postgres and this process share the machine. Next to leases, the least that a lease must
 * do: a request that is answered when a message is stored.
 * Run: `npm run bench -- vault [data keys]` (default 100,000).
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { newId, vault, type EndpointId, type StoreId } from '@cartly/contracts'
import type { BusClient } from '@cartly/messaging'
import { requestLeases } from '@cartly/vault-client'
import { jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import pg from 'pg'
import { openEnvelope, sealEnvelope, type Envelope } from '../apps/credential-vault/src/domain/envelope.ts'
import type { EnvelopeSubject } from '../apps/credential-vault/src/domain/binding.ts'
import { FileKeyring } from '../apps/credential-vault/src/keyring/file-keyring.ts'
import { startEngine } from './lib/engine.ts'
import { exponent, percentile, printTable, rounded, saveResult } from './lib/report.ts'
import { cpuSeconds, residentMiB } from './lib/usage.ts'

const most = Number(process.argv[2] ?? 100_000)
const sizes = [most / 10, most]
const storeId = 'store-1' as StoreId
const LEASES_PER_SECOND = 100
const LEASE_SECONDS = 10

const engine = await startEngine()
try {
  const service = await engine.start('credential-vault')
  const dispatcher = await engine.connect('webhook-dispatcher')
  const bus = plainBus(dispatcher)
  const keyring = await FileKeyring.open(join(engine.folder, 'credential-vault', 'vault-keyring.json'))

  const endpoints = Array.from({ length: 50 }, () => newId('whk'))
  for (const endpointId of endpoints) {
    await bus.request(vault.createWebhookSecret, { storeId, endpointId, signature: 'v1' })
  }
  const lease = async (ids: readonly EndpointId[]): Promise<number> => {
    const asks = ids.map((ownerId) => ({ storeId, ownerId, purpose: 'webhook_secret' as const, reason: 'bench' }))
    const leases = await requestLeases(bus, vault.leaseToDispatcher, asks)
    return leases.filter((one) => one instanceof Error).length
  }

  const atRest = await measureSeals(keyring)
  await atRate(LEASES_PER_SECOND, 2, () => lease([endpoints[0]!]))
  const raw = await measureRaw()
  const cpuBefore = cpuSeconds(service.pid)
  const single = await atRate(LEASES_PER_SECOND, LEASE_SECONDS, (turn) => lease([endpoints[turn % endpoints.length]!]))
  const cpu = cpuSeconds(service.pid) - cpuBefore
  const batches = await inALoop(3, () => lease(endpoints))

  printTable('at rest, in process', [atRest])
  printTable(`leases, ${LEASES_PER_SECOND}/s for ${LEASE_SECONDS} s, milliseconds`, [
    { what: 'raw: request and stored message', ...quantiles(raw), ratio: 1, failed: 0 },
    {
      what: 'lease with audit',
      ...quantiles(single.latencies),
      ratio: rounded(percentile(single.latencies, 0.5) / percentile(raw, 0.5)),
      failed: single.failed,
    },
  ])
  const perSecond = rounded(1_000 / (batches.meanMs / endpoints.length), 0)
  const cpuPer10k = rounded((cpu / (LEASES_PER_SECOND * LEASE_SECONDS)) * 10_000, 2)
  printTable('lease cost', [
    { 'in batches of 50, leases/s': perSecond, 'vault CPU s per 10,000 single leases': cpuPer10k },
  ])

  const rewraps = []
  for (const size of sizes) rewraps.push(await measureRewrap(size))
  printTable(
    'rewrap while leasing 50/s',
    rewraps.map(({ seconds: _seconds, ...row }) => row),
  )
  const growth = exponent(
    { size: sizes[0]!, cost: rewraps[0]!.seconds },
    { size: sizes[1]!, cost: rewraps[1]!.seconds },
  )
  console.log(`\n  exponent of rewrapping between the two sizes: ${rounded(growth, 2)}`)
  saveResult('vault', {
    atRest,
    leaseMs: quantiles(single.latencies),
    rawMs: quantiles(raw),
    leasesPerSecondInBatches: perSecond,
    cpuSecondsPer10kLeases: cpuPer10k,
    rewraps,
    growth,
  })

  /** Ten thousand seals and opens of a usual credential. */
  async function measureSeals(keys: FileKeyring) {
    const count = 10_000
    const plaintext = Buffer.from(JSON.stringify({ apiKey: 'shippo_live_0123456789abcdef0123456789abcdef01234567' }))
    const envelopes: Envelope[] = []
    const subject = subjectOf(0)
    const sealing = performance.now()
    for (let i = 0; i < count; i++) envelopes.push(await sealEnvelope(keys, subject, plaintext))
    const opening = performance.now()
    for (const envelope of envelopes) await openEnvelope(keys, subject, envelope)
    const end = performance.now()
    return {
      'seals/s': rounded(count / ((opening - sealing) / 1_000), 0),
      'opens/s': rounded(count / ((end - opening) / 1_000), 0),
      'bytes stored': envelopes[0]!.content.length + envelopes[0]!.wrappedKey.length,
    }
  }

  /** A request to somebody who stores a message before answering, between two connections as the vault has them. */
  async function measureRaw(): Promise<number[]> {
    const nc = await engine.connect('credential-vault')
    const js = jetstream(nc)
    const subscription = nc.subscribe('svc.credential-vault.bench', {
      callback: (_, message) => {
        void js.publish('audit.store-1.bench', message.data).then(() => message.respond())
      },
    })
    await nc.flush()
    const gateway = await engine.connect('admin-gateway')
    const body = Buffer.alloc(600, 'x')
    const { latencies } = await atRate(LEASES_PER_SECOND, LEASE_SECONDS / 2, async () => {
      await gateway.request('svc.credential-vault.bench', body, { timeout: 5_000 })
      return 0
    })
    subscription.unsubscribe()
    return latencies
  }

  async function measureRewrap(size: number) {
    await keyring.refresh()
    await seed(size)
    const { keyId } = await engine.ask(vault.addKey, {})
    await engine.ask(vault.promoteKey, { keyId })
    const serving = { stop: false }
    const meanwhile = leaseMeanwhile(serving)
    const begin = performance.now()
    const cpuBegin = cpuSeconds(service.pid)
    await engine.ask(vault.rewrap, {})
    while ((await engine.ask(vault.describeKeyring, {})).rewrap.remaining > 0) await delay(100)
    const seconds = (performance.now() - begin) / 1_000
    serving.stop = true
    const { latencies, failed } = await meanwhile
    return {
      'data keys': size,
      'per second': rounded(size / seconds, 0),
      'CPU s per 10,000': rounded(((cpuSeconds(service.pid) - cpuBegin) / size) * 10_000, 2),
      'reads meanwhile': latencies.length,
      'failed reads': failed,
      'read p99 ms': rounded(percentile(latencies, 0.99)),
      'vault MiB': rounded(residentMiB(service.pid).peak, 0),
      seconds,
    }
  }

  async function leaseMeanwhile(serving: { stop: boolean }) {
    const latencies: number[] = []
    let failed = 0
    for (let turn = 0; !serving.stop; turn++) {
      const begin = performance.now()
      failed += await lease([endpoints[turn % endpoints.length]!]).catch(() => 1)
      latencies.push(performance.now() - begin)
      await delay(20)
    }
    return { latencies, failed }
  }

  /** Data keys as so many credentials would have; what else a credential has does not matter to a rewrap. */
  async function seed(size: number): Promise<void> {
    const client = new pg.Client({ connectionString: engine.databaseUrl('credential-vault') })
    await client.connect()
    const plaintext = Buffer.from('{"apiKey":"seeded"}')
    for (let from = 0; from < size; from += 5_000) {
      const rows = await Promise.all(
        Array.from({ length: Math.min(5_000, size - from) }, async () => {
          const subject = subjectOf(1)
          return { subject, envelope: await sealEnvelope(keyring, subject, plaintext) }
        }),
      )
      await client.query(
        `INSERT INTO data_key (credential_id, version, key_id, store_id, owner_id, purpose, wrapping_key_id, wrapped_key,
           content, confirmed)
         SELECT r.*, true FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[],
           $7::text[], $8::bytea[], $9::bytea[]) AS r`,
        [
          rows.map(({ subject }) => subject.credentialId),
          rows.map(({ subject }) => subject.version),
          rows.map(({ envelope }) => envelope.keyId),
          rows.map(({ subject }) => subject.storeId),
          rows.map(({ subject }) => subject.ownerId),
          rows.map(({ subject }) => subject.purpose),
          rows.map(({ envelope }) => envelope.wrappingKeyId),
          rows.map(({ envelope }) => envelope.wrappedKey),
          rows.map(({ envelope }) => envelope.content),
        ],
      )
    }
    await client.query('ANALYZE data_key')
    await client.end()
  }
} finally {
  await engine.stop()
}

/** The client of `@cartly/messaging` without its checks and spans, which Node cannot load from source. */
function plainBus(nc: NatsConnection): BusClient {
  const request = async (operation: { subject: string }, payload: object): Promise<unknown> => {
    const reply = await nc.request(operation.subject, JSON.stringify(payload), { timeout: 5_000 })
    if (reply.headers?.get('Cartly-Error')) throw new Error(reply.string())
    return reply.json()
  }
  return { request } as unknown as BusClient
}

function subjectOf(version: number): EnvelopeSubject {
  return { storeId: 'store-1', ownerId: newId('conn'), credentialId: newId('cred'), version, purpose: 'connector' }
}

/** Asks at a steady rate, whether or not the answers keep up; milliseconds from when it was due. */
async function atRate(perSecond: number, seconds: number, ask: (turn: number) => Promise<number>) {
  const latencies: number[] = []
  let failed = 0
  const begin = performance.now()
  const answers: Promise<void>[] = []
  for (let turn = 0; turn < perSecond * seconds; turn++) {
    const due = begin + (turn * 1_000) / perSecond
    const early = due - performance.now()
    if (early > 0) await delay(early)
    const from = Math.min(due, performance.now())
    const answer = ask(turn)
      .catch(() => 1)
      .then((failures) => {
        failed += failures
        latencies.push(performance.now() - from)
      })
    answers.push(answer)
  }
  await Promise.all(answers)
  return { latencies, failed }
}

async function inALoop(seconds: number, ask: () => Promise<number>): Promise<{ meanMs: number; failed: number }> {
  let turns = 0
  let failed = 0
  const begin = performance.now()
  for (; performance.now() - begin < seconds * 1_000; turns++) failed += await ask()
  return { meanMs: (performance.now() - begin) / turns, failed }
}

function quantiles(values: readonly number[]) {
  const at = (share: number): number => rounded(percentile(values, share), 2)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}
