import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../process/free-port.ts'
import { startServer, type ServerProcess } from '../process/server-process.ts'
import { natsBinary } from './nats-binary.ts'
import { natsPasswordVariable, natsUsers, type NatsPasswords } from './nats-users.ts'

const configuration = fileURLToPath(new URL('../../../../deploy/nats/nats.conf', import.meta.url))

export interface NatsServerOptions {
  /** Holds the streams, the server's log and its pid file; made when missing. */
  dataDir: string
  passwords: NatsPasswords
  /** A free one if not said. */
  port?: number
  /** How often streams are flushed to disk: a duration such as `120s`, or `always`. */
  syncInterval?: string
  /** Makes the server one of a cluster: where it meets the others, and where they are. */
  cluster?: { name: string; serverName: string; port: number; routes: string[] }
}

export interface NatsServer extends ServerProcess {
  /** `nats://127.0.0.1:<port>` */
  url: string
  port: number
}

/**
 * Starts a NATS server with `deploy/nats/nats.conf` on 127.0.0.1 and waits until it takes connections.
 *
 * @throws LaunchError when there is no `nats-server`, or it does not start.
 */
export async function startNats(options: NatsServerOptions): Promise<NatsServer> {
  const { dataDir, passwords, syncInterval = '120s', cluster } = options
  const port = options.port ?? (await freePort())
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })

  const args = ['--config', configuration, '--addr', '127.0.0.1', '--port', String(port)]
  if (cluster) {
    args.push('--cluster_name', cluster.name, '--server_name', cluster.serverName)
    args.push('--cluster', `nats://127.0.0.1:${cluster.port}`, '--routes', cluster.routes.join(','))
  }
  const server = await startServer(
    {
      name: 'NATS',
      command: natsBinary(),
      args,
      env: {
        NATS_STORE_DIR: dataDir,
        NATS_SYNC_INTERVAL: syncInterval,
        ...Object.fromEntries(natsUsers.map((user) => [natsPasswordVariable(user), passwords[user]])),
      },
      logFile: join(dataDir, 'nats.log'),
      pidFile: join(dataDir, 'nats.pid'),
      stopSignal: 'SIGTERM',
    },
    () => greets(port),
  )
  return { ...server, url: `nats://127.0.0.1:${port}`, port }
}

/** A NATS server speaks first: it sends `INFO` to whoever connects. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const settle = (greeted: boolean) => {
      socket.destroy()
      resolve(greeted)
    }
    socket.once('data', (chunk) => settle(chunk.subarray(0, 4).toString('latin1') === 'INFO'))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
  })
}
