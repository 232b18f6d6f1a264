import { randomInt } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claimFile } from './pid-file.ts'

/** Below the range from which operating systems take the ports of outgoing connections, so none of those gets in between. */
const lowest = 20_000
const highest = 30_000

/** Ports that this process has given out: a server that it starts may be a while in coming, and must find its port free. */
const given = new Set<number>()
process.once('exit', () => given.forEach((port) => rmSync(claimOf(port), { force: true })))

const claimOf = (port: number): string => join(tmpdir(), `cartly-free-port-${port}.claim`)

/**
 * A TCP port of 127.0.0.1 on which nobody listens, and which nobody else is given: not this process again, and no other
 * process that asks here, as long as this one lives. Whoever it hands the port on to may wish for it (`pickPort`).
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(lowest, highest)
    if (given.has(port) || !claimFile(claimOf(port))) continue
    given.add(port)
    if (await isFree(port)) return port
  }
  throw new Error(`no free port found between ${lowest} and ${highest}`)
}

/** Whether a server could listen on this port of 127.0.0.1 now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)))
  })
}
