import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { LaunchError } from '../process/launch-error.ts'
import { claimFile, readPidFile, stopByPidFile } from '../process/pid-file.ts'

/** All that an engine keeps in its folder, beside its claim on it. */
const kept = ['nats', 'postgres', 'logs', 'pids', 'services', 'secrets.json', 'run.json']
const claim = 'engine.claim'

/**
 * Takes the folder for this process and stops what a run that was killed has left running there.
 *
 * @returns how many such processes there were, and how to give the folder back.
 * @throws LaunchError while another engine uses it, and when it cannot be made.
 */
export async function claimFolder(dataDir: string): Promise<{ orphans: number; release: () => void }> {
  // Closed inside; but Postgres, which runs as another user when root starts it, must be able to pass.
  try {
    for (const folder of [dataDir, join(dataDir, 'pids')]) mkdirSync(folder, { recursive: true, mode: 0o711 })
  } catch (error) {
    const { message } = error as Error
    throw new LaunchError(`${dataDir} cannot be used: ${message}.`, 'Choose another folder with --data DIR.')
  }
  const file = join(dataDir, claim)
  if (!claimFile(file)) {
    const { pid } = readPidFile(file) ?? {}
    throw new LaunchError(
      `An engine runs in ${dataDir} already${pid === undefined ? '' : ` (pid ${pid})`}.`,
      'Stop it, or choose another folder with --data DIR.',
    )
  }
  const services = readdirSync(join(dataDir, 'pids')).map((name) => join('pids', name))
  const servers = ['nats/nats.pid', 'postgres/postgres.pid']
  const stopped = await stopAll([services, servers].map((files) => files.map((name) => join(dataDir, name))))
  return { orphans: stopped, release: () => rmSync(file, { force: true }) }
}

/**
 * Forgets all that an engine kept in the folder; nothing else that lies there is touched.
 * @throws LaunchError when what lies there is not an engine's, whatever its name.
 */
export async function resetFolder(dataDir: string): Promise<void> {
  const found = existsSync(dataDir) ? readdirSync(dataDir) : []
  const likeOurs = found.some((name) => kept.includes(name) && name !== 'pids')
  if (likeOurs && !found.includes('secrets.json')) {
    throw new LaunchError(
      `${dataDir} is no engine’s folder, so nothing was removed.`,
      'Choose another with --data DIR.',
    )
  }
  const { release } = await claimFolder(dataDir)
  for (const name of kept) rmSync(join(dataDir, name), { recursive: true, force: true })
  release()
}

async function stopAll(waves: string[][]): Promise<number> {
  let stopped = 0
  for (const files of waves) {
    const results = await Promise.all(files.map((file) => stopByPidFile(file)))
    stopped += results.filter(Boolean).length
  }
  return stopped
}
