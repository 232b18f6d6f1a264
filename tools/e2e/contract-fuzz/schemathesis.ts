import { pythonTools } from '@cartly/testing'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const VERSION = '4.32.5'
const run = promisify(execFile)
let bin: string

/** Installs the public tool that reads an OpenAPI document and looks for answers that break it (https://schemathesis.io). */
export async function installSchemathesis(): Promise<void> {
  bin = await pythonTools('schemathesis', [`schemathesis==${VERSION}`])
}

/** Runs it; what it found is in what it printed. Exit code 0 means that it found nothing. */
export async function schemathesis(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; printed: string }> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 }
  try {
    const { stdout } = await run(join(bin, 'schemathesis'), ['--no-color', ...args], options)
    return { code: 0, printed: stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string }
    if (typeof code !== 'number') throw error
    return { code, printed: `${stdout ?? ''}${stderr ?? ''}` }
  }
}
