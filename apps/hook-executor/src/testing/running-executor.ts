import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import {
  compileSchema,
  connectorEvents,
  executionSubject,
  ExecutionRecorded,
  InvokeReply,
  invokeSubject,
  newId,
  type ConnectorEvent,
  type ConnectorId,
  type InvokeRequest,
  type StoreEvent,
  type StoreId,
} from '@cartly/contracts'
import { createEgress } from '@cartly/egress'
import { createEventStore, type Bus } from '@cartly/event-store'
import { BusClient } from '@cartly/messaging'
import { compileTemplate, loadCatalog, type Catalog } from '@cartly/templates'
import {
  eventually,
  freePort,
  testNats,
  testPostgres,
  testService,
  type TestNats,
  type TestPostgres,
} from '@cartly/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import { ExecutorModule } from '../executor.module.ts'
import { startFakeVault, type FakeVault } from './fake-vault.ts'

/** Everything around an executor: real servers, and a vault of ours. */
export interface RunningExecutor {
  readonly nats: TestNats
  readonly postgres: TestPostgres
  readonly vault: FakeVault
  /** Every line it has logged. */
  readonly lines: string[]
  /** As the gateway or the registry would ask. */
  readonly client: BusClient
  /** An executor in this process; `close` ends it as a service would. */
  startReplica(): Promise<{ close(): Promise<void> }>
  /** An executor as a process of its own, from its build. */
  startProcess(): Promise<ExecutorProcess>
  /** Says on the log that a connector was installed, with an API key, and activated unless said otherwise. */
  install(options: InstallOptions): Promise<ConnectorId>
  /** Says that more happened to a connector; gives the sequence. */
  record(connectorId: ConnectorId, ...events: ConnectorEvent[]): Promise<number>
  /** Asks as the store platform does. */
  invoke(storeId: StoreId, hook: string, request: InvokeRequest): Promise<InvokeReply>
  publish(storeId: StoreId, event: Pick<StoreEvent, 'id' | 'type' | 'data'> & Partial<StoreEvent>): Promise<void>
  /** What was recorded of a connector, oldest first. */
  executions(storeId: StoreId, connectorId: ConnectorId): Promise<ExecutionRecorded[]>
  stop(): Promise<void>
}

export interface ExecutorProcess {
  /** As `kill -9`; resolves when it is gone. */
  kill(): Promise<void>
}

export interface InstallOptions {
  readonly storeId: StoreId
  readonly baseUrl?: string
  /** A template of the catalogue, `shippo` unless a definition is given. */
  readonly template?: string
  readonly definition?: unknown
  readonly settings?: Record<string, unknown>
  readonly mappings?: Record<string, unknown>
  readonly active?: boolean
  /** `null` for none. */
  readonly apiKey?: string | null
}

/** The version that connectors of the catalogue can be upgraded to here; nothing differs but the number. */
export const NEXT_VERSION = '99.0.0'

async function testCatalog(): Promise<Catalog> {
  const catalog = await loadCatalog()
  return {
    ...catalog,
    get(slug, version) {
      if (version !== NEXT_VERSION) return catalog.get(slug, version)
      const entry = catalog.get(slug)
      if (!entry) return undefined
      const { icon, samples, file } = entry
      const compiled = compileTemplate({ ...entry.definition, version })
      return { ...compiled, slug, version, icon, samples, file, check: () => undefined }
    },
  }
}

const recorded = compileSchema(ExecutionRecorded)
const invokeReply = compileSchema(InvokeReply)

/** With one executor, in this process. */
export async function runningExecutor(): Promise<RunningExecutor> {
  const engine = await withoutExecutor()
  await engine.startReplica()
  return engine
}

export async function withoutExecutor(): Promise<RunningExecutor> {
  const [nats, postgres, catalog] = await Promise.all([testNats(), testPostgres(), testCatalog()])
  const lines: string[] = []
  const closers: (() => Promise<unknown>)[] = []

  const startReplica = async () => {
    const replica = await testService(
      nats,
      'hook-executor',
      (context) =>
        ExecutorModule.create(context, {
          databaseUrl: postgres.urls.executor,
          catalog,
          egress: createEgress({ allowedNetworks: ['127.0.0.0/8'], connectionsPerOrigin: 256 }),
          propagateTrace: true,
        }),
      lines,
    )
    closers.push(() => replica.stop())
    return { close: () => replica.stop() }
  }

  const startProcess = async (): Promise<ExecutorProcess> => {
    const healthPort = await freePort()
    const { user, pass } = nats.credentials['hook-executor']
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist/main.js')], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        NATS_URL: nats.url,
        NATS_USER: user,
        NATS_PASSWORD: pass,
        HEALTH_PORT: String(healthPort),
        DATABASE_URL: postgres.urls.executor,
        EGRESS_ALLOWED_NETWORKS: '127.0.0.0/8',
        LOG_LEVEL: 'error',
      },
    })
    const gone = once(child, 'exit')
    const kill = async (): Promise<void> => {
      child.kill('SIGKILL')
      await gone
    }
    closers.push(kill)
    await eventually(async () => (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).ok, { withinMs: 60_000 })
    return { kill }
  }

  const [vaultConnection, gateway, platform, registry] = await Promise.all([
    nats.connect('credential-vault'),
    nats.connect('admin-gateway'),
    nats.connect('store-platform'),
    nats.connect('connector-registry'),
  ])
  const vault = startFakeVault(vaultConnection)
  await vaultConnection.flush()

  const registryBus = await busOf(registry)
  const log = createEventStore(registryBus)
  const heads = new Map<ConnectorId, { storeId: StoreId; sequence: number; revision: number }>()
  const record: RunningExecutor['record'] = async (connectorId, ...events) => {
    const head = heads.get(connectorId)!
    const { sequence } = await log.append(connectorEvents, connectorId, {
      events,
      storeId: head.storeId,
      revision: ++head.revision,
      expectedSequence: head.sequence,
      commandId: `${connectorId}-${head.revision}`,
      actor: 'user:merchant',
      time: new Date().toISOString(),
    })
    head.sequence = sequence
    return sequence
  }

  return {
    nats,
    postgres,
    vault,
    lines,
    client: new BusClient(gateway, 'admin-gateway'),
    startReplica,
    startProcess,
    record,
    async install({
      storeId,
      baseUrl,
      template = 'shippo',
      definition,
      settings = {},
      mappings = {},
      active = true,
      apiKey,
    }) {
      const connectorId = newId('conn')
      heads.set(connectorId, { storeId, sequence: 0, revision: 0 })
      const pinned = catalog.get(template)
      const events: ConnectorEvent[] = [
        {
          type: 'ConnectorInstalled',
          data: {
            connectorId,
            storeId,
            name: 'Connector',
            template: definition ? null : { slug: template, version: pinned!.version },
            definition: definition ?? null,
            settings,
            endpoints: baseUrl ? { baseUrl } : {},
            mappings,
            at: new Date().toISOString(),
          },
        },
        ...(active ? [{ type: 'ConnectorActivated', data: {} } as const] : []),
      ]
      if (apiKey !== null) {
        vault.credentials.set(`${connectorId} connector`, {
          version: 1,
          values: { apiKey: apiKey ?? 'shippo_test_0123456789' },
        })
      }
      await record(connectorId, ...events)
      return connectorId
    },
    async invoke(storeId, hook, request) {
      const timeout = (request.deadlineMs ?? 3_000) + 2_000
      const reply = await platform.request(invokeSubject(storeId, hook), JSON.stringify(request), { timeout })
      return invokeReply.parse(reply.json(), `The reply ${reply.string()}`)
    },
    async publish(storeId, event) {
      const whole = { specversion: '1.0', source: 'https://platform.test', ...event }
      const traced = headers()
      await jetstream(platform).publish(`store.${storeId}.${event.type}`, JSON.stringify(whole), {
        msgID: event.id,
        headers: traced,
      })
    },
    async executions(storeId, connectorId) {
      const subject = executionSubject(storeId, connectorId)
      const { state } = await registryBus.jsm.streams.info('ACTIVITY', { subjects_filter: subject })
      if (!state.subjects?.[subject]) return []
      const facts: ExecutionRecorded[] = []
      const stored = await registryBus.jsm.direct.getBatch('ACTIVITY', { seq: 1, batch: 1_000, next_by_subj: subject })
      for await (const message of stored) facts.push(recorded.parse(message.json(), 'The fact'))
      return facts
    },
    async stop() {
      for (const close of closers.toReversed()) await close()
      await nats.stop()
      await postgres.stop()
    },
  }
}

async function busOf(nc: NatsConnection): Promise<Bus> {
  return { nc, js: jetstream(nc), jsm: await jetstreamManager(nc, { checkAPI: false }) }
}
