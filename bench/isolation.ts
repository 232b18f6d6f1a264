/**
 * Half of the endpoints never answer: what that does to the other half. First a baseline with the healthy endpoints
 * alone, then the same load on them while as much goes to endpoints that hang; with 10 of each, and with 100 and ten times
 * the load. Each store has one of each, and both take every event of it.
 * Run: `npm run bench -- isolation [seconds]` (default 8 for each part).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { startEngine } from './lib/engine.ts'
import { startBenchReceiver } from './lib/receiver.ts'
import { exponent, percentile, printTable, rounded, saveResult } from './lib/report.ts'
import { cpuSeconds, residentMiB } from './lib/usage.ts'
import { createEndpoints, publishAtRate } from './lib/webhooks.ts'

const SIZES = [10, 100]
const EVENTS_PER_STORE = 4
const seconds = Number(process.argv[2] ?? 8)

const engine = await startEngine()
const receiver = await startBenchReceiver()
try {
  await engine.start('credential-vault')
  const dispatcher = await engine.start('webhook-dispatcher')
  const platform = await engine.connect('store-platform')

  const half = async (healthy: number) => {
    const perSecond = healthy * EVENTS_PER_STORE
    const storeIds = Array.from({ length: healthy }, (_, index) => `store_${healthy}_${index}`)
    const endpointsAt = (prefix: string) =>
      storeIds.map((storeId, index) => ({ storeId, url: `${receiver.url}${prefix}/${healthy}-${index}` }))
    const part = async (name: string) => {
      await pause(300)
      await receiver.clear()
      const cpu = cpuSeconds(dispatcher.pid)
      const published = await publishAtRate(platform, storeIds, { perSecond, seconds, bytes: 2_048 })
      await pause(1_500)
      const { latencies, healthy: received } = await receiver.journal()
      const at = (share: number): number => rounded(percentile(latencies, share), 2)
      return {
        endpoints: healthy,
        part: name,
        published,
        received,
        p50: at(0.5),
        p95: at(0.95),
        p99: at(0.99),
        max: at(1),
        dispatcherCpu: rounded(cpuSeconds(dispatcher.pid) - cpu, 2),
        MiB: rounded(residentMiB(dispatcher.pid).now, 0),
      }
    }
    await createEndpoints(engine, endpointsAt(''))
    await publishAtRate(platform, storeIds, { perSecond, seconds: 3, bytes: 2_048 })
    const baseline = await part('healthy alone')
    await createEndpoints(engine, endpointsAt(receiver.hangPrefix))
    const onset = await part('half begin to hang')
    const hanging = await part('half hang')
    const ratio = { endpoints: healthy, onset: onset.p95 / baseline.p95, hanging: hanging.p95 / baseline.p95 }
    return { parts: [baseline, onset, hanging], ratio }
  }
  const results = []
  for (const healthy of SIZES) results.push(await half(healthy))
  printTable(
    'publish to receipt of healthy endpoints, ms',
    results.flatMap(({ parts }) => parts),
  )
  const ratios = results.map(({ ratio }) => ({
    endpoints: ratio.endpoints,
    onset: rounded(ratio.onset, 2),
    hanging: rounded(ratio.hanging, 2),
  }))
  printTable('p95 while half hang, as a multiple of the baseline', ratios)
  const [small, large] = results.map(({ parts }) => ({ size: parts[2]!.published, cost: parts[2]!.dispatcherCpu }))
  const growth = rounded(exponent(small!, large!), 2)
  console.log(`\n  the dispatcher's CPU while half hang grows with the load to the power of ${growth}`)
  saveResult('isolation', { results: results.flatMap(({ parts }) => parts), ratios, growth })
} finally {
  receiver.stop()
  await engine.stop()
}
