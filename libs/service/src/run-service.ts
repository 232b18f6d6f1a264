import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import type { DynamicModule } from '@nestjs/common'
import { BusServer, PassErrorsOn } from '@cartly/messaging'
import { openService, type ServiceContext } from './context.ts'
import { nestLogger } from './nest-logger.ts'

/** How long a drain may take before the process leaves all the same. */
const DRAIN_LIMIT_MS = 10_000

/**
 * A service's whole life: open, wire the module, answer requests, and at SIGTERM or SIGINT drain and exit 0.
 * A failure to start, or an error nobody caught, is logged and exits 1: the supervisor starts it again.
 */
export function runService(name: string, wire: (context: ServiceContext) => Promise<DynamicModule>): void {
  void run(name, async (context) => {
    const app = await NestFactory.createMicroservice(await wire(context), {
      strategy: new BusServer(context.nc, context.name, context.log),
      logger: nestLogger(context.log),
      abortOnError: false,
    })
    app.useGlobalFilters(new PassErrorsOn())
    await app.listen()
    // Registered last, so that requests stop before what answers them is taken down.
    context.onShutdown(() => app.close())
  })
}

/** As `runService`, for a service that serves in a way of its own. */
export async function run(name: string, start: (context: ServiceContext) => Promise<void>): Promise<void> {
  let context: ServiceContext | undefined
  const fail = (message: string, error: unknown): void => {
    if (context) context.log.error(message, { error })
    else process.stderr.write(`${name}: ${(error as Error).message}\n`)
    process.exit(1)
  }
  process.on('uncaughtException', (error) => fail('an error nobody caught', error))
  process.on('unhandledRejection', (error) => fail('a rejection nobody caught', error))
  const leave = (): void => {
    setTimeout(() => process.exit(1), DRAIN_LIMIT_MS).unref()
    void (context?.close() ?? Promise.resolve()).then(() => process.exit(0))
  }
  process.once('SIGTERM', leave)
  process.once('SIGINT', leave)
  try {
    context = await openService(name)
    await start(context)
    giveMemoryBack()
    context.health.serve()
    context.log.info('ready')
  } catch (error) {
    fail('could not start', error)
  }
}

/**
 * Starting leaves behind about as much memory as the service then lives on, and V8 would keep it for work that may never
 * come. Collecting it takes a tenth of a second, before anybody is served. Needs `node --expose-gc`.
 */
function giveMemoryBack(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
