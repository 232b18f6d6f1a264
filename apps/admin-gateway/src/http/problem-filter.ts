import type { Logger } from '@cartly/telemetry'
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sendProblem } from './send-problem.ts'

/** Where every error of the gateway ends: its routes', Fastify's own and Nest's. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    const request = http.getRequest<FastifyRequest>()
    const status = sendProblem(error, request, http.getResponse<FastifyReply>())
    if (status === 500) this.#log.error('a request failed', { requestId: request.id, error })
  }
}
