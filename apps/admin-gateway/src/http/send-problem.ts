import { CartlyError } from '@cartly/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { problemOf, PROBLEM_TYPE } from './problem.ts'

/** Answers with the problem that an error is, and with what a client should do about it. Returns the status. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): number {
  const problem = problemOf(error, request.id)
  if (error instanceof CartlyError) setHints(error, request, reply)
  // As bytes: to text Fastify adds a charset, which JSON does not have (RFC 8259 section 11).
  void reply
    .status(problem.status)
    .type(PROBLEM_TYPE)
    .send(Buffer.from(JSON.stringify(problem)))
  return problem.status
}

/** `Retry-After` (RFC 9110 section 10.2.3) and `WWW-Authenticate` (RFC 6750 section 3). */
function setHints(error: CartlyError, { routeOptions }: FastifyRequest, reply: FastifyReply): void {
  const retryAfterMs = error.retryAfterMs ?? (error.kind === 'unavailable' ? 1_000 : undefined)
  if (retryAfterMs !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(retryAfterMs / 1_000)))
  const challenge = challengeOf(error, [routeOptions.config.route?.scopes ?? []].flat().join(' '))
  if (challenge !== undefined) reply.header('www-authenticate', `Bearer realm="cartly"${challenge}`)
}

function challengeOf({ kind, code, message }: CartlyError, scope: string): string | undefined {
  if (code === 'missing_token') return ''
  if (kind === 'unauthenticated') return `, error="invalid_token", error_description="${message}"`
  return code === 'insufficient_scope' ? `, error="insufficient_scope", scope="${scope}"` : undefined
}
