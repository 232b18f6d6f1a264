import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const VERSION = '4.32.5'
const folder = join(import.meta.dirname, '../../../node_modules/.cache', `schemathesis-${VERSION}`)
const run = promisify(execFile)

/**
 * Installs the public tool that reads an OpenAPI document and looks for answers that break it (https://schemathesis.io),
 * by pip, into a folder of its own.
 * @throws Error that says what to install, where there is no Python with pip.
 */
export async function installSchemathesis(): Promise<void> {
  // Written last: what an installation that was cut short has left is made anew.
  const done = join(folder, 'installed')
  if (existsSync(done)) return
  await rm(folder, { recursive: true, force: true })
  try {
    await run('python3', ['-m', 'venv', folder])
    await run(join(folder, 'bin/pip'), ['install', '--disable-pip-version-check', `schemathesis==${VERSION}`])
  } catch (cause) {
    throw new Error('schemathesis cannot be installed: it needs Python 3.10 or newer with venv and pip', { cause })
  }
  await writeFile(done, '')
}

/** Runs it; what it found is in what it printed. Exit code 0 means that it found nothing. */
export async function schemathesis(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; printed: string }> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 }
  try {
    const { stdout } = await run(join(folder, 'bin/schemathesis'), ['--no-color', ...args], options)
    return { code: 0, printed: stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string }
    if (typeof code !== 'number') throw error
    return { code, printed: `${stdout ?? ''}${stderr ?? ''}` }
  }
}
