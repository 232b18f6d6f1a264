import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { eventually, freePort, type RunInfo } from '@cartly/launcher'

const bootstrap = join(import.meta.dirname, 'bootstrap.mjs')
const dataDir = mkdtempSync(join(process.env.CARTLY_TEST_FOLDER ?? tmpdir(), 'start-'))
const runFile = join(dataDir, 'run.json')
const run = () => JSON.parse(readFileSync(runFile, 'utf8')) as RunInfo

function start(...flags: string[]) {
  const child = spawn(process.execPath, [bootstrap, 'start', '--data', dataDir, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  return { child, printed: () => printed }
}

async function isOk(url: string | undefined): Promise<boolean> {
  return (await fetch(`${url}`)).ok
}

describe('npm start', () => {
  let child: ChildProcess
  let printed: () => string
  let port: number
  beforeAll(async () => {
    port = await freePort()
    ;({ child, printed } = start('--port', String(port)))
    await eventually(() => existsSync(runFile) || child.exitCode !== null, { withinMs: 90_000 })
  }, 100_000)
  afterAll(() => void child.kill())

  test('runs every service and says where', async () => {
    expect(printed()).toContain('Ready in')
    expect(printed()).toContain(`http://127.0.0.1:${port}/stores/store_demo/integrations#token=`)
    expect(statSync(runFile).mode & 0o777).toBe(0o600)
    expect(run().gatewayUrl).toBe(`http://127.0.0.1:${port}`)
    for (const { healthUrl } of Object.values(run().services))
      expect(await isOk(new URL('/readyz', healthUrl).href)).toBe(true)
    expect(await isOk(`${run().gatewayUrl}/healthz`)).toBe(true)
    expect(await (await fetch(run().consoleUrl)).text()).toMatch(/^<!doctype html>/i)
  })

  test('survives the end of any service', async () => {
    for (const [name, { pid, healthUrl }] of Object.entries(run().services)) {
      process.kill(pid, 'SIGKILL')
      await eventually(() => ![pid, 0].includes(run().services[name]?.pid ?? 0), { withinMs: 20_000 })
      await eventually(() => isOk(new URL('/readyz', healthUrl).href), { withinMs: 20_000 })
    }
  }, 120_000)

  test('is refused while it runs in the same folder', async () => {
    const second = start()
    expect(await once(second.child, 'exit')).toEqual([1, null])
    // What the first has built is not built again.
    expect(second.printed()).not.toContain('Buil')
    expect(second.printed()).toMatch(/✗ An engine runs in .* already \(pid \d+\)\.\n {2}→ Stop it/)
  })

  test('at Ctrl-C drains, leaves nothing behind and exits 0', async () => {
    const pids = Object.values(run().services).map(({ pid }) => pid)

    child.kill('SIGINT')

    expect(await once(child, 'exit')).toEqual([0, null])
    expect(printed()).toMatch(/Draining …\nStopped\.\n$/)
    expect(existsSync(runFile)).toBe(false)
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  }, 60_000)
})

test('a wrong flag is answered in a line, and a line on what to do', async () => {
  const { child, printed } = start('--prot', '4001')
  expect(await once(child, 'exit')).toEqual([1, null])
  expect(printed()).toMatch(/✗ Unknown option '--prot'[^\n]*\n {2}→ Use: npm start/)
})
