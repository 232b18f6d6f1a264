/**
 * What `egress.post`, and `egress.send` on got, cost over a bare undici pool: CPU of this process per request, in rounds that take turns, against
 * a receiver in a process of its own. Run: `node --conditions=@cartly/source bench/egress.ts [seconds]` (default 6).
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEgress } from '@cartly/egress'
import { Pool } from 'undici'

const CONNECTIONS = 32
const ROUNDS = 6
const headers = {
  'content-type': 'application/json',
  'webhook-id': 'msg_01j0000000000000000000000',
  'webhook-timestamp': '1760000000',
  'webhook-signature': 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
}
const body = JSON.stringify({ type: 'order.created', data: 'x'.repeat(2_000) })

interface Measure {
  readonly perSecond: number
  readonly cpuMicros: number
}

async function measure(request: () => Promise<unknown>, ms: number): Promise<Measure> {
  const cpu = process.cpuUsage()
  const began = performance.now()
  let done = 0
  const worker = async (): Promise<void> => {
    while (performance.now() - began < ms) {
      await request()
      done += 1
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: (done * 1_000) / (performance.now() - began), cpuMicros: (user + system) / done }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

async function main(seconds: number): Promise<void> {
  const receiver = fork(import.meta.filename, ['receiver'])
  const [port] = (await once(receiver, 'message')) as [number]
  const origin = `http://127.0.0.1:${port}`
  const pool = new Pool(origin, { connections: CONNECTIONS, allowH2: false })
  const egress = createEgress({ allowedNetworks: ['127.0.0.0/8'], connectionsPerOrigin: CONNECTIONS })
  const contenders = {
    'undici pool': async () => {
      const response = await pool.request({ path: '/hook', method: 'POST', headers, body })
      await response.body.text()
    },
    'egress.post': () => egress.post({ url: `${origin}/hook`, headers, body, timeoutMs: 15_000 }),
    'egress.send': () => egress.send({ method: 'POST', url: `${origin}/hook`, headers, body, timeoutMs: 15_000 }),
  }
  const roundMs = (seconds * 1_000) / (ROUNDS + 1) / Object.keys(contenders).length
  const measured = new Map<string, Measure[]>()
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, request] of Object.entries(contenders)) {
      const result = await measure(request, roundMs)
      if (round > 0) measured.set(name, [...(measured.get(name) ?? []), result]) // the first round warms up
    }
  }
  const rows = [...measured].map(([name, results]) => ({
    name,
    'requests/s': Math.round(median(results.map(({ perSecond }) => perSecond))),
    'CPU µs/request': Number(median(results.map(({ cpuMicros }) => cpuMicros)).toFixed(1)),
  }))
  console.table(rows)
  const [bare, ours] = rows.map((row) => row['CPU µs/request']) as [number, number]
  console.log(
    `egress.post / undici pool = ${(ours / bare).toFixed(2)} in CPU, ${(ours - bare).toFixed(1)} µs more a request`,
  )
  await Promise.all([pool.close(), egress.close()])
  receiver.kill()
}

if (process.argv[2] === 'receiver') {
  const server = createServer((request, response) => {
    request.resume()
    request.once('end', () => response.end('ok'))
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
} else {
  await main(Number(process.argv[2] ?? 6))
}
