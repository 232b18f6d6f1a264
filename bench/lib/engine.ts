import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Operation, RequestOf, ResponseOf } from '@cartly/contracts'
import {
  databaseRoles,
  eventually,
  freePort,
  natsCredentials,
  newDatabasePasswords,
  newNatsPasswords,
  nodeFlags,
  provisionDatabase,
  provisionRoles,
  provisionStreams,
  roleUrl,
  startNats,
  startPostgres,
  type NatsServer,
  type NatsUser,
  type PostgresServer,
} from '@cartly/launcher'
import { connect, headers, type NatsConnection } from '@nats-io/transport-node'

type Service = keyof typeof databaseRoles

/** A service that runs as a process of its own, from its build. */
export interface RunningService {
  readonly name: Service
  readonly process: ChildProcess
  readonly pid: number
  kill(signal?: NodeJS.Signals): Promise<void>
}

/** NATS, Postgres and services, each a process, in a folder that is thrown away. */
export interface BenchEngine {
  readonly folder: string
  readonly nats: NatsServer
  readonly postgres: PostgresServer
  /** A service's way into the database. */
  databaseUrl(service: Service): string
  start(service: Service, options?: { nodeArgs?: string[]; env?: Record<string, string> }): Promise<RunningService>
  connect(user: NatsUser): Promise<NatsConnection>
  /** A request as the gateway sends it. */
  ask<O extends Operation>(operation: O, request: RequestOf<O>): Promise<ResponseOf<O>>
  stop(): Promise<void>
}

/** `PROFILE=<service>` writes a CPU profile of that service to bench/results when it ends. */
const profiled = (name: Service): string[] =>
  process.env['PROFILE'] === name ? ['--cpu-prof', `--cpu-prof-dir=${join(root, 'bench/results')}`] : []

const root = join(import.meta.dirname, '../..')

export async function startEngine(): Promise<BenchEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'cartly-bench-'))
  chmodSync(folder, 0o711)
  const natsPasswords = newNatsPasswords()
  const databasePasswords = newDatabasePasswords()
  const [nats, postgres] = await Promise.all([
    startNats({ dataDir: join(folder, 'nats'), passwords: natsPasswords }),
    startPostgres({ dataDir: join(folder, 'postgres'), password: 'bench' }),
  ])
  await provisionStreams(nats.url, natsCredentials('provisioner', natsPasswords))
  await provisionRoles(postgres.url, databasePasswords)
  await provisionDatabase(postgres.url, 'bench')
  const running: RunningService[] = []
  const connections: NatsConnection[] = []
  const connectAs = async (user: NatsUser): Promise<NatsConnection> => {
    const connection = await connect({ servers: nats.url, ...natsCredentials(user, natsPasswords) })
    connections.push(connection)
    return connection
  }
  const databaseUrl = (service: Service): string =>
    roleUrl(postgres.url, 'bench', databaseRoles[service], databasePasswords)
  const gateway = await connectAs('admin-gateway')

  const start: BenchEngine['start'] = async (name, { nodeArgs = [], env = {} } = {}) => {
    const healthPort = await freePort()
    const dataDir = join(folder, name)
    mkdirSync(dataDir, { recursive: true })
    const log = openSync(join(folder, `${name}.log`), 'a')
    const flags = [...nodeFlags(name), ...profiled(name), ...nodeArgs]
    const child = spawn('node', [...flags, join(root, 'apps', name, 'dist/main.js')], {
      cwd: dataDir,
      stdio: ['ignore', log, log],
      env: {
        PATH: process.env['PATH'],
        NATS_URL: nats.url,
        NATS_USER: name,
        NATS_PASSWORD: natsPasswords[name],
        HEALTH_PORT: String(healthPort),
        DATABASE_URL: databaseUrl(name),
        CARTLY_DATA_DIR: dataDir,
        EGRESS_ALLOWED_NETWORKS: '127.0.0.0/8',
        LOG_LEVEL: 'warn',
        ...env,
      },
    })
    const service: RunningService = {
      name,
      process: child,
      pid: child.pid as number,
      async kill(signal = 'SIGTERM') {
        if (child.exitCode !== null || child.signalCode !== null) return
        child.kill(signal)
        await once(child, 'exit')
      },
    }
    running.push(service)
    await eventually(async () => (await fetch(`http://127.0.0.1:${healthPort}/readyz`)).status === 200, {
      withinMs: 20_000,
    })
    return service
  }

  return {
    folder,
    nats,
    postgres,
    databaseUrl,
    start,
    connect: connectAs,
    async ask(operation, request) {
      const h = headers()
      h.set('Cartly-Actor', 'user:bench')
      const reply = await gateway.request(operation.subject, JSON.stringify(request), { timeout: 20_000, headers: h })
      const value = reply.json<{ error?: { message: string } }>()
      if (reply.headers?.get('Cartly-Error')) throw new Error(`${operation.name}: ${value.error?.message}`)
      return value as ResponseOf<typeof operation>
    },
    async stop() {
      await Promise.all(running.map((service) => service.kill()))
      await Promise.all(connections.map((connection) => connection.close()))
      await Promise.all([nats.stop(), postgres.stop()])
      if (!process.env['KEEP']) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
      else console.log(`  kept ${folder}`)
    },
  }
}
