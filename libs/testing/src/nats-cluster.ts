import { join } from 'node:path'
import {
  freePort,
  newNatsPasswords,
  provisionStreams,
  startNats,
  type NatsCredentials,
  type NatsServer,
  type NatsUser,
  type StreamSettings,
} from '@cartly/launcher'
import { testFolder } from './test-folder.ts'
import { credentialsOf } from './test-nats.ts'

/** One server of a cluster: `server.kill()` is a crash, after which `restart()` brings it back with the same files. */
export interface ClusterNode {
  name: string
  server: NatsServer
  restart(): Promise<void>
}

export interface NatsCluster {
  /** Of all nodes; give a client the whole list. */
  urls: string[]
  credentials: Record<NatsUser, NatsCredentials>
  nodes: ClusterNode[]
  stop(): Promise<void>
}

/** Starts servers that form a cluster, with every stream replicated on all of them (up to five). */
export async function natsCluster(size = 3, settings: StreamSettings = {}): Promise<NatsCluster> {
  const folder = testFolder('cluster')
  const passwords = newNatsPasswords()
  const credentials = credentialsOf(passwords)
  const ports = await Promise.all(Array.from({ length: size }, freePort))
  const routes = ports.map((port) => `nats://127.0.0.1:${port}`)

  const nodes = await Promise.all(
    ports.map(async (port, index): Promise<ClusterNode> => {
      const name = `n${index + 1}`
      const options = {
        dataDir: join(folder, name),
        passwords,
        port: await freePort(),
        cluster: { name: 'test', serverName: name, port, routes },
      }
      const node: ClusterNode = {
        name,
        server: await startNats(options),
        async restart() {
          await node.server.stop()
          node.server = await startNats(options)
        },
      }
      return node
    }),
  )
  const urls = nodes.map(({ server }) => server.url)
  await provisionStreams(
    urls,
    credentials.provisioner,
    { replicas: Math.min(size, 5), ...settings },
    { withinMs: 30_000 },
  )
  return {
    urls,
    credentials,
    nodes,
    async stop() {
      await Promise.all(nodes.map(({ server }) => server.stop()))
    },
  }
}
