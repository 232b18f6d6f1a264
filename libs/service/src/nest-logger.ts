import type { Logger } from '@cartly/telemetry'
import type { LoggerService } from '@nestjs/common'

/** Nest's own messages as structured log lines; its start-up chatter only at debug. */
export const nestLogger = (log: Logger): LoggerService => ({
  log: (message: unknown, ...rest: unknown[]) => log.debug(String(message), { context: rest.at(-1) }),
  debug: (message: unknown) => log.debug(String(message)),
  verbose: (message: unknown) => log.debug(String(message)),
  warn: (message: unknown) => log.warn(String(message)),
  error: (message: unknown, ...rest: unknown[]) =>
    log.error(message instanceof Error ? message.message : String(message), {
      ...(message instanceof Error ? { error: message } : {}),
      context: rest.at(-1),
    }),
  fatal: (message: unknown) => log.error(String(message)),
})
