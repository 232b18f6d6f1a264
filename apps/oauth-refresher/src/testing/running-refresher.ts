import { once } from 'node:events'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connectorEvents, newId, vault, type ConnectorId, type StoreId } from '@cartly/contracts'
import { createEgress } from '@cartly/egress'
import { createEventStore } from '@cartly/event-store'
import { BusClient } from '@cartly/messaging'
import type { ServiceContext } from '@cartly/service'
import { eventually, testNats, testPostgres, testService, type TestNats, type TestPostgres } from '@cartly/testing'
import { sealToVault } from '@cartly/vault-client'
import { Client } from 'pg'
import { OAuthModule } from '../oauth.module.ts'
import { serviceOn, shiftingClock, type Clock, type ServiceProcess } from './service-process.ts'

/** Replicas of the refresher, beside a vault in a process of its own, on real servers. */
export interface RunningRefresher {
  readonly nats: TestNats
  readonly postgres: TestPostgres
  readonly lines: string[]
  readonly gateway: BusClient
  readonly executor: BusClient
  /** A replica in this process. */
  startReplica(): Promise<{ close(): Promise<void> }>
  /** A replica in a process of its own, from its build. */
  startProcess(clock?: Clock): Promise<{ readonly pid: number; kill(): Promise<void> }>
  /** Resolves with the next message on a subject, as this user sees it. */
  sawMessage(subject: string, user?: keyof TestNats['credentials']): Promise<{ readonly seen: Promise<void> }>
  /** Keeps the refresher's replicas from reading how connections are; resolves when it does. */
  holdConnections(): Promise<HeldConnections>
  /** A connector whose service speaks OAuth so, with its client stored in the vault. */
  install(storeId: StoreId, auth: object, client: Record<string, string>): Promise<ConnectorId>
  remove(storeId: StoreId, connectorId: ConnectorId): Promise<void>
  readonly vaultProcess: ServiceProcess
  stop(): Promise<void>
}

export interface RunningRefresherOptions {
  readonly leaseMs?: number
  readonly fetchTimeoutMs?: number
  /** How long the vault lends for. */
  readonly vaultLeaseMs?: number
}

export interface HeldConnections {
  /** Resolves once a replica waits for it. */
  readonly awaited: () => Promise<unknown>
  release(): Promise<void>
}

export async function runningRefresher(options: RunningRefresherOptions = {}): Promise<RunningRefresher> {
  const { leaseMs = 10_000, fetchTimeoutMs = 5_000, vaultLeaseMs = 60_000 } = options
  const [nats, postgres] = await Promise.all([testNats(), testPostgres()])
  const lines: string[] = []
  const closers: (() => Promise<unknown>)[] = []
  const replicas: (() => Promise<void>)[] = []
  const vaultProcess = await serviceOn('credential-vault', nats, postgres.urls.vault, {
    LEASE_MS: String(vaultLeaseMs),
  })
  await vaultProcess.start()

  const startReplica = async () => {
    const wire = (context: ServiceContext) =>
      OAuthModule.create(context, {
        databaseUrl: postgres.urls.oauth,
        catalog: { list: () => [], get: () => undefined, versions: () => [] },
        egress: createEgress({ allowedNetworks: ['127.0.0.0/8'], fetchTimeoutMs }),
        leaseMs,
      })
    const { stop } = await testService(nats, 'oauth-refresher', wire, lines)
    replicas.push(stop)
    return { close: stop }
  }

  const registry = await nats.connect('connector-registry')
  const registryLog = createEventStore({
    nc: registry,
    js: jetstream(registry),
    jsm: await jetstreamManager(registry, { checkAPI: false }),
  })
  const gateway = new BusClient(await nats.connect('admin-gateway'), 'admin-gateway')
  const sequences = new Map<ConnectorId, number>()

  return {
    nats,
    postgres,
    lines,
    gateway,
    executor: new BusClient(await nats.connect('hook-executor'), 'hook-executor'),
    startReplica,
    async sawMessage(subject, user = 'admin-gateway') {
      const connection = await nats.connect(user)
      const subscription = connection.subscribe(subject, { max: 1 })
      await connection.flush()
      return {
        seen: subscription[Symbol.asyncIterator]()
          .next()
          .then(() => undefined),
      }
    },
    async holdConnections() {
      const client = new Client({ connectionString: postgres.urls.oauth })
      await client.connect()
      await client.query('BEGIN')
      await client.query('LOCK TABLE oauth.connection_state IN ACCESS EXCLUSIVE MODE')
      return {
        awaited: () =>
          eventually(
            async () => {
              // Within a transaction, what was seen first would be seen again.
              await client.query('SELECT pg_stat_clear_snapshot()')
              const { rows } = await client.query(
                `SELECT 1 FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM connection_state%'`,
              )
              return rows.length > 0
            },
            { withinMs: 30_000 },
          ),
        release: () => client.end(),
      }
    },
    async startProcess(clock) {
      const service = await serviceOn('oauth-refresher', nats, postgres.urls.oauth, {
        EGRESS_ALLOWED_NETWORKS: '127.0.0.0/8',
        REFRESH_LEASE_MS: String(leaseMs),
        TOKEN_REQUEST_TIMEOUT_MS: String(fetchTimeoutMs),
        ...(clock ? { NODE_OPTIONS: `--import=${shiftingClock(clock)}` } : {}),
      })
      const child = await service.start()
      closers.push(() => service.stop())
      return {
        pid: child.pid as number,
        async kill() {
          child.kill('SIGKILL')
          if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
        },
      }
    },
    vaultProcess,
    async install(storeId, auth, client) {
      const connectorId = newId('conn')
      const data = {
        connectorId,
        storeId,
        name: 'Connector',
        template: null,
        definition: { name: 'Harbor', auth },
        settings: {},
        endpoints: {},
        mappings: {},
        at: new Date().toISOString(),
      }
      const { sequence } = await registryLog.append(connectorEvents, connectorId, {
        ...draft(storeId, 1, 0),
        events: [{ type: 'ConnectorInstalled', data }],
      })
      sequences.set(connectorId, sequence)
      const sealed = await sealToVault(gateway, { storeId, ownerId: connectorId, purpose: 'connector' }, client)
      await gateway.request(vault.putCredentials, { storeId, connectorId, sealed })
      return connectorId
    },
    async remove(storeId, connectorId) {
      await registryLog.append(connectorEvents, connectorId, {
        ...draft(storeId, 2, sequences.get(connectorId) as number),
        events: [{ type: 'ConnectorRemoved', data: {} }],
      })
    },
    async stop() {
      for (const close of [...replicas, ...closers]) await close()
      await vaultProcess.stop()
      await nats.stop()
      await postgres.stop()
    },
  }
}

const draft = (storeId: StoreId, revision: number, expectedSequence: number) => ({
  storeId,
  revision,
  expectedSequence,
  commandId: newId('msg'),
  actor: 'user:merchant' as const,
  time: new Date().toISOString(),
})
