import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connectorEvents, newId, vault, type ConnectorId, type StoreId } from '@cartly/contracts'
import { createEgress } from '@cartly/egress'
import { createEventStore } from '@cartly/event-store'
import { BusClient } from '@cartly/messaging'
import type { ServiceContext } from '@cartly/service'
import {
  eventually,
  freePort,
  testFolder,
  testNats,
  testPostgres,
  testService,
  type TestNats,
  type TestPostgres,
} from '@cartly/testing'
import { sealToVault } from '@cartly/vault-client'
import { OAuthModule } from '../oauth.module.ts'

/** A refresher in this process, beside a vault in one of its own, on real servers. */
export interface RunningRefresher {
  readonly nats: TestNats
  readonly postgres: TestPostgres
  readonly lines: string[]
  readonly gateway: BusClient
  readonly executor: BusClient
  /** Another replica in this process. */
  startReplica(): Promise<{ close(): Promise<void> }>
  /** A replica in a process of its own, from its build. */
  startProcess(): Promise<{ readonly pid: number; kill(): Promise<void> }>
  /** Ends every replica in this process. */
  stopReplicas(): Promise<void>
  /** Resolves with the next message on a subject, as the gateway sees it. */
  sawMessage(subject: string): Promise<void>
  /** A connector whose service speaks OAuth so, with its client stored in the vault. */
  install(storeId: StoreId, auth: object, client: Record<string, string>): Promise<ConnectorId>
  remove(storeId: StoreId, connectorId: ConnectorId): Promise<void>
  readonly vaultProcess: ServiceProcess
  stop(): Promise<void>
}

export interface RunningRefresherOptions {
  readonly leaseMs?: number
  readonly fetchTimeoutMs?: number
}

export async function runningRefresher(options: RunningRefresherOptions = {}): Promise<RunningRefresher> {
  const { leaseMs = 10_000, fetchTimeoutMs = 5_000 } = options
  const [nats, postgres] = await Promise.all([testNats(), testPostgres()])
  const lines: string[] = []
  const closers: (() => Promise<unknown>)[] = []
  const replicas: (() => Promise<void>)[] = []
  const vaultProcess = await serviceOn('credential-vault', nats, postgres.urls.vault)
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
  await startReplica()

  const registry = await nats.connect('connector-registry')
  const registryLog = createEventStore({
    nc: registry,
    js: jetstream(registry),
    jsm: await jetstreamManager(registry, { checkAPI: false }),
  })
  const gatewayConnection = await nats.connect('admin-gateway')
  const gateway = new BusClient(gatewayConnection, 'admin-gateway')
  const sequences = new Map<ConnectorId, number>()

  return {
    nats,
    postgres,
    lines,
    gateway,
    executor: new BusClient(await nats.connect('hook-executor'), 'hook-executor'),
    startReplica,
    async stopReplicas() {
      for (const close of replicas.splice(0)) await close()
    },
    async sawMessage(subject) {
      const subscription = gatewayConnection.subscribe(subject, { max: 1 })
      await gatewayConnection.flush()
      return (async () => {
        await subscription[Symbol.asyncIterator]().next()
      })()
    },
    async startProcess() {
      const service = await serviceOn('oauth-refresher', nats, postgres.urls.oauth, {
        EGRESS_ALLOWED_NETWORKS: '127.0.0.0/8',
        REFRESH_LEASE_MS: String(leaseMs),
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

interface ServiceProcess {
  start(): Promise<ChildProcess>
  stop(): Promise<void>
}

async function serviceOn(
  name: 'credential-vault' | 'oauth-refresher',
  nats: TestNats,
  databaseUrl: string,
  more: Record<string, string> = {},
): Promise<ServiceProcess> {
  const { user, pass } = nats.credentials[name]
  const port = await freePort()
  const env = {
    PATH: process.env['PATH'],
    NATS_URL: nats.url,
    NATS_USER: user,
    NATS_PASSWORD: pass,
    HEALTH_PORT: String(port),
    DATABASE_URL: databaseUrl,
    CARTLY_DATA_DIR: testFolder(name),
    ...more,
  }
  const program = fileURLToPath(new URL(`../../../${name}/dist/main.js`, import.meta.url))
  let child: ChildProcess | undefined
  return {
    async start() {
      child = spawn(process.execPath, [program], {
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      await eventually(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok)
      return child
    },
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
