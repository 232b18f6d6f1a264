/**
 * Half of the endpoints never answer: what that does to the other half. First a baseline with the healthy endpoints
 * alone, then the same load on them while as much goes to endpoints that hang. One store has all of them.
 * Run: `npm run bench -- isolation [seconds]` (default 10 for each part).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { startEngine } from './lib/engine.ts'
import { startBenchReceiver } from './lib/receiver.ts'
import { percentile, printTable, rounded, saveResult } from './lib/report.ts'
import { createEndpoints, publishAtRate } from './lib/webhooks.ts'

const HEALTHY = 50
const PER_SECOND = 200
const seconds = Number(process.argv[2] ?? 10)

const engine = await startEngine()
const receiver = await startBenchReceiver()
try {
  await engine.start('credential-vault')
  await engine.start('webhook-dispatcher')
  const platform = await engine.connect('store-platform')
  // One event type for the healthy, another for the hanging would be too easy: both take every event of their store,
  // and each store has one of each.
  const storeIds = Array.from({ length: HEALTHY }, (_, index) => `store_${index}`)
  await createEndpoints(
    engine,
    storeIds.map((storeId, index) => ({ storeId, url: `${receiver.url}/e${index}` })),
  )
  await publishAtRate(platform, storeIds, { perSecond: PER_SECOND, seconds: 3, bytes: 2_048 })

  const part = async (name: string) => {
    await pause(300)
    await receiver.clear()
    const published = await publishAtRate(platform, storeIds, { perSecond: PER_SECOND, seconds, bytes: 2_048 })
    await pause(1_500)
    const { latencies, healthy } = await receiver.journal()
    const at = (share: number): number => rounded(percentile(latencies, share), 2)
    return {
      part: name,
      published,
      received: healthy,
      perSecond: rounded(healthy / seconds, 0),
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      max: at(1),
    }
  }
  const baseline = await part('healthy alone')
  await createEndpoints(
    engine,
    storeIds.map((storeId, index) => ({ storeId, url: `${receiver.url}${receiver.hangPrefix}${index}` })),
  )
  const onset = await part('half begin to hang')
  const hanging = await part('half hang')
  printTable(`publish to receipt of healthy endpoints at ${PER_SECOND}/s, ms`, [baseline, onset, hanging])
  const ratio = rounded(hanging.p95 / baseline.p95, 2)
  console.log(
    `\n  p95 while half hang: ${ratio} of the baseline (at its onset ${rounded(onset.p95 / baseline.p95, 2)})`,
  )
  saveResult('isolation', { results: [baseline, onset, hanging], ratio })
} finally {
  receiver.stop()
  await engine.stop()
}
