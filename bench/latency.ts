/**
 * From publishing to receipt at steady rates, events of 2 KiB to 20 endpoints, each in a store of its own. All on one
 * machine, by one clock. Run: `npm run bench -- latency [seconds]` (default 8 for each rate).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { startEngine } from './lib/engine.ts'
import { startBenchReceiver } from './lib/receiver.ts'
import { exponent, percentile, printTable, rounded, saveResult } from './lib/report.ts'
import { createEndpoints, publishAtRate } from './lib/webhooks.ts'
import { cpuSeconds } from './lib/usage.ts'

const ENDPOINTS = 20
const seconds = Number(process.argv[2] ?? 8)

const engine = await startEngine()
const receiver = await startBenchReceiver()
try {
  await engine.start('credential-vault')
  const dispatcher = await engine.start('webhook-dispatcher')
  const platform = await engine.connect('store-platform')
  const storeIds = Array.from({ length: ENDPOINTS }, (_, index) => `store_${index}`)
  await createEndpoints(
    engine,
    storeIds.map((storeId, index) => ({ storeId, url: `${receiver.url}/e${index}` })),
  )
  await publishAtRate(platform, storeIds, { perSecond: 500, seconds: 3, bytes: 2_048 })
  const results = []
  for (const perSecond of [100, 200, 1_000]) {
    await pause(500)
    await receiver.clear()
    const cpu = cpuSeconds(dispatcher.pid)
    const published = await publishAtRate(platform, storeIds, { perSecond, seconds, bytes: 2_048 })
    await pause(500)
    const { requests, messages, latencies } = await receiver.journal()
    const at = (share: number): number => rounded(percentile(latencies, share), 2)
    results.push({
      perSecond,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      max: at(1),
      lost: published - messages,
      duplicates: requests - messages,
      dispatcherCpuPer10k: rounded(((cpuSeconds(dispatcher.pid) - cpu) / published) * 1e4, 2),
    })
  }
  printTable('publish to receipt, ms', results)
  const [small, , large] = results.map((row) => ({
    size: row.perSecond,
    cost: row.dispatcherCpuPer10k * row.perSecond,
  }))
  const growth = rounded(exponent(small!, large!), 2)
  console.log(`\n  the dispatcher's CPU grows with the rate to the power of ${growth}`)
  saveResult('latency', { results, growth })
} finally {
  receiver.stop()
  await engine.stop()
}
