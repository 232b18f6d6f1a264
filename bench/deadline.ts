/**
 * Calls of `get_rates` under a deadline of 3 s against carriers that hang, drip, answer after 2.9 s or after 3.1 s, half
 * of the stores with backup rates. Every answer must come within the deadline and 50 ms, and say where it is from.
 * Run: `npm run bench -- deadline [calls]` (default 1,000).
 */
import { setTimeout as pause } from 'node:timers/promises'
import {
  DEADLINE_GRACE_MS,
  DEFAULT_DEADLINE_MS,
  invokeSubject,
  type InvokeReply,
  type StoreId,
} from '@cartly/contracts'
import { startBenchCarrier, zips } from './lib/carrier.ts'
import { installConnectors, shipmentTo } from './lib/connectors.ts'
import { startEngine } from './lib/engine.ts'
import { percentile, printTable, rounded, saveResult } from './lib/report.ts'
import { cpuSeconds, residentMiB } from './lib/usage.ts'

const calls = Number(process.argv[2] ?? 1_000)
const PER_SECOND = 60
/** So few for each connector that its circuit stays closed: what is measured is waiting, not being cut off. */
const CALLS_PER_STORE = 4
const kinds = ['hang', 'drip', 'late', 'tooLate'] as const

interface Answer {
  readonly kind: (typeof kinds)[number]
  readonly took: number
  readonly label: string
}

const engine = await startEngine()
const carrier = await startBenchCarrier()
try {
  await engine.start('credential-vault')
  const executor = await engine.start('hook-executor')
  const backupRates = [{ serviceName: 'Standard', amount: 900, currency: 'USD' }]
  const stores = Array.from({ length: Math.ceil(calls / CALLS_PER_STORE) }, (_, index) => ({
    storeId: `store-${index}` as StoreId,
    settings: index % 2 ? { backupRates } : {},
  }))
  await installConnectors(engine, carrier.url, stores)
  const platform = await engine.connect('store-platform')

  const ask = async (n: number, zip?: string): Promise<Answer> => {
    const kind = kinds[Math.floor(n / stores.length)] ?? 'hang'
    const subject = invokeSubject(stores[n % stores.length]!.storeId, 'get_rates')
    const request = JSON.stringify({ input: shipmentTo(zip ?? zips[kind]) })
    const began = performance.now()
    const reply = await platform.request(subject, request, { timeout: 10_000 })
    const took = performance.now() - began
    const [result] = reply.json<InvokeReply>().results
    const label = result?.status === 'succeeded' ? result.source : `failed ${result?.error?.code}`
    return { kind, took, label }
  }

  // A process that has just begun would be measured at compiling its code.
  for (let n = 0; n < 200; n++) await ask(n % stores.length, zips.quick)

  const cpu = cpuSeconds(executor.pid)
  const asked: Promise<Answer>[] = []
  for (let n = 0; n < calls; n++) {
    asked.push(ask(n))
    await pause(1_000 / PER_SECOND)
  }
  const answers = await Promise.all(asked)
  const limit = DEFAULT_DEADLINE_MS + DEADLINE_GRACE_MS

  const rows = kinds.map((kind) => {
    const mine = answers.filter((answer) => answer.kind === kind)
    const took = mine.map((answer) => answer.took)
    const labels = Object.entries(Object.groupBy(mine, ({ label }) => label))
    return {
      carrier: kind,
      calls: mine.length,
      p50: rounded(percentile(took, 0.5)),
      p99: rounded(percentile(took, 0.99)),
      max: rounded(Math.max(...took)),
      overdue: took.filter((ms) => ms > limit).length,
      answers: labels.map(([label, those]) => `${label} ${those!.length}`).join(', '),
    }
  })
  printTable(`get_rates under a deadline of ${DEFAULT_DEADLINE_MS} ms`, rows)
  const overdue = rows.reduce((sum, row) => sum + row.overdue, 0)
  const usage = {
    cpuPer10k: rounded(((cpuSeconds(executor.pid) - cpu) / calls) * 1e4, 2),
    peakMiB: rounded(residentMiB(executor.pid).peak, 0),
  }
  console.log(
    `  bar: ${overdue} of ${calls} later than ${limit} ms; CPU ${usage.cpuPer10k} s per 10,000, ${usage.peakMiB} MiB`,
  )
  saveResult('deadline', { calls, overdue, rows, ...usage })
} finally {
  carrier.stop()
  await engine.stop()
}
