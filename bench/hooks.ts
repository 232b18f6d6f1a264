/**
 * `get_rates` at a steady rate through the engine, as the store platform asks for it, in turns with the same requests
 * made bare to the same carrier, which takes 20 ms. What the engine adds: the difference of the percentiles.
 * Run: `npm run bench -- hooks [seconds a round] [rates a second,…]` (default 5 and 20,200).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { invokeSubject, type InvokeReply, type StoreId } from '@cartly/contracts'
import { Pool } from 'undici'
import { startBenchCarrier, zips } from './lib/carrier.ts'
import { installConnectors, shipmentTo } from './lib/connectors.ts'
import { startEngine } from './lib/engine.ts'
import { exponent, percentile, printTable, rounded, saveResult } from './lib/report.ts'
import { cpuSeconds, residentMiB } from './lib/usage.ts'

const ROUNDS = 3
const STORES = 20
const seconds = Number(process.argv[2] ?? 5)
const ladder = (process.argv[3] ?? '20,200').split(',').map(Number)

/** Begins `call` so many times a second; gives what each took, in milliseconds. */
async function atRate(perSecond: number, call: (n: number) => Promise<void>): Promise<number[]> {
  const took: number[] = []
  const calls: Promise<void>[] = []
  const began = performance.now()
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = began + (n * 1_000) / perSecond
    if (due > performance.now()) await pause(due - performance.now())
    const at = performance.now()
    calls.push(call(n).then(() => void took.push(performance.now() - at)))
  }
  await Promise.all(calls)
  return took
}

const engine = await startEngine()
const carrier = await startBenchCarrier()
try {
  await engine.start('credential-vault')
  const profile = process.env['PROFILE'] ? ['--cpu-prof', `--cpu-prof-dir=${process.env['PROFILE']}`] : []
  const executor = await engine.start('hook-executor', { nodeArgs: profile })
  const stores = Array.from({ length: STORES }, (_, index) => ({ storeId: `store-${index}` as StoreId }))
  await installConnectors(engine, carrier.url, stores)
  const platform = await engine.connect('store-platform')
  const pool = new Pool(carrier.url, { connections: 64 })

  const throughEngine = async (n: number): Promise<void> => {
    const request = JSON.stringify({ input: shipmentTo(zips.quick) })
    const subject = invokeSubject(stores[n % STORES]!.storeId, 'get_rates')
    const [result] = (await platform.request(subject, request, { timeout: 10_000 })).json<InvokeReply>().results
    if (result?.status !== 'succeeded' || result.source !== 'live') throw new Error(JSON.stringify(result))
  }
  const headers = { 'content-type': 'application/json', authorization: 'ShippoToken x' }
  const bare = async (): Promise<void> => {
    const { from, to, parcels } = shipmentTo(zips.quick)
    const body = JSON.stringify({
      address_from: from,
      address_to: { ...to, zip: to.postalCode },
      parcels,
      async: false,
    })
    const answer = await pool.request({ path: '/shipments/', method: 'POST', headers, body })
    await answer.body.json()
  }

  const results = []
  for (const perSecond of [ladder.at(-1)!, ...ladder]) {
    const [ours, theirs]: [number[], number[]] = [[], []]
    let cpu = 0
    for (let round = 0; round < ROUNDS; round++) {
      theirs.push(...(await atRate(perSecond, bare)))
      const before = cpuSeconds(executor.pid)
      ours.push(...(await atRate(perSecond, throughEngine)))
      cpu += cpuSeconds(executor.pid) - before
    }
    const added = (share: number): number => rounded(percentile(ours, share) - percentile(theirs, share), 2)
    results.push({
      perSecond,
      calls: ours.length,
      bareP50: rounded(percentile(theirs, 0.5), 2),
      bareP99: rounded(percentile(theirs, 0.99), 2),
      addedP50: added(0.5),
      addedP95: added(0.95),
      addedP99: added(0.99),
      cpuPer10k: rounded((cpu / ours.length) * 1e4, 2),
      peakMiB: rounded(residentMiB(executor.pid).peak, 0),
    })
  }
  // The first went to warm everything up.
  const [, ...measured] = results
  printTable('get_rates through the engine, milliseconds added to the bare call', measured)
  const [small, large] = [measured[0]!, measured.at(-1)!]
  const grows = exponent(
    { size: small.perSecond, cost: small.cpuPer10k * small.perSecond },
    { size: large.perSecond, cost: large.cpuPer10k * large.perSecond },
  )
  console.log(`  CPU grows with the rate to the power of ${rounded(grows, 2)}`)
  console.log(`  bars at 200/s: p50 ${large.addedP50} ≤ 2 ms, p99 ${large.addedP99} ≤ 10 ms`)
  saveResult('hooks', { rounds: measured, exponent: rounded(grows, 2) })
  await pool.close()
} finally {
  carrier.stop()
  await engine.stop()
}
