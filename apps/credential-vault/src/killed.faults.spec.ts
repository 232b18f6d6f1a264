import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { newId, vault, type CredentialId, type EndpointId, type StoreId } from '@cartly/contracts'
import { eventually } from '@cartly/testing'
import { createDataSource } from '@cartly/read-model'
import { sealEnvelope } from './domain/envelope.ts'
import { FileKeyring } from './keyring/file-keyring.ts'
import { DataKeys } from './storage/data-keys.ts'
import { heldUp, hold, secretDriver, type SecretDriver } from './testing/secret-driver.ts'
import { runningVault, type RunningVault, type VaultProcess } from './testing/running-vault.ts'

/** The vault's own process, killed between any two steps of what it does. Steps are held open by locks in Postgres. */
let running: RunningVault
let driver: SecretDriver
let victim: VaultProcess
beforeAll(async () => {
  running = await runningVault()
  await running.stopReplicas()
  driver = await secretDriver(running)
  victim = await running.startProcess()
}, 60_000)
afterAll(async () => {
  await driver?.close()
  await running?.stop()
})

const holdUp = (table: string, from: 'writers' | 'all' = 'writers') => hold(running.postgres.urls.vault, table, from)
const somebodyWaits = () => eventually(async () => (await heldUp(driver.database)) > 0)
const restart = async (): Promise<void> => {
  await victim.kill()
  victim = await running.startProcess()
}
/** Whoever asks here loses the one who would have answered. */
const unanswered = (asked: Promise<unknown>): Promise<unknown> => asked.catch(() => undefined)

/** A secret whose policies have been carried out, so that none of them is held up with what follows. */
const settled = async (): Promise<EndpointId> => {
  const id = await driver.create()
  await eventually(async () => {
    const { rows } = await driver.database.query('SELECT confirmed FROM data_key WHERE owner_id = $1', [id])
    return rows[0]?.confirmed === true
  })
  return id
}

describe('killed while it deletes', () => {
  test('behind the request, it destroys the key and confirms', async () => {
    const id = await settled()
    const release = await holdUp('data_key')
    const asked = unanswered(driver.delete(id))
    await somebodyWaits()
    expect((await driver.stateOf(id)).status).toBe('deleting')
    await victim.kill()
    await release()
    expect(await driver.rowsOf(id)).toEqual([1])

    victim = await running.startProcess()
    await eventually(() => driver.isShredded(id))
    expect(await driver.lent(id)).toEqual(['not_found'])
    await asked
  })

  test('behind the destruction of the key, it confirms', async () => {
    const id = await settled()
    const releaseKeys = await holdUp('data_key')
    const asked = unanswered(driver.delete(id))
    await somebodyWaits()
    const releaseState = await holdUp('credential_state', 'all')
    await releaseKeys()
    await eventually(async () => (await driver.rowsOf(id)).length === 0)
    await somebodyWaits()
    expect((await driver.stateOf(id)).status).toBe('deleting')
    await victim.kill()
    await releaseState()

    victim = await running.startProcess()
    await eventually(() => driver.isShredded(id))
    expect(await driver.lent(id)).toEqual(['not_found'])
    await asked
  })

  test('behind the tombstone, it gives out the next version', async () => {
    const id = await settled()
    const asked = unanswered(driver.delete(id))
    await eventually(async () => (await driver.stateOf(id)).status === 'shredded', { everyMs: 1 })
    await restart()
    expect(await driver.isShredded(id)).toBe(true)
    await asked
    await driver.replace(id)
    expect(await driver.stateOf(id)).toMatchObject({ status: 'stored', version: 2 })
  })

  test('anywhere, again and again: what was asked for is done, and nothing else', async () => {
    const ids: EndpointId[] = []
    for (let round = 0; round < 5; round++) {
      const some = await Promise.all(Array.from({ length: 5 }, settled))
      ids.push(...some)
      const asked = some.map((id) => unanswered(driver.delete(id)))
      await delay(randomInt(60))
      await restart()
      await Promise.all(asked)
    }
    for (const id of ids) {
      const { status } = await driver.stateOf(id)
      if (status === 'stored') {
        expect(await driver.rowsOf(id)).toEqual([1])
        expect(await driver.lent(id)).toEqual([expect.stringMatching(/^whsec_/)])
      } else {
        await eventually(() => driver.isShredded(id))
        expect(await driver.lent(id)).toEqual(['not_found'])
      }
    }
  }, 120_000)
})

describe('killed while it seals', () => {
  test('before the event, the row counts for nothing, is replaced when asked again, and swept when not', async () => {
    const [again, abandoned] = [await settled(), await settled()]
    const releaseKeys = await holdUp('data_key')
    const asked = [again, abandoned].map((id) => unanswered(driver.replace(id, `replace ${id}`)))
    await eventually(async () => (await heldUp(driver.database)) >= 2)
    const releaseState = await holdUp('credential_state', 'all')
    await releaseKeys()
    await eventually(async () => (await heldUp(driver.database)) >= 2)
    await victim.kill()
    await releaseState()
    expect(await driver.rowsOf(again)).toEqual([1, 2])
    const before = await driver.stateOf(again)
    expect(before).toMatchObject({ status: 'stored', version: 1 })
    await driver.database.query(
      "UPDATE data_key SET created_at = now() - interval '1 hour' WHERE owner_id = $1 AND version = 2",
      [abandoned],
    )

    victim = await running.startProcess()
    await driver.replace(again, `replace ${again}`)
    expect(await driver.lent(again)).toEqual([expect.stringMatching(/^whsec_/)])
    await eventually(async () => String(await driver.rowsOf(again)) === '2')
    await eventually(async () => String(await driver.rowsOf(abandoned)) === '1')
    expect(await driver.lent(abandoned)).toEqual([expect.stringMatching(/^whsec_/)])
    await Promise.all(asked)
  })

  test('behind the event, it lends the new version and destroys the key of the old one', async () => {
    const id = await settled()
    const [old] = await driver.lent(id)
    const releaseInsert = await holdUp('data_key')
    const asked = unanswered(driver.replace(id))
    await somebodyWaits()
    const releaseState = await holdUp('credential_state', 'all')
    await releaseInsert()
    await somebodyWaits()
    const releaseConfirm = await holdUp('data_key')
    await releaseState()
    await eventually(async () => (await driver.stateOf(id)).version === 2)
    await somebodyWaits()
    await victim.kill()
    await releaseConfirm()
    expect(await driver.rowsOf(id)).toEqual([1, 2])

    victim = await running.startProcess()
    await eventually(async () => String(await driver.rowsOf(id)) === '2')
    const [lent] = await driver.lent(id)
    expect(lent).toMatch(/^whsec_/)
    expect(lent).not.toBe(old)
    await asked
  })
})

describe('killed while it rotates the keyring', () => {
  const keyring = async () => (await running.as('admin-gateway')).request(vault.describeKeyring, {})

  /** Data keys as so many credentials would have, beside those that can be asked for. */
  const seed = async (count: number): Promise<void> => {
    const keys = await FileKeyring.open(join(running.dataDir, 'vault-keyring.json'))
    const dataSource = createDataSource({ url: running.postgres.urls.vault, schema: 'vault' })
    await dataSource.initialize()
    const dataKeys = new DataKeys(dataSource)
    for (let n = 0; n < count; n++) {
      const subject = {
        storeId: 'store-1' as StoreId,
        ownerId: newId('conn'),
        credentialId: newId('cred') as CredentialId,
        version: 1,
        purpose: 'connector' as const,
      }
      await dataKeys.insert(subject, await sealEnvelope(keys, subject, Buffer.from('{}')))
    }
    await driver.database.query('UPDATE data_key SET confirmed = true WHERE NOT confirmed')
    await dataSource.destroy()
  }

  test('in the middle of wrapping anew, it goes on by itself; the old key can be destroyed then, and not before', async () => {
    await seed(4_000)
    const ids = await Promise.all(Array.from({ length: 20 }, settled))
    const before = await driver.lent(...ids)
    const admin = await running.as('admin-gateway')
    const old = (await keyring()).keys.find(({ state }) => state === 'primary')!.id
    const { keyId } = await admin.request(vault.addKey, {})
    await admin.request(vault.promoteKey, { keyId })
    await admin.request(vault.rewrap, {})
    await victim.kill()
    const { rows } = await driver.database.query(
      'SELECT count(*)::integer AS n FROM data_key WHERE wrapping_key_id = $1',
      [old],
    )
    expect(rows[0].n).toBeGreaterThan(0)

    victim = await running.startProcess()
    expect(await driver.lent(...ids)).toEqual(before)
    await eventually(async () => (await keyring()).rewrap.running === false)
    expect((await keyring()).rewrap.remaining).toBe(0)
    await admin.request(vault.destroyKey, { keyId: old })
    await restart()
    expect(await driver.lent(...ids)).toEqual(before)
    expect((await keyring()).keys.find(({ id }) => id === old)).toEqual({ id: old, state: 'destroyed', inUse: 0 })
  }, 60_000)

  test('anywhere, again and again: every secret opens', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, settled))
    const before = await driver.lent(...ids)
    const admin = await running.as('admin-gateway')
    const rotate = async (): Promise<void> => {
      const { keys } = await keyring()
      const { keyId } = await admin.request(vault.addKey, {})
      await admin.request(vault.promoteKey, { keyId })
      await admin.request(vault.rewrap, {})
      await eventually(async () => (await keyring()).rewrap.running === false)
      for (const { id, state } of keys) if (state !== 'destroyed') await admin.request(vault.destroyKey, { keyId: id })
    }
    for (let round = 0; round < 6; round++) {
      const rotating = unanswered(rotate())
      await delay(randomInt(300))
      await restart()
      await rotating
      expect(await driver.lent(...ids)).toEqual(before)
    }
    await eventually(async () => (await keyring()).rewrap.running === false)
    await rotate()
    expect(await driver.lent(...ids)).toEqual(before)
    const { keys, rewrap } = await keyring()
    expect(rewrap).toEqual({ running: false, remaining: 0 })
    expect(keys.filter(({ state }) => state !== 'destroyed')).toEqual([expect.objectContaining({ state: 'primary' })])
  }, 120_000)
})
