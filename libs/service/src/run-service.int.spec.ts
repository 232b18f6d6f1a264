import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, freePort, testFolder, testNats, type TestNats } from '@cartly/testing'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A service's life, in processes of their own: the built program, as decorators are beyond Node's own type stripping. */
const program = fileURLToPath(new URL('../dist/run-service.js', import.meta.url))
let nats: TestNats

beforeAll(async () => {
  nats = await testNats()
})

afterAll(async () => {
  await nats?.stop()
})

function start(body: string, env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const file = join(testFolder('service'), 'main.mjs')
  writeFileSync(
    file,
    `import { run } from ${JSON.stringify(program)}\nawait run('test', async (context) => {${body}})\n`,
  )
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return { child, output: () => output }
}

async function environment(): Promise<{ env: Record<string, string>; health: string }> {
  const { user, pass } = nats.credentials['connector-registry']
  const port = String(await freePort())
  const env = { NATS_URL: nats.url, NATS_USER: user, NATS_PASSWORD: pass, HEALTH_PORT: port }
  return { env, health: `http://127.0.0.1:${port}/readyz` }
}

const exitOf = async (child: ChildProcess): Promise<number | null> =>
  ((child.exitCode === null ? await once(child, 'exit') : [child.exitCode]) as [number | null])[0]

describe('run', () => {
  it('names each variable that is missing, and exits 1', async () => {
    const { child, output } = start('', { NATS_URL: 'nats://127.0.0.1:1' })
    expect(await exitOf(child)).toBe(1)
    expect(output()).toMatch(/NATS_USER is required.*NATS_PASSWORD is required.*HEALTH_PORT/)
  })

  it('is ready once it has started; at SIGTERM closes what was opened, the last first, and exits 0', async () => {
    const { env, health } = await environment()
    const { child, output } = start(
      `for (const part of ['first', 'last']) context.onShutdown(async () => context.log.info('closed ' + part))`,
      env,
    )
    await eventually(async () => (await fetch(health)).ok)

    child.kill('SIGTERM')

    expect(await exitOf(child)).toBe(0)
    expect(output().indexOf('closed last')).toBeLessThan(output().indexOf('closed first'))
    expect(output()).toContain('closed first')
  })

  it('logs an error that nobody caught, and exits 1', async () => {
    const { env } = await environment()
    const { child, output } = start(`setTimeout(() => { throw new Error('nobody caught this') })`, env)
    expect(await exitOf(child)).toBe(1)
    expect(output()).toContain('nobody caught this')
  })

  it('exits 1 when it cannot start, with the reason', async () => {
    const { env } = await environment()
    const { child, output } = start(`throw new Error('no database')`, env)
    expect(await exitOf(child)).toBe(1)
    expect(output()).toMatch(/could not start.*no database/)
  })
})
