import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, isFree } from './free-port.ts'
import { claimFile } from './pid-file.ts'

/** A port that no other engine on this machine takes before its server listens there. */
export interface PickedPort {
  port: number
  release(): void
}

/**
 * The wished port if nobody has it, else a free one, of which `notify` is told. Engines that start at the same moment
 * agree by a file for each wished port.
 */
export async function pickPort(
  name: string,
  wished: number | undefined,
  notify: (line: string) => void,
): Promise<PickedPort> {
  if (wished !== undefined) {
    const claim = join(tmpdir(), `cartly-port-${wished}.claim`)
    const release = () => rmSync(claim, { force: true })
    if (claimFile(claim)) {
      if (await isFree(wished)) return { port: wished, release }
      release()
    }
  }
  const port = await freePort()
  if (wished !== undefined) notify(`Port ${wished} is taken: ${name} is on ${port}.`)
  return { port, release: () => {} }
}
