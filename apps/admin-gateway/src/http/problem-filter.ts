import { CartlyError } from '@cartly/contracts'
import type { Logger } from '@cartly/telemetry'
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { problemOf, PROBLEM_TYPE } from './problem.ts'

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
    const reply = http.getResponse<FastifyReply>()
    const problem = problemOf(error, request.id)
    if (problem.status === 500) this.#log.error('a request failed', { requestId: request.id, error })
    reply.status(problem.status).type(PROBLEM_TYPE)
    if (error instanceof CartlyError) hint(error, request, reply)
    void reply.send(JSON.stringify(problem))
  }
}

/** What a client should do about it, in the headers made for it (RFC 9110 sections 10.2.3 and 11.6.1, RFC 6750 section 3). */
function hint(error: CartlyError, { routeOptions }: FastifyRequest, reply: FastifyReply): void {
  if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1_000)))
  else if (error.kind === 'unavailable') reply.header('retry-after', 1)
  if (error.code === 'missing_token') reply.header('www-authenticate', 'Bearer realm="cartly"')
  else if (error.kind === 'unauthenticated') {
    reply.header(
      'www-authenticate',
      `Bearer realm="cartly", error="invalid_token", error_description="${error.message}"`,
    )
  } else if (error.code === 'insufficient_scope') {
    const scope = [routeOptions.config.route?.scopes ?? []].flat().join(' ')
    reply.header('www-authenticate', `Bearer realm="cartly", error="insufficient_scope", scope="${scope}"`)
  }
}
