import {
  natsCredentials,
  natsUsers,
  newNatsPasswords,
  provisionStreams,
  startNats,
  type NatsCredentials,
  type NatsServer,
  type NatsUser,
  type StreamSettings,
} from '@cartly/launcher'
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node'
import { testFolder } from './test-folder.ts'

/** A NATS server of a spec's own: the deployed configuration, with its users, and the four streams. */
export interface TestNats {
  url: string
  /** Where it keeps its files. */
  dataDir: string
  credentials: Record<NatsUser, NatsCredentials>
  /** The process; `server.kill()` is a crash, after which `restart()` brings it back with the same files and port. */
  server: NatsServer
  restart(): Promise<void>
  /** A connection as one of the users, closed by `stop`. */
  connect(user: NatsUser, options?: NodeConnectionOptions): Promise<NatsConnection>
  stop(): Promise<void>
}

/** Starts it: call in `beforeAll`, and `stop` in `afterAll`. */
export async function testNats(settings: StreamSettings = {}): Promise<TestNats> {
  const dataDir = testFolder('nats')
  const passwords = newNatsPasswords()
  const credentials = credentialsOf(passwords)
  const server = await startNats({ dataDir, passwords })
  await provisionStreams(server.url, credentials.provisioner, settings)

  const connections: NatsConnection[] = []
  const nats: TestNats = {
    url: server.url,
    dataDir,
    credentials,
    server,
    async restart() {
      await nats.server.stop()
      nats.server = await startNats({ dataDir, passwords, port: server.port })
    },
    async connect(user, options = {}) {
      const connection = await connect({ servers: server.url, ...credentials[user], ...options })
      connections.push(connection)
      return connection
    },
    async stop() {
      await Promise.all(connections.map((connection) => connection.close()))
      await nats.server.stop()
    },
  }
  return nats
}

export function credentialsOf(passwords: ReturnType<typeof newNatsPasswords>): Record<NatsUser, NatsCredentials> {
  return Object.fromEntries(natsUsers.map((user) => [user, natsCredentials(user, passwords)])) as Record<
    NatsUser,
    NatsCredentials
  >
}
