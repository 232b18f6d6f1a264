import { cp, rename, rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { vault, type StoreId } from '@cartly/contracts'
import { eventually } from '@cartly/testing'
import { sealToVault } from '@cartly/vault-client'
import { Client } from 'pg'
import { heldUp, hold, secretDriver, type SecretDriver } from './testing/secret-driver.ts'
import { runningVault, type RunningVault, type VaultProcess } from './testing/running-vault.ts'

/** Puts it back, and starts the vault; when told, with a read model that cannot catch up until it is released. */
type Restore = (until?: 'up') => Promise<undefined | (() => Promise<void>)>

const secret = expect.stringMatching(/^whsec_/)

describe('a backup of Postgres that is put back', () => {
  let running: RunningVault
  let driver: SecretDriver
  let process: VaultProcess
  let session: Client
  beforeAll(async () => {
    running = await runningVault()
    await running.stopReplicas()
    driver = await secretDriver(running)
    session = new Client({ connectionString: running.postgres.urls.vault })
    await session.connect()
    process = await running.startProcess()
  }, 60_000)
  afterAll(async () => {
    await session?.end()
    await driver?.close()
    await running?.stop()
  })

  const tables = async (schema: string): Promise<string[]> => {
    const { rows } = await session.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables
       WHERE table_schema = $1 AND table_type = 'BASE TABLE' ORDER BY table_name`,
      [schema],
    )
    return rows.map(({ name }) => name)
  }
  /** The whole schema as it is now, with nobody writing; gives what puts it back. */
  const backup = async (): Promise<Restore> => {
    await process.kill()
    const names = await tables('vault')
    for (const name of names) await session.query(`CREATE TEMP TABLE "kept_${name}" AS TABLE vault."${name}"`)
    process = await running.startProcess()
    return async (until) => {
      await process.kill()
      await session.query(`TRUNCATE ${names.map((name) => `vault."${name}"`).join()}`)
      // What is referred to comes first.
      const order = names.toSorted((a, b) => Number(b === 'wrapping_key') - Number(a === 'wrapping_key'))
      for (const name of order) await session.query(`INSERT INTO vault."${name}" TABLE "kept_${name}"`)
      for (const name of names) await session.query(`DROP TABLE "kept_${name}"`)
      const release =
        until === 'up' ? await hold(running.postgres.urls.vault, 'credential_state', 'writers') : undefined
      process = await running.startProcess(until)
      return release
    }
  }

  test('brings no deleted or replaced secret back, and says which newer ones are lost', async () => {
    const [kept, deleted, replaced] = [await driver.create(), await driver.create(), await driver.create()]
    const [before] = await driver.lent(kept)
    const restore = await backup()
    const newer = await driver.create()
    await driver.delete(deleted)
    await driver.replace(replaced)

    await restore()

    expect(await driver.lent(kept, deleted, replaced, newer)).toEqual([before, 'not_found', 'unopenable', 'unopenable'])
    expect(await driver.rowsOf(deleted)).toEqual([])
    expect(await driver.rowsOf(replaced)).toEqual([])
    await driver.replace(replaced)
    expect(await driver.lent(replaced)).toEqual([secret])
  }, 60_000)

  test('is not lent from before the log has been read on', async () => {
    const deleted = await driver.create()
    const restore = await backup()
    await driver.delete(deleted)

    const release = await restore('up')

    await eventually(async () => (await (await process.readiness()).text()).includes('starting'))
    await eventually(async () => (await heldUp(driver.database)) > 0)
    await expect(driver.lent(deleted)).rejects.toMatchObject({ kind: 'unavailable' })
    await release!()
    expect(await eventually(() => driver.lent(deleted))).toEqual(['not_found'])
  }, 60_000)

  test('from before a key was destroyed opens nothing that was under it', async () => {
    const id = await driver.create()
    const admin = await running.as('admin-gateway')
    await admin.request(vault.sealingKey, {})
    const restore = await backup()
    const { keys } = await admin.request(vault.describeKeyring, {})
    const old = keys.find(({ state }) => state === 'primary')!.id
    const { keyId } = await admin.request(vault.addKey, {})
    await admin.request(vault.promoteKey, { keyId })
    await admin.request(vault.rewrap, {})
    await eventually(async () => !(await admin.request(vault.describeKeyring, {})).rewrap.running)
    await admin.request(vault.destroyKey, { keyId: old })

    await restore()

    expect(await driver.lent(id)).toEqual(['unopenable'])
    await driver.replace(id)
    expect(await driver.lent(id)).toEqual([secret])
    const headers = { storeId: 'store-1' as StoreId, ownerId: id, purpose: 'webhook_headers' } as const
    const sealed = await sealToVault(admin, headers, { A: 'a' })
    const put = { storeId: headers.storeId, endpointId: id, names: ['A'], sealed }
    expect(await driver.dispatcher.request(vault.putWebhookHeaders, put)).toEqual({ version: 1 })
  }, 60_000)
})

describe('a backup of the stream that is put back', () => {
  let running: RunningVault
  let driver: SecretDriver
  beforeAll(async () => {
    running = await runningVault()
    await running.stopReplicas()
    driver = await secretDriver(running)
  }, 60_000)
  afterAll(async () => {
    await driver?.close()
    await running?.stop()
  })

  test('brings no deleted secret back: not as it is, and not when the read models are built from it', async () => {
    const { nats } = running
    let process = await running.startProcess()
    const deleted = await driver.create()
    await eventually(async () => (await driver.rowsOf(deleted)).length === 1)
    const files = `${nats.dataDir}.backup`
    await nats.server.stop()
    await cp(nats.dataDir, files, { recursive: true })
    await nats.restart()
    await eventually(() => driver.delete(deleted))
    await eventually(() => driver.isShredded(deleted))
    await process.kill()

    await nats.server.stop()
    await rm(nats.dataDir, { recursive: true })
    await rename(files, nats.dataDir)
    await nats.restart()
    expect(await eventually(() => driver.stateOf(deleted))).toMatchObject({ status: 'stored' })
    process = await running.startProcess('up')
    await eventually(async () => (await (await process.readiness()).text()).includes('behind what was read from it'))
    expect(await eventually(() => driver.lent(deleted))).toEqual(['not_found'])
    await process.kill()

    await forgetReadModels()
    process = await running.startProcess()
    expect(await driver.lent(deleted)).toEqual(['unopenable'])
    await process.kill()
  }, 90_000)

  /** The next start builds them anew, from the older log. */
  const forgetReadModels = async (): Promise<void> => {
    await driver.database.query('DROP VIEW credential_state, connector')
    await driver.database.query('DROP TABLE credential_state_g1, connector_g1')
    await driver.database.query('DELETE FROM checkpoint')
  }
})
