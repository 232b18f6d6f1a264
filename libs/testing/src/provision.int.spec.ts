import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { jetstreamManager } from '@nats-io/jetstream'
import { millis } from '@nats-io/transport-node'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Client } from 'pg'
import { testNats, testPostgres, type TestNats, type TestPostgres } from './index.ts'

const script = fileURLToPath(new URL('../../launcher/src/provision.ts', import.meta.url))

let nats: TestNats
let postgres: TestPostgres
beforeAll(async () => {
  ;[nats, postgres] = await Promise.all([testNats(), testPostgres()])
})
afterAll(() => Promise.all([nats.stop(), postgres.stop()]))

function provision(settings: Record<string, string>) {
  return promisify(execFile)(process.execPath, ['--conditions=@cartly/source', script], {
    env: {
      NATS_URL: nats.url,
      NATS_PASSWORD_PROVISIONER: nats.credentials.provisioner.pass,
      DATABASE_URL: postgres.url,
      ...settings,
    },
  })
}

test('a deployment is told what it forgot to set', async () => {
  await expect(provision({})).rejects.toThrow('DATABASE_PASSWORD_REGISTRY is not set')
})

test('streams follow the settings of each deployment, and keep what is in them', async () => {
  const streams = await jetstreamManager(await nats.connect('provisioner'))
  const platform = await nats.connect('store-platform')
  await platform.request('store.s1.order.created', '{}')

  // The roles belong to all specs of this run: their passwords are left as they are.
  const kept = Object.fromEntries(
    Object.entries(postgres.urls).map(([role, url]) => [
      `DATABASE_PASSWORD_${role.toUpperCase()}`,
      new URL(url).password,
    ]),
  )
  for (const days of [3, 9]) {
    await provision({ ...kept, STORE_DAYS: String(days) })
    const { config, state } = await streams.streams.info('STORE')
    expect(millis(config.max_age)).toBe(days * 24 * 60 * 60 * 1000)
    expect(state.messages).toBe(1)
  }
  await expect(provision({ ...kept, STORE_DAYS: '1.5' })).rejects.toThrow('STORE_DAYS must be a whole number')

  const url = new URL(postgres.urls.vault)
  url.pathname = '/cartly'
  const vault = new Client({ connectionString: url.href })
  await vault.connect()
  const { rows } = await vault.query('SELECT current_schema()')
  expect(rows).toEqual([{ current_schema: 'vault' }])
  await vault.end()
})
