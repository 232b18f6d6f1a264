import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Pool } from 'undici'

export interface RawLoop {
  readonly perSecond: number
  /** CPU of the loop's process for each request. */
  readonly cpuMicros: number
}

/** A bare `undici` loop of POSTs with such a body, in a process of its own: what sending alone can reach here. */
export async function rawLoop(url: string, bodyBytes: number, ms: number, connections = 32): Promise<RawLoop> {
  const child = fork(import.meta.filename, ['loop', url, String(bodyBytes), String(ms), String(connections)])
  const [result] = (await once(child, 'message')) as [RawLoop]
  child.kill()
  return result
}

async function loop(url: string, bodyBytes: number, ms: number, connections: number): Promise<RawLoop> {
  const pool = new Pool(new URL(url).origin, { connections })
  const body = JSON.stringify({ type: 'order.created', data: 'x'.repeat(bodyBytes) })
  const headers = { 'content-type': 'application/json', 'webhook-id': 'msg_raw' }
  const { pathname: path } = new URL(url)
  const run = async (until: number): Promise<number> => {
    let done = 0
    const worker = async (): Promise<void> => {
      while (performance.now() < until) {
        const response = await pool.request({ path, method: 'POST', headers, body })
        await response.body.dump()
        done++
      }
    }
    await Promise.all(Array.from({ length: connections }, worker))
    return done
  }
  await run(performance.now() + ms / 4)
  const cpu = process.cpuUsage()
  const began = performance.now()
  const done = await run(began + ms)
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: (done * 1_000) / (performance.now() - began), cpuMicros: (user + system) / done }
}

if (process.argv[2] === 'loop') {
  const [url, bodyBytes, ms, connections] = process.argv.slice(3) as [string, string, string, string]
  process.send?.(await loop(url, Number(bodyBytes), Number(ms), Number(connections)))
}
