import { CartlyError, invalid } from '@cartly/contracts'
import { continueTrace, withSpan } from '@cartly/telemetry'
import { HttpException } from '@nestjs/common'
import { SpanKind } from '@opentelemetry/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { etagOf } from '../http/revision.ts'
import type { KeptAnswers } from '../idempotency/kept-answers.ts'
import { once } from '../idempotency/once.ts'
import { admit } from './admit.ts'
import { Answer } from './answer.ts'
import type { ApiParts } from './parts.ts'
import { callReader, type CallReader, type ReadCall } from './read-call.ts'
import type { Route } from './route.ts'

/** What is served beside the table, to be read alone. */
const pages = ['/openapi.json', '/docs', '/docs/reference.js', '/healthz', '/readyz']

/** Serves the table: each row, and 405 for the methods that its paths do not take. */
export function mountRoutes(http: FastifyInstance, routes: readonly Route[], parts: ApiParts): void {
  for (const route of routes) mountRoute(http, route, parts)
  for (const [path, rows] of Map.groupBy(routes, (route) => route.path)) {
    const methods = rows.map(({ method }) => method)
    refuseOtherMethods(http, path, rows.some(hasHead) ? [...methods, 'HEAD'] : methods)
  }
  for (const path of pages) refuseOtherMethods(http, path, ['GET', 'HEAD'])
}

const patternOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

const hasHead = ({ method, produces, redirects }: Route): boolean =>
  method === 'GET' && produces === undefined && redirects === undefined

function mountRoute(http: FastifyInstance, route: Route, parts: ApiParts): void {
  const read = callReader(route, parts)
  http.route({
    method: route.method,
    url: patternOf(route.path),
    config: { route },
    exposeHeadRoute: hasHead(route),
    // Before the body is read, so that nobody unknown can make us read one.
    onRequest: (request, reply) => admit(route, request, reply, parts),
    handler: (request, reply) => serve(route, read, request, reply, parts),
  })
}

async function serve(route: Route, read: CallReader, request: FastifyRequest, reply: FastifyReply, parts: ApiParts) {
  const attributes = { 'http.request.method': route.method, 'http.route': route.path }
  const parent = continueTrace(request.headers as { traceparent?: string; tracestate?: string })
  const span = { kind: SpanKind.SERVER, attributes, parent }
  const answer = await withSpan(`${route.method} ${route.path}`, span, () =>
    answerOf(route, read(request), parts.kept, reply).catch((error: unknown) => {
      throw route.method === 'GET' ? inQuery(error) : error
    }),
  )
  return send(route, answer, reply)
}

/** A read has no body, so what a service finds wrong with it is in the query. */
function inQuery(error: unknown): unknown {
  if (!(error instanceof CartlyError) || error.kind !== 'invalid') return error
  const errors = error.errors?.map(({ pointer, message }) => ({ pointer: `/query${pointer}`, message }))
  return invalid(error.code, error.message, errors)
}

async function answerOf(route: Route, call: ReadCall, kept: KeptAnswers, reply: FastifyReply): Promise<unknown> {
  const { requestKey, idempotencyKey } = call
  if (requestKey === undefined || idempotencyKey === undefined) return reveal(route, await route.handle(call), call)
  const { answer, replayed } = await once(kept, { requestKey, idempotencyKey }, call.body, () => route.handle(call))
  if (replayed) reply.header('idempotent-replayed', 'true')
  return reveal(route, answer, call)
}

const reveal = async (route: Route, answer: unknown, call: ReadCall): Promise<unknown> =>
  route.reveal ? route.reveal(answer, call) : answer

function send(route: Route, answer: unknown, reply: FastifyReply): FastifyReply {
  if (answer instanceof Answer) return reply.status(answer.status).headers(answer.headers).send(answer.body)
  if (answer === undefined || answer === null) return reply.status(204).send()
  const { revision, id } = answer as { revision?: number; id?: string }
  if (route.etag && revision !== undefined) reply.header('etag', etagOf(revision))
  if (route.status === 201 && id !== undefined) reply.header('location', `${reply.request.url.split('?', 1)[0]}/${id}`)
  return reply.status(route.status ?? 200).send(answer)
}

function refuseOtherMethods(http: FastifyInstance, path: string, allowed: readonly string[]): void {
  http.route({
    method: http.supportedMethods.filter((method) => !allowed.includes(method)),
    url: patternOf(path),
    exposeHeadRoute: false,
    onRequest: (_, reply, done) => {
      reply.header('allow', allowed.join(', '))
      done(new HttpException('', 405))
    },
    handler: () => undefined,
  })
}
