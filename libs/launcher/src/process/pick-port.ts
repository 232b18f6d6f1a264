import { rmSync } from 'node:fs'
import { claimOf, freePort, isFree, isGiven } from './free-port.ts'
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
    if (isGiven(wished) && (await isFree(wished))) return { port: wished, release: () => {} }
    const release = () => rmSync(claimOf(wished), { force: true })
    if (claimFile(claimOf(wished))) {
      if (await isFree(wished)) return { port: wished, release }
      release()
    }
  }
  const port = await freePort()
  if (wished !== undefined) notify(`Port ${wished} is taken: ${name} is on ${port}.`)
  return { port, release: () => {} }
}
