import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { BusClient, connectNats } from '@cartly/messaging'
import { createLogger, startTelemetry, type Logger } from '@cartly/telemetry'
import { ServiceEnv, readEnv } from './env.ts'
import { Health } from './health.ts'

/** What a running service stands on: its connection, its clients, its log, its health. */
export interface ServiceContext {
  readonly name: string
  readonly log: Logger
  readonly nc: NatsConnection
  readonly js: JetStreamClient
  readonly jsm: JetStreamManager
  readonly bus: BusClient
  readonly health: Health
  /** Runs at shutdown, after no new work is taken and before the connection closes; last added first. */
  onShutdown(close: () => Promise<unknown>): void
  /** Drains, flushes and leaves. */
  close(): Promise<void>
}

/** Reads the environment, starts telemetry, connects to NATS and opens the health port. */
export async function openService(name: string, version = '0.1.0'): Promise<ServiceContext> {
  const env = readEnv(ServiceEnv)
  const telemetry = await startTelemetry({ service: name, version })
  const log = createLogger(name)
  const nc = await connectNats({ servers: env.NATS_URL.split(','), user: env.NATS_USER, password: env.NATS_PASSWORD })
  const js = jetstream(nc)
  // Streams are made by the provisioner; no service may look at the account.
  const jsm = await jetstreamManager(nc, { checkAPI: false })
  const health = new Health()
  health.add('nats', () => {
    if (nc.isClosed()) throw new Error('the connection is closed')
  })
  const server = await health.listen(Number(env.HEALTH_PORT), env.HEALTH_HOST ?? '127.0.0.1')
  const closers: (() => Promise<unknown>)[] = []
  return {
    name,
    log,
    nc,
    js,
    jsm,
    bus: new BusClient(nc, env.NATS_USER),
    health,
    onShutdown: (close) => void closers.push(close),
    async close() {
      health.drain()
      for (const close of closers.toReversed()) {
        await close().catch((error: unknown) => log.error('a part did not close cleanly', { error }))
      }
      await nc.drain()
      server.close()
      await telemetry.shutdown()
    },
  }
}
