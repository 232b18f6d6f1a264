import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connectorEvents, newId, type ConnectorId, type StoreId } from '@cartly/contracts'
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
import type { KeyringSettings } from '../keyring/keyring-settings.ts'
import { openKeyring } from '../keyring/open-keyring.ts'
import type { SpecOf } from '../queries/connector-directory.ts'
import { VaultModule } from '../vault.module.ts'

/** A vault in this process, on real servers. */
export interface RunningVault {
  readonly nats: TestNats
  readonly postgres: TestPostgres
  readonly dataDir: string
  /** Every line it has logged. */
  readonly lines: string[]
  /** Asks as one of the users. */
  as(user: keyof TestNats['credentials']): Promise<BusClient>
  /** Another replica, on the same servers; `close` ends it as a service would. It has the keyring file unless told. */
  startReplica(keyring?: KeyringSettings): Promise<{ close(): Promise<void> }>
  /** A replica as a process of its own, from its build, with the keyring file; resolves when it is ready, or only up. */
  startProcess(until?: 'ready' | 'up'): Promise<VaultProcess>
  /** Ends every replica. */
  stopReplicas(): Promise<void>
  /** Says that a connector was installed, as the registry would: with a definition that has these settings. */
  install(storeId: StoreId, definition: unknown): Promise<ConnectorId>
  remove(storeId: StoreId, connectorId: ConnectorId): Promise<void>
  stop(): Promise<void>
}

export interface VaultProcess {
  /** As `kill -9`; resolves when it is gone. */
  kill(): Promise<void>
  /** What `/readyz` says. */
  readiness(): Promise<Response>
}

/** What a definition in these specs says about its credential: `{ kind, fields }`, taken as it is. */
const specOf: SpecOf = ({ definition }) => definition as ReturnType<SpecOf>

/** @param first the keyring of its first replica; a file, unless told */
export async function runningVault(first?: KeyringSettings): Promise<RunningVault> {
  const [nats, postgres] = await Promise.all([testNats(), testPostgres()])
  const dataDir = testFolder('vault')
  const lines: string[] = []
  const replicas: (() => Promise<unknown>)[] = []
  const file: KeyringSettings = { kind: 'file', path: join(dataDir, 'vault-keyring.json') }

  const startReplica = async (keyring: KeyringSettings = file) => {
    const databaseUrl = postgres.urls.vault
    const wire = (context: ServiceContext) =>
      VaultModule.create(context, {
        databaseUrl,
        openKeyring: (inUse) => openKeyring(keyring, inUse, fetch),
        specOf,
        leaseMs: 60_000,
      })
    const { stop } = await testService(nats, 'credential-vault', wire, lines)
    replicas.push(stop)
    return { close: stop }
  }
  const stopReplicas = async (): Promise<void> => {
    for (const close of replicas.splice(0).toReversed()) await close()
  }
  await startReplica(first)

  const startProcess = async (until = 'ready'): Promise<VaultProcess> => {
    const port = await freePort()
    const { user, pass } = nats.credentials['credential-vault']
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/main.js')], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        NATS_URL: nats.url,
        NATS_USER: user,
        NATS_PASSWORD: pass,
        HEALTH_PORT: String(port),
        DATABASE_URL: postgres.urls.vault,
        CARTLY_DATA_DIR: dataDir,
      },
    })
    const gone = once(child, 'exit')
    const kill = async (): Promise<void> => {
      child.kill('SIGKILL')
      await gone
    }
    replicas.push(kill)
    const readiness = () => fetch(`http://127.0.0.1:${port}/readyz`)
    await eventually(async () => (await readiness()).ok || until === 'up', { withinMs: 30_000 })
    return { kill, readiness }
  }

  const registry = await nats.connect('connector-registry')
  const registryLog = createEventStore({
    nc: registry,
    js: jetstream(registry),
    jsm: await jetstreamManager(registry, { checkAPI: false }),
  })
  const record = (
    storeId: StoreId,
    id: ConnectorId,
    revision: number,
    expectedSequence: number,
    event: Parameters<typeof registryLog.append<typeof connectorEvents>>[2]['events'][number],
  ) =>
    registryLog.append(connectorEvents, id, {
      events: [event],
      storeId,
      revision,
      expectedSequence,
      commandId: `${id}-${revision}`,
      actor: 'user:merchant',
      time: new Date().toISOString(),
    })
  const sequences = new Map<ConnectorId, number>()

  return {
    nats,
    postgres,
    dataDir,
    lines,
    startReplica,
    startProcess,
    stopReplicas,
    async as(user) {
      const nc = await nats.connect(user)
      return new BusClient(nc, user)
    },
    async install(storeId, definition) {
      const connectorId = newId('conn')
      const { sequence } = await record(storeId, connectorId, 1, 0, {
        type: 'ConnectorInstalled',
        data: {
          connectorId,
          storeId,
          name: 'Connector',
          template: null,
          definition,
          settings: {},
          endpoints: {},
          mappings: {},
          at: new Date().toISOString(),
        },
      })
      sequences.set(connectorId, sequence)
      return connectorId
    },
    async remove(storeId, connectorId) {
      await record(storeId, connectorId, 2, sequences.get(connectorId) as number, {
        type: 'ConnectorRemoved',
        data: {},
      })
    },
    async stop() {
      await stopReplicas()
      await nats.stop()
      await postgres.stop()
    },
  }
}
