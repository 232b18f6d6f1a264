import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { eventually } from '../process/eventually.ts'
import { startProcess } from '../process/server-process.ts'
import { Keeper } from './keeper.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cartly-keeper-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function keeperOf(script: string) {
  const said: string[] = []
  let restarts = 0
  const start = () =>
    startProcess({
      name: 'sample',
      command: process.execPath,
      args: ['--eval', script],
      env: {},
      logFile: join(folder, 'log'),
      pidFile: join(folder, 'pid'),
      stopSignal: 'SIGTERM',
    })
  const keeper = new Keeper({ name: 'sample', start, notify: (line) => said.push(line), onRestart: () => restarts++ })
  return { keeper, said, restarts: () => restarts }
}

test('a process that is killed is started again, and said to be', async () => {
  const { keeper, said, restarts } = keeperOf('setInterval(() => {}, 1000)')
  await keeper.start()
  const first = keeper.pid

  await keeper.kill()
  await eventually(() => restarts() === 1)

  expect(keeper.pid).not.toBe(first)
  expect(said).toEqual([
    'sample ended (SIGKILL); starting it again in 0.25 s.',
    `sample runs again (pid ${keeper.pid}).`,
  ])
  await keeper.stop()
})

test('a process that ends at once is started again ever more slowly', async () => {
  const { keeper, said } = keeperOf('process.exit(3)')
  await keeper.start()

  await eventually(() => keeper.ends === 3)

  const pauses = said.flatMap((line) => line.match(/exit code 3.*in ([\d.]+) s/)?.[1] ?? [])
  expect(pauses).toEqual(['0.25', '0.5', '1'])
  await keeper.stop()
})

test('a process that was asked to stop stays stopped', async () => {
  const { keeper, said } = keeperOf('setInterval(() => {}, 1000)')
  await keeper.start()

  await keeper.stop()

  expect(keeper.pid).toBeUndefined()
  expect(said).toEqual([])
})

test('a process that does not stop when asked is made to', async () => {
  const { keeper } = keeperOf("process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)")
  await keeper.start()

  await keeper.stop(200)

  expect(keeper.pid).toBeUndefined()
})
