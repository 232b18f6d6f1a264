import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId, vault, type EndpointId, type StoreId } from '@cartly/contracts'
import type { BusClient } from '@cartly/messaging'
import { eventually } from '@cartly/testing'
import { requestLeases } from '@cartly/vault-client'
import { Client } from 'pg'
import { credentialIdOf } from './domain/credential-id.ts'
import { FileKeyring } from './keyring/file-keyring.ts'
import { fakeTransit } from './keyring/testing/fake-key-services.ts'
import { runningVault, type RunningVault } from './testing/running-vault.ts'
import { secretDriver, type SecretDriver } from './testing/secret-driver.ts'

const storeId = 'store-1' as StoreId

describe('rotating the key', () => {
  let running: RunningVault
  let admin: BusClient
  let dispatcher: BusClient
  let database: Client
  beforeAll(async () => {
    running = await runningVault()
    ;[admin, dispatcher] = await Promise.all([running.as('admin-gateway'), running.as('webhook-dispatcher')])
    database = new Client({ connectionString: running.postgres.urls.vault })
    await database.connect()
  })
  afterAll(async () => {
    await database?.end()
    await running?.stop()
  })

  const create = async (count: number): Promise<EndpointId[]> => {
    const ids = Array.from({ length: count }, () => newId('whk'))
    for (const endpointId of ids) {
      await dispatcher.request(vault.createWebhookSecret, { storeId, endpointId, signature: 'v1' })
    }
    return ids
  }
  const secretsOf = async (ids: readonly EndpointId[]): Promise<(string | undefined)[]> => {
    const asks = ids.map((ownerId) => ({ storeId, ownerId, purpose: 'webhook_secret' as const, reason: 'a spec' }))
    const leases = await requestLeases(dispatcher, vault.leaseToDispatcher, asks)
    return leases.map((lease) => (lease instanceof Error ? lease.message : lease.values['secret']?.reveal()))
  }

  test('the keyring is a file that its owner alone may read', async () => {
    const { mode } = await stat(join(running.dataDir, 'vault-keyring.json'))
    expect(mode & 0o777).toBe(0o600)
  })

  test('an old key goes only when it wraps nothing any more, and no read fails meanwhile', async () => {
    const ids = await create(40)
    const before = await secretsOf(ids)
    const { keys } = await admin.request(vault.describeKeyring, {})
    const old = keys.find(({ state }) => state === 'primary')!.id

    const { keyId } = await admin.request(vault.addKey, {})
    await admin.request(vault.promoteKey, { keyId })
    await expect(admin.request(vault.destroyKey, { keyId: old })).rejects.toMatchObject({ code: 'key_in_use' })

    await admin.request(vault.rewrap, {})
    do expect(await secretsOf(ids)).toEqual(before)
    while ((await admin.request(vault.describeKeyring, {})).rewrap.remaining > 0)
    await eventually(async () => !(await admin.request(vault.describeKeyring, {})).rewrap.running)

    const after = await admin.request(vault.destroyKey, { keyId: old })
    expect(after.keys).toEqual([
      { id: old, state: 'destroyed', inUse: 0 },
      { id: keyId, state: 'primary', inUse: expect.any(Number) },
    ])
    expect(await readFile(join(running.dataDir, 'vault-keyring.json'), 'utf8')).toContain('"material": null')
    expect(await secretsOf(ids)).toEqual(before)
  })

  test('a change that comes again changes nothing more, and a destroyed key does not come back', async () => {
    const { keyId } = await admin.request(vault.addKey, {})
    const destroy = () => admin.request(vault.destroyKey, { keyId })
    expect(await destroy()).toEqual(await destroy())
    await expect(admin.request(vault.promoteKey, { keyId })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'key_destroyed',
    })
    const { keys } = await admin.request(vault.describeKeyring, {})
    const primary = keys.find(({ state }) => state === 'primary')!.id
    expect((await admin.request(vault.promoteKey, { keyId: primary })).keys).toEqual(keys)
  })

  test('of keys that replicas add at the same moment none is lost', async () => {
    const replica = await running.startReplica()
    const added = await Promise.all(Array.from({ length: 20 }, () => admin.request(vault.addKey, {})))
    const { keys } = JSON.parse(await readFile(join(running.dataDir, 'vault-keyring.json'), 'utf8')) as {
      keys: { id: string }[]
    }
    expect(keys.map(({ id }) => id)).toEqual(expect.arrayContaining(added.map(({ keyId }) => keyId)))
    await replica.close()
  })

  test('what is read is wrapped anew, without a job', async () => {
    const [id] = await create(1)
    const { keyId } = await admin.request(vault.addKey, {})
    await admin.request(vault.promoteKey, { keyId })
    await secretsOf([id!])
    await eventually(async () => {
      const { rows } = await database.query('SELECT wrapping_key_id FROM data_key WHERE owner_id = $1', [id])
      return rows[0].wrapping_key_id === keyId
    })
  })

  test('a rewrapping that was interrupted is gone on with at the next start', async () => {
    await create(5)
    const { keyId } = await admin.request(vault.addKey, {})
    await admin.request(vault.promoteKey, { keyId })
    await database.query('INSERT INTO rewrap_job VALUES ($1, now())', [keyId])
    const replica = await running.startReplica()
    await eventually(async () => (await admin.request(vault.describeKeyring, {})).rewrap.remaining === 0)
    await replica.close()
  })

  test('a data key that does not open stays as it is, is named, and holds up no other', async () => {
    const ids = await create(3)
    await database.query("UPDATE data_key SET wrapped_key = '\\x00' WHERE owner_id = $1", [ids[1]])
    const { keyId } = await admin.request(vault.addKey, {})
    await admin.request(vault.promoteKey, { keyId })
    await admin.request(vault.rewrap, {})
    const done = await eventually(async () => {
      const { rewrap, keys } = await admin.request(vault.describeKeyring, {})
      return rewrap.running ? undefined : { left: rewrap.remaining, keys }
    })
    expect(done.left).toBe(1)
    const { rows } = await database.query('SELECT wrapping_key_id AS id FROM data_key WHERE wrapping_key_id <> $1', [
      keyId,
    ])
    await expect(admin.request(vault.destroyKey, { keyId: rows[0].id })).rejects.toMatchObject({ code: 'key_in_use' })
    const credentialId = credentialIdOf({ storeId, ownerId: ids[1]!, purpose: 'webhook_secret' })
    expect(running.lines.join('')).toMatch(new RegExp(`data keys that do not open.*${credentialId} version 1`))
    await database.query('DELETE FROM data_key WHERE owner_id = $1', [ids[1]])
  })

  test('a row that is moved to another credential does not open', async () => {
    const [one, other] = await create(2)
    const [secret] = await secretsOf([one!])
    const stolen = await database.query('SELECT * FROM data_key WHERE owner_id = $1', [one])
    const { content, wrapped_key, wrapping_key_id, key_id } = stolen.rows[0]
    await database.query(
      'UPDATE data_key SET content = $2, wrapped_key = $3, wrapping_key_id = $4 WHERE owner_id = $1',
      [other, content, wrapped_key, wrapping_key_id],
    )
    expect(await secretsOf([other!, one!])).toEqual([expect.stringContaining('cannot be opened'), secret])
    await database.query('UPDATE data_key SET key_id = $2 WHERE owner_id = $1', [other, key_id])
    expect(await secretsOf([other!, one!])).toEqual([expect.stringContaining('cannot be opened'), secret])
  })

  test('a vault whose keyring is lost says so, and makes no other', async () => {
    const path = join(running.dataDir, 'vault-keyring.json')
    const kept = await readFile(path, 'utf8')
    const { keys } = JSON.parse(kept) as { keys: { id: string }[] }
    const other = {
      format: 1,
      keys: [{ ...keys[0], id: 'key_other', state: 'primary', material: Buffer.alloc(32).toString('base64') }],
    }
    await writeFile(path, JSON.stringify(other), { mode: 0o600 })
    await expect(running.startReplica()).rejects.toThrow(/put the right keyring back/)
    await writeFile(path, kept)
  })
})

test.each<[string, string, (driver: SecretDriver, admin: BusClient) => Promise<unknown>]>([
  ['credential', 'data_key', (driver) => driver.create()],
  ['key to seal to', 'sealing_key', (_, admin) => admin.request(vault.sealingKey, {})],
])('a replica that has not heard of a rotation yet wraps no %s with what was ended', async (_, table, store) => {
  const running = await runningVault()
  const [driver, admin] = await Promise.all([secretDriver(running), running.as('admin-gateway')])
  const [old] = (await driver.database.query('SELECT id FROM wrapping_key')).rows
  // As another replica does.
  const other = await FileKeyring.open(join(running.dataDir, 'vault-keyring.json'))
  const keyId = await other.add()
  await driver.database.query('INSERT INTO wrapping_key VALUES ($1)', [keyId])
  await other.promote(keyId)
  await driver.database.query('DELETE FROM wrapping_key WHERE id = $1', [old.id])

  await store(driver, admin)

  expect((await driver.database.query(`SELECT wrapping_key_id AS id FROM ${table}`)).rows).toEqual([{ id: keyId }])
  await driver.close()
  await running.stop()
})

test('on a key service it is rotated there, and a key service that is away is not taken for a loss', async () => {
  const service = await fakeTransit('token')
  const running = await runningVault({
    kind: 'transit',
    url: `${service.url}/v1/transit`,
    key: 'cartly',
    token: 'token',
  })
  const [driver, admin] = await Promise.all([secretDriver(running), running.as('admin-gateway')])
  const id = await driver.create()
  const lent = await driver.lent(id)
  service.rotate()
  await admin.request(vault.rewrap, {})
  await eventually(async () => !(await admin.request(vault.describeKeyring, {})).rewrap.running)
  expect((await admin.request(vault.describeKeyring, {})).keys).toEqual([
    { id: 'cartly:v1', state: 'decrypt-only', inUse: 0 },
    { id: 'cartly:v2', state: 'primary', inUse: 1 },
  ])
  service.archiveBefore(2)
  expect(await driver.lent(id)).toEqual(lent)

  await service.stop()

  const away = { kind: 'unavailable', code: 'key_service_unavailable' }
  expect(await driver.lent(id)).toEqual([away.code])
  await expect(driver.create()).rejects.toMatchObject(away)
  await expect(admin.request(vault.describeKeyring, {})).rejects.toMatchObject(away)
  await driver.close()
  await running.stop()
})

describe('rotating a key that is kept elsewhere', () => {
  const keyA = `a:${Buffer.alloc(32, 1).toString('base64')}`
  const keyB = `b:${Buffer.alloc(32, 2).toString('base64')}`
  const keyring = (keys: string, primaryKey: string) => ({ kind: 'environment', keys, primaryKey }) as const
  let running: RunningVault
  beforeAll(async () => {
    running = await runningVault(keyring(keyA, 'a'))
  })
  afterAll(() => running?.stop())

  test('the old key is taken away once it wraps nothing, and not before', async () => {
    const [admin, dispatcher] = await Promise.all([running.as('admin-gateway'), running.as('webhook-dispatcher')])
    const endpointId = newId('whk')
    await dispatcher.request(vault.createWebhookSecret, { storeId, endpointId, signature: 'v1' })
    await running.stopReplicas()
    await expect(running.startReplica(keyring(keyB, 'b'))).rejects.toThrow(/has not got a,/)

    await running.startReplica(keyring(`${keyA},${keyB}`, 'b'))
    await expect(admin.request(vault.addKey, {})).rejects.toMatchObject({ code: 'keyring_elsewhere' })
    await admin.request(vault.rewrap, {})
    await eventually(async () => !(await admin.request(vault.describeKeyring, {})).rewrap.running)
    await running.stopReplicas()

    await running.startReplica(keyring(keyB, 'b'))
    const ask = { storeId, ownerId: endpointId, purpose: 'webhook_secret' as const, reason: 'a spec' }
    const [lease] = await requestLeases(dispatcher, vault.leaseToDispatcher, [ask])
    expect(lease).toMatchObject({ version: 1 })
  })
})
