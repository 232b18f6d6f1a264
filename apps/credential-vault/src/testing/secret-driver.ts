import { credentialEvents, newId, vault, type CredentialId, type EndpointId, type StoreId } from '@cartly/contracts'
import { createEventStore, type EventStore } from '@cartly/event-store'
import type { BusClient } from '@cartly/messaging'
import { requestLeases } from '@cartly/vault-client'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { Client, Pool } from 'pg'
import { credentialIdOf } from '../domain/credential-id.ts'
import { credentialDecider, type CredentialState } from '../domain/credential.ts'
import type { RunningVault } from './running-vault.ts'

const storeId = 'store-1' as StoreId
const keyOf = (ownerId: EndpointId) => ({ storeId, ownerId, purpose: 'webhook_secret' as const })

/** Webhook secrets of one store, and where they can be looked at: the credentials that ask for no connector. */
export interface SecretDriver {
  readonly dispatcher: BusClient
  readonly database: Pool
  readonly log: EventStore
  /** A new endpoint's secret. */
  create(): Promise<EndpointId>
  /** A new version in the place of the one before. */
  replace(endpointId: EndpointId, commandId?: string): Promise<unknown>
  /** Asks for it, and waits for the answer. */
  delete(endpointId: EndpointId): Promise<unknown>
  /** What is lent now: the secret, or the code of the refusal. */
  lent(...endpointIds: EndpointId[]): Promise<(string | undefined)[]>
  /** What the log says. */
  stateOf(endpointId: EndpointId): Promise<CredentialState>
  /** The versions that there are data keys of. */
  rowsOf(endpointId: EndpointId): Promise<number[]>
  isShredded(endpointId: EndpointId): Promise<boolean>
  close(): Promise<void>
}

export const secretId = (ownerId: EndpointId): CredentialId => credentialIdOf(keyOf(ownerId))

export async function secretDriver({ nats, postgres, as }: RunningVault): Promise<SecretDriver> {
  const dispatcher = await as('webhook-dispatcher')
  const database = new Pool({ connectionString: postgres.urls.vault, max: 4 })
  const nc = await nats.connect('credential-vault')
  const log = createEventStore({ nc, js: jetstream(nc), jsm: await jetstreamManager(nc, { checkAPI: false }) })

  const driver: SecretDriver = {
    dispatcher,
    database,
    log,
    async create() {
      const endpointId = newId('whk')
      await driver.replace(endpointId)
      return endpointId
    },
    replace: (endpointId, commandId) =>
      dispatcher.request(
        vault.createWebhookSecret,
        { storeId, endpointId, signature: 'v1' },
        commandId === undefined ? {} : { commandId },
      ),
    delete: (endpointId) => dispatcher.request(vault.deleteWebhookSecret, { storeId, endpointId }),
    async lent(...endpointIds) {
      const asks = endpointIds.map((endpointId) => ({ ...keyOf(endpointId), reason: 'a spec' }))
      const leases = await requestLeases(dispatcher, vault.leaseToDispatcher, asks)
      return leases.map((lease) => (lease instanceof Error ? lease.code : lease.values['secret']?.reveal()))
    },
    async stateOf(endpointId) {
      return (await log.loadState(credentialDecider, credentialEvents, secretId(endpointId))).state
    },
    async rowsOf(endpointId) {
      const query = 'SELECT version FROM data_key WHERE owner_id = $1 ORDER BY version'
      const { rows } = await database.query<{ version: number }>(query, [endpointId])
      return rows.map(({ version }) => version)
    },
    async isShredded(endpointId) {
      return (await driver.rowsOf(endpointId)).length === 0 && (await driver.stateOf(endpointId)).status === 'shredded'
    },
    close: () => database.end(),
  }
  return driver
}

/** Holds up whoever writes to a table, or reads it too, until released. */
export async function hold(databaseUrl: string, table: string, from: 'writers' | 'all'): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query('BEGIN')
  await client.query(`LOCK TABLE ${table} IN ${from === 'all' ? 'ACCESS EXCLUSIVE' : 'SHARE ROW EXCLUSIVE'} MODE`)
  return () => client.end()
}

/** How many statements wait for a table that is held. */
export async function heldUp(database: Pool): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    `SELECT count(*)::integer AS n FROM pg_locks
     WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return rows[0]!.n
}
