import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { credentialEvents, newId, vault, type CredentialEvent, type EndpointId, type StoreId } from '@cartly/contracts'
import { createEventStore, type EventStore } from '@cartly/event-store'
import type { BusClient } from '@cartly/messaging'
import { createDataSource } from '@cartly/read-model'
import { eventually } from '@cartly/testing'
import { requestLeases } from '@cartly/vault-client'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { Client } from 'pg'
import { credentialDecider } from './domain/credential.ts'
import { credentialIdOf } from './domain/credential-id.ts'
import { Housekeeping } from './policies/housekeeping.ts'
import { DataKeys } from './storage/data-keys.ts'
import { runningVault, type RunningVault } from './testing/running-vault.ts'

const storeId = 'store-1' as StoreId

describe('shredding', () => {
  let running: RunningVault
  let dispatcher: BusClient
  let database: Client
  let log: EventStore
  beforeAll(async () => {
    running = await runningVault()
    dispatcher = await running.as('webhook-dispatcher')
    database = new Client({ connectionString: running.postgres.urls.vault })
    await database.connect()
    const nc = await running.nats.connect('credential-vault')
    log = createEventStore({ nc, js: jetstream(nc), jsm: await jetstreamManager(nc, { checkAPI: false }) })
  })
  afterAll(async () => {
    await database?.end()
    await running?.stop()
  })

  const idOf = (ownerId: EndpointId) => credentialIdOf({ storeId, ownerId, purpose: 'webhook_secret' })
  const create = async (): Promise<EndpointId> => {
    const endpointId = newId('whk')
    await dispatcher.request(vault.createWebhookSecret, { storeId, endpointId, signature: 'v1' })
    return endpointId
  }
  const stateOf = (id: EndpointId) => log.loadState(credentialDecider, credentialEvents, idOf(id))
  /** As a vault that dies at once after this event. */
  const append = async (id: EndpointId, event: CredentialEvent): Promise<void> => {
    const { sequence, revision } = await stateOf(id)
    await log.append(credentialEvents, idOf(id), {
      events: [event],
      storeId,
      actor: 'user:merchant',
      commandId: newId('msg'),
      time: new Date().toISOString(),
      revision: revision + 1,
      expectedSequence: sequence,
    })
  }
  const rowsOf = async (id: EndpointId): Promise<number> =>
    (await database.query('SELECT FROM data_key WHERE owner_id = $1', [id])).rowCount ?? 0
  const lend = async (id: EndpointId) => {
    const ask = { storeId, ownerId: id, purpose: 'webhook_secret' as const, reason: 'a spec' }
    return (await requestLeases(dispatcher, vault.leaseToDispatcher, [ask]))[0]
  }
  const isShredded = async (id: EndpointId): Promise<boolean> =>
    (await rowsOf(id)) === 0 && (await stateOf(id)).state.status === 'shredded'

  test('goes on after a crash behind the request', async () => {
    const id = await create()
    await append(id, { type: 'CredentialDeletionRequested', data: { reason: 'a spec' } })
    await eventually(() => isShredded(id))
    expect(await lend(id)).toMatchObject({ kind: 'not_found' })
  })

  test('goes on after a crash behind the destruction of the keys', async () => {
    const id = await create()
    await database.query('DELETE FROM data_key WHERE owner_id = $1', [id])
    await append(id, { type: 'CredentialDeletionRequested', data: { reason: 'a spec' } })
    await eventually(() => isShredded(id))
  })

  test('storing and deleting at once stay out of each other’s way', async () => {
    const overlapUntil = new Date(Date.now() + 3_600_000).toISOString()
    const ids = await Promise.all(Array.from({ length: 40 }, create))
    const outcomes = ids.flatMap((endpointId) => [
      dispatcher.request(vault.rotateWebhookSecret, { storeId, endpointId, signature: 'v1', overlapUntil }),
      dispatcher.request(vault.rotateWebhookSecret, { storeId, endpointId, signature: 'v1', overlapUntil }),
      dispatcher.request(vault.deleteWebhookSecret, { storeId, endpointId }),
    ])
    const errors = (await Promise.allSettled(outcomes)).flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as { kind: string }).kind] : [],
    )
    expect(errors.filter((kind) => kind !== 'not_found' && kind !== 'conflict')).toEqual([])
  })

  test('a key that is missing is a loss, and no deletion', async () => {
    const id = await create()
    await database.query('DELETE FROM data_key WHERE owner_id = $1', [id])
    expect(await lend(id)).toMatchObject({ kind: 'internal', code: 'unopenable' })
    expect((await stateOf(id)).state.status).toBe('stored')
  })

  test('a row that comes back from a backup opens for nobody', async () => {
    const id = await create()
    const { rows } = await database.query('SELECT * FROM data_key WHERE owner_id = $1', [id])
    await dispatcher.request(vault.deleteWebhookSecret, { storeId, endpointId: id })
    await eventually(() => isShredded(id))
    await database.query(`INSERT INTO data_key SELECT * FROM jsonb_populate_record(NULL::data_key, $1)`, [
      JSON.stringify({
        ...rows[0],
        wrapped_key: `\\x${rows[0].wrapped_key.toString('hex')}`,
        content: `\\x${rows[0].content.toString('hex')}`,
      }),
    ])
    expect(await lend(id)).toMatchObject({ kind: 'not_found' })
    await dispatcher.request(vault.createWebhookSecret, { storeId, endpointId: id, signature: 'v1' })
    expect(await lend(id)).toMatchObject({ version: 2 })
    await eventually(async () => (await rowsOf(id)) === 1)
  })

  test('ciphertext whose event never came is swept, and no other', async () => {
    const [kept, other] = [await create(), await create()]
    await database.query(
      `INSERT INTO data_key SELECT credential_id, version + 1, 'orphan', store_id, owner_id, purpose, wrapping_key_id,
         wrapped_key, content, now() - interval '1 hour', false FROM data_key WHERE owner_id = $1`,
      [other],
    )
    await database.query(
      "UPDATE data_key SET confirmed = false, created_at = now() - interval '1 hour' WHERE owner_id = $1",
      [kept],
    )
    const dataSource = createDataSource({ url: running.postgres.urls.vault, schema: 'vault' })
    await dataSource.initialize()
    const credentials = { retire: async () => undefined }
    await new Housekeeping({ credentials, dataKeys: new DataKeys(dataSource), log }).run()
    await dataSource.destroy()
    expect([await rowsOf(kept), await rowsOf(other)]).toEqual([1, 1])
    expect(await lend(other)).toMatchObject({ version: 1 })
  })
})
