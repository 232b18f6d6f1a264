import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const cache = join(import.meta.dirname, '../../../node_modules/.cache')
const run = promisify(execFile)

/**
 * Programs that others have written in Python, or packed for it, installed by pip into a folder of their own.
 * @param requirements as pip reads them, with their versions: `moto[server]==5.2.2`
 * @returns the folder that the programs are in
 * @throws Error that says what to install, where there is no Python with pip.
 */
export async function pythonTools(name: string, requirements: readonly string[]): Promise<string> {
  const folder = join(cache, name)
  // Written last: what an installation that was cut short has left is made anew.
  const done = join(folder, 'installed')
  if (existsSync(done)) return join(folder, 'bin')
  await rm(folder, { recursive: true, force: true })
  try {
    await run('python3', ['-m', 'venv', folder])
    await run(join(folder, 'bin/pip'), ['install', '--disable-pip-version-check', ...requirements])
  } catch (cause) {
    throw new Error(`${name} cannot be installed: it needs Python 3.10 or newer with venv and pip`, { cause })
  }
  await writeFile(done, '')
  return join(folder, 'bin')
}
