import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claimFile, readPidFile, stopByPidFile } from '@cartly/launcher'

const variable = 'CARTLY_TEST_FOLDER'
const prefix = 'cartly-test-'
const owner = 'run.claim'

/** A new folder for one server of this test run. */
export function testFolder(name: string): string {
  return mkdtempSync(join(runFolder(), `${name}-`))
}

/** The folder that all processes of this test run share: Jest's global setup makes it, or the first who asks. */
export function runFolder(): string {
  const given = process.env[variable]
  if (given) return given
  const folder = mkdtempSync(join(tmpdir(), prefix))
  // Postgres runs as another user when tests run as root, and must be able to pass.
  chmodSync(folder, 0o711)
  claimFile(join(folder, owner))
  process.env[variable] = folder
  return folder
}

/** Stops every server in the folder and removes it. */
export async function clearFolder(folder: string): Promise<void> {
  const pidFiles = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.pid'))
  await Promise.all(pidFiles.map((path) => stopByPidFile(join(folder, path), 5_000)))
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

/** Clears what runs that were killed have left behind. */
export async function clearAbandoned(): Promise<void> {
  const minuteAgo = Date.now() - 60_000
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(tmpdir(), name)
    if (readPidFile(join(folder, owner)) === undefined && statSync(folder).mtimeMs < minuteAgo)
      await clearFolder(folder)
  }
}

/** Does the work in one process of the run and hands its result to all: the others wait for the file. */
export function isFirst(name: string): boolean {
  const claim = join(runFolder(), name)
  if (existsSync(claim)) return false
  try {
    mkdirSync(claim, { mode: 0o711 })
    return true
  } catch {
    return false
  }
}
