import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newId, vault, type CredentialPurpose, type StoreId } from '@cartly/contracts'
import { eventually } from '@cartly/testing'
import { requestLeases, revealWebhookSecret, sealToVault } from '@cartly/vault-client'
import { Client } from 'pg'
import { runningVault, type RunningVault } from './testing/running-vault.ts'

const storeId = 'store-1' as StoreId
const canaries = {
  apiKey: 'canary+api/key=0123456789&abc',
  accessToken: 'canary+access/token=0123456789',
  refreshToken: 'canary+refresh/token=0123456789',
  headerValue: 'Bearer canary+header/value=0123456789',
}

/** Every form in which a secret could have slipped out. */
const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  // Base64 of a text within another begins at any of three places.
  ...[0, 1, 2].map((lead) =>
    Buffer.from(' '.repeat(lead) + secret)
      .toString('base64')
      .slice(lead ? 4 : 0, -4),
  ),
  Buffer.from(secret).toString('hex'),
]

let running: RunningVault
const overheard: Buffer[] = []

beforeAll(async () => {
  running = await runningVault()
})
afterAll(async () => {
  await running?.stop()
})

test('no secret is in logs, errors, NATS or Postgres, in any form', async () => {
  const [gateway, refresher, executor, dispatcher] = await Promise.all([
    running.as('admin-gateway'),
    running.as('oauth-refresher'),
    running.as('hook-executor'),
    running.as('webhook-dispatcher'),
  ])
  // All that services send goes through these connections: each is tapped where it leaves and arrives.
  for (const user of ['admin-gateway', 'oauth-refresher', 'hook-executor', 'webhook-dispatcher'] as const) {
    const nc = await running.nats.connect(user)
    nc.subscribe(`_INBOX.${user}.>`, { callback: (_, message) => void overheard.push(Buffer.from(message.data)) })
  }
  const vaultTap = await running.nats.connect('credential-vault')
  vaultTap.subscribe('svc.credential-vault.>', {
    callback: (_, message) => void overheard.push(Buffer.from(message.data)),
  })
  await vaultTap.flush()
  const errors: string[] = []
  const failing = (work: Promise<unknown>) =>
    work.catch((error: Error) => void errors.push(JSON.stringify(error) + error.stack))

  const keyed = await running.install(storeId, {
    kind: 'requests',
    fields: [{ name: 'apiKey', label: 'key', required: true, pattern: '^canary' }],
  })
  const strict = await running.install(storeId, {
    kind: 'requests',
    fields: [{ name: 'apiKey', label: 'key', required: true, pattern: '^other' }],
  })
  const granted = await running.install(storeId, { kind: 'oauth_client', fields: [] })
  const endpointId = newId('whk')
  const seal = (ownerId: string, purpose: CredentialPurpose, values: Record<string, string>) =>
    sealToVault(gateway, { storeId, ownerId, purpose }, values)
  const { apiKey, accessToken, refreshToken, headerValue } = canaries

  const sealed = await seal(keyed, 'connector', { apiKey })
  await gateway.request(vault.putCredentials, { storeId, connectorId: keyed, sealed })
  await failing(
    gateway.request(vault.putCredentials, {
      storeId,
      connectorId: strict,
      sealed: await seal(strict, 'connector', { apiKey }),
    }),
  )
  await failing(
    gateway.request(vault.putCredentials, {
      storeId,
      connectorId: strict,
      sealed: await seal(strict, 'connector', { [apiKey.slice(0, 20)]: 'x', apiKey }),
    }),
  )
  await failing(gateway.request(vault.putCredentials, { storeId, connectorId: strict, sealed }))
  const tokens = await seal(granted, 'oauth_tokens', { accessToken, refreshToken, tokenType: 'Bearer' })
  await refresher.request(vault.putTokens, { storeId, connectorId: granted, sealed: tokens, validForMs: null })
  await dispatcher.request(vault.createWebhookSecret, { storeId, endpointId, signature: 'v1' })
  const headers = {
    storeId,
    endpointId,
    names: ['Authorization'],
    sealed: await seal(endpointId, 'webhook_headers', { Authorization: headerValue }),
  }
  await dispatcher.request(vault.putWebhookHeaders, headers)
  await failing(dispatcher.request(vault.putWebhookHeaders, { ...headers, names: ['Authorization', 'X-None'] }))
  const { secret } = await revealWebhookSecret(gateway, { storeId, endpointId, actor: 'user:merchant' })
  const ask = (ownerId: string, purpose: CredentialPurpose) => [{ storeId, ownerId, purpose, reason: 'a spec' }]
  const lent = [
    await requestLeases(executor, vault.leaseToExecutor, ask(keyed, 'connector')),
    await requestLeases(refresher, vault.leaseToRefresher, ask(granted, 'oauth_tokens')),
    await requestLeases(dispatcher, vault.leaseToDispatcher, ask(endpointId, 'webhook_headers')),
  ]
  const database = new Client({ connectionString: running.postgres.urls.vault })
  await database.connect()
  await database.query("UPDATE data_key SET content = content || '\\x00'::bytea WHERE owner_id = $1", [keyed])
  await requestLeases(executor, vault.leaseToExecutor, ask(keyed, 'connector'))
  await eventually(() => running.lines.some((line) => line.includes('cannot be opened')))

  const streams = await eventually(async () => {
    const dump = await dumpStreams()
    return dump.includes('CredentialStored') && dump.includes('a spec') ? dump : undefined
  })
  const tables = await dumpTables(database)
  await database.end()
  const places: Record<string, string> = {
    logs: running.lines.join(''),
    errors: errors.join(''),
    'what was lent, printed': JSON.stringify(lent) + String(lent[0]) + String(secret),
    'messages on the bus': overheard.map((data) => data.toString('latin1')).join('\n'),
    streams,
    tables,
  }

  const found = Object.entries(places).flatMap(([place, text]) =>
    [...Object.values(canaries), secret.reveal()].flatMap((canary) =>
      formsOf(canary).flatMap((form) => (text.includes(form) ? [`${place}: ${form}`] : [])),
    ),
  )
  expect(found).toEqual([])
  // The places were looked into: each holds what is no secret.
  expect(errors).toHaveLength(4)
  expect(places['messages on the bus']).toContain(sealed.slice(-40))
  expect(streams).toContain('CredentialStored')
  expect(tables).toContain(keyed)
})

/** Everything that the NATS servers of this test run have stored, read from their files. */
async function dumpStreams(): Promise<string> {
  const run = process.env['CARTLY_TEST_FOLDER'] as string
  const folders = (await readdir(run)).filter((name) => name.startsWith('nats-')).map((name) => join(run, name))
  const files = await Promise.all(folders.map((folder) => readdir(folder, { recursive: true, withFileTypes: true })))
  const contents = files
    .flat()
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), 'latin1').catch(() => ''))
  return (await Promise.all(contents)).join('\n')
}

/** Every table of the vault as text, and its bytes as they are. */
async function dumpTables(database: Client): Promise<string> {
  const { rows } = await database.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'vault'")
  const dumps: string[] = []
  for (const { table_name } of rows) {
    const table = await database.query(`SELECT * FROM "${table_name}"`)
    for (const value of table.rows.flatMap((row) => Object.values(row as Record<string, unknown>))) {
      dumps.push(Buffer.isBuffer(value) ? value.toString('latin1') : (JSON.stringify(value) ?? ''))
    }
  }
  return dumps.join('\n')
}
