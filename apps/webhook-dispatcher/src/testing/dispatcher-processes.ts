import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import {
  freePort,
  natsCredentials,
  newDatabasePasswords,
  newNatsPasswords,
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
import { eventually, testFolder } from '@cartly/testing'
import { connect, type NatsConnection } from '@nats-io/transport-node'

/** Servers and dispatchers as processes, each of which can be killed and comes back with what it had on disk. */
export interface DispatcherProcesses {
  readonly databaseUrl: string
  readonly folder: string
  connect(user: NatsUser): Promise<NatsConnection>
  /** Kills a part as a crash would, and starts it again after `downMs`. */
  crash(part: 'nats' | 'postgres' | number, downMs: number): Promise<void>
  stop(): Promise<void>
}

const main = join(import.meta.dirname, '../../dist/main.js')

/**
 * @param replicas how many dispatchers; needs a build (`npm run test:faults` makes it).
 * @param settings of their environment, beside what they need to start.
 */
export async function dispatcherProcesses(
  replicas: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<DispatcherProcesses> {
  const folder = testFolder('faults')
  const passwords = newNatsPasswords()
  const databasePasswords = newDatabasePasswords()
  const natsDir = join(folder, 'nats')
  const postgresDir = join(folder, 'postgres')
  let nats: NatsServer = await startNats({ dataDir: natsDir, passwords })
  let postgres: PostgresServer = await startPostgres({ dataDir: postgresDir, password: 'faults' })
  await provisionStreams(nats.url, natsCredentials('provisioner', passwords))
  await provisionRoles(postgres.url, databasePasswords)
  await provisionDatabase(postgres.url, 'faults')
  const databaseUrl = roleUrl(postgres.url, 'faults', 'dispatcher', databasePasswords)
  const connections: NatsConnection[] = []
  const children: ChildProcess[] = []

  const startDispatcher = async (index: number): Promise<void> => {
    const dataDir = join(folder, `dispatcher-${index}`)
    mkdirSync(dataDir, { recursive: true })
    const healthPort = await freePort()
    const log = openSync(join(dataDir, 'log'), 'a')
    children[index] = spawn(process.execPath, [main], {
      stdio: ['ignore', log, log],
      env: {
        NATS_URL: nats.url,
        NATS_USER: 'webhook-dispatcher',
        NATS_PASSWORD: passwords['webhook-dispatcher'],
        DATABASE_URL: databaseUrl,
        HEALTH_PORT: String(healthPort),
        EGRESS_ALLOWED_NETWORKS: '127.0.0.0/8',
        LOG_LEVEL: 'warn',
        ...settings,
      },
    })
    closeSync(log)
  }
  const killDispatcher = async (index: number): Promise<void> => {
    const child = children[index] as ChildProcess
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  for (let index = 0; index < replicas; index++) await startDispatcher(index)
  // A process that could not start because NATS or Postgres was away has left, and is started again as a supervisor would.
  const supervisor = setInterval(() => {
    for (const [index, child] of children.entries()) if (child.exitCode !== null) void startDispatcher(index)
  }, 500)

  return {
    databaseUrl,
    folder,
    async connect(user) {
      const connection = await connect({
        servers: nats.url,
        ...natsCredentials(user, passwords),
        maxReconnectAttempts: -1,
        reconnectTimeWait: 100,
      })
      connections.push(connection)
      return connection
    },
    async crash(part, downMs) {
      const pause = () => new Promise((resolve) => setTimeout(resolve, downMs))
      if (part === 'nats') {
        await nats.kill()
        await pause()
        nats = await startNats({ dataDir: natsDir, passwords, port: nats.port })
      } else if (part === 'postgres') {
        await postgres.kill()
        await pause()
        // The last of the killed server's processes may not have left its shared memory yet.
        postgres = await eventually(
          () => startPostgres({ dataDir: postgresDir, password: 'faults', port: postgres.port }),
          {
            withinMs: 30_000,
            everyMs: 200,
          },
        )
      } else {
        await killDispatcher(part)
        await pause()
        await startDispatcher(part)
      }
    },
    async stop() {
      clearInterval(supervisor)
      await Promise.all(children.map((_, index) => killDispatcher(index)))
      await Promise.all(connections.map((connection) => connection.close()))
      await nats.stop()
      await postgres.stop()
    },
  }
}
