import type { NatsUser } from '@cartly/launcher'
import { BusClient, BusServer, connectNats, PassErrorsOn } from '@cartly/messaging'
import { Health, type ServiceContext } from '@cartly/service'
import { createLogger } from '@cartly/telemetry'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { DynamicModule } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { TestNats } from './test-nats.ts'

/** A service in the spec's own process, on real servers. */
export interface TestService {
  readonly context: ServiceContext
  /** Every line it has logged. */
  readonly lines: readonly string[]
  /** Ends it as SIGTERM would. */
  stop(): Promise<void>
}

/** Starts a service as its `main.ts` does, as its own NATS user; two of a name are two replicas, which may share `lines`. */
export async function testService(
  nats: TestNats,
  name: NatsUser,
  wire: (context: ServiceContext) => Promise<DynamicModule>,
  lines: string[] = [],
): Promise<TestService> {
  const { user, pass } = nats.credentials[name]
  const nc = await connectNats({ servers: nats.url, user, password: pass })
  const closers: (() => Promise<unknown>)[] = []
  let closed: Promise<void> | undefined
  const context: ServiceContext = {
    name,
    log: createLogger(name, { level: 'debug', write: (line) => lines.push(line), exported: false }),
    nc,
    js: jetstream(nc),
    jsm: await jetstreamManager(nc, { checkAPI: false }),
    bus: new BusClient(nc, user),
    health: new Health(),
    onShutdown: (close) => void closers.push(close),
    close: () =>
      (closed ??= (async () => {
        for (const close of closers.toReversed()) await close()
        await nc.drain()
      })()),
  }
  try {
    const app = await NestFactory.createMicroservice(await wire(context), {
      strategy: new BusServer(nc, name, context.log),
      logger: false,
      abortOnError: false,
    })
    app.useGlobalFilters(new PassErrorsOn())
    await app.listen()
    context.onShutdown(() => app.close())
    context.health.serve()
  } catch (error) {
    await context.close()
    throw error
  }
  return { context, lines, stop: () => context.close() }
}
