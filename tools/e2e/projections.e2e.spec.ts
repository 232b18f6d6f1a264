import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { databaseRoles, roleUrl, serviceNames, startEngine, type Engine } from '@cartly/launcher'
import { testFolder } from '@cartly/testing'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { apiOf, type Api } from './api.ts'

/** Read models rebuilt by the command line of their service, while it runs. */
const program = fileURLToPath(new URL('../../apps/connector-registry/dist/projections.js', import.meta.url))
const dataDir = testFolder('projections')
let engine: Engine
let api: Api

beforeAll(async () => {
  engine = await startEngine({ dataDir, services: serviceNames.filter((name) => name !== 'demo-store') })
  api = apiOf(engine.run.gatewayUrl, engine.run.adminToken)
}, 120_000)

afterAll(async () => {
  await engine?.stop()
}, 60_000)

async function projections(...args: string[]): Promise<string[]> {
  const { nats, roles } = JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as Kept
  const env = {
    NATS_URL: engine.run.natsUrl,
    NATS_USER: 'connector-registry',
    NATS_PASSWORD: nats['connector-registry']!,
    DATABASE_URL: roleUrl(engine.run.postgresUrl, 'cartly', databaseRoles['connector-registry'], roles),
  }
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { env })
  return stdout.trimEnd().split('\n')
}

interface Kept {
  nats: Record<string, string>
  roles: Parameters<typeof roleUrl>[3]
}

it('rebuilds what merchants read while they read it, and drops what was replaced', async () => {
  const path = '/v1/stores/store_projections/connectors'
  await api.post(path, { template: 'shippo', name: 'Before the rebuild' })
  const before = await api.get(path)
  expect(await projections()).toEqual([
    expect.stringMatching(/^connector_state generation 1, version \d+: live, at \d+, (caught up|stream at \d+)$/),
    expect.stringMatching(/^executions generation 1, version \d+: live, at \d+, (caught up|stream at \d+)$/),
  ])

  const rebuilt = projections('rebuild', 'connector_state')
  let asked = 0
  const done = new AbortController()
  void rebuilt.finally(() => done.abort()).catch(() => undefined)
  while (!done.signal.aborted) {
    expect(await api.get(path)).toEqual(before)
    asked++
  }
  expect(asked).toBeGreaterThan(0)
  expect(await rebuilt).toEqual([
    expect.stringMatching(/^connector_state: at \d+, \d+ to come$/),
    expect.stringMatching(/^connector_state generation 2.*: live/),
    expect.stringMatching(/^connector_state generation 1.*: retired/),
  ])
  expect(await api.get(path)).toEqual(before)

  // The running service follows into the new tables.
  const made = await api.post(path, { template: 'shippo', name: 'After the rebuild' })
  expect(await api.get(`${path}/${String(made.id)}`)).toMatchObject({ name: 'After the rebuild' })
  expect((await projections('drop', 'connector_state'))[0]).toBe('dropped 1 of connector_state')
})

it('says which read models there are when another is named', async () => {
  await expect(projections('rebuild', 'nothing')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('NAME is one of connector_state, executions'),
  })
})
