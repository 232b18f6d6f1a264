import { CartlyError, compileSchema, invalid, type FieldError } from '@cartly/contracts'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { readQuery } from '../http/query.ts'
import { expectedRevisions } from '../http/revision.ts'
import { commandIds, requestKey } from '../idempotency/command-id.ts'
import { readIdempotencyKey } from '../idempotency/once.ts'
import type { ApiParts } from './parts.ts'
import { isIdempotent, type Ask, type Call, type Route } from './route.ts'

/** A call, and what its `Idempotency-Key` makes it the same request as. */
export type ReadCall = Call & { readonly requestKey: string | undefined }
export type CallReader = (request: FastifyRequest) => ReadCall

/** Compiles a route's schemas once, and reads requests by them. */
export function callReader(route: Route, { bus, live, signIn, publicUrl }: ApiParts): CallReader {
  const params = Object.entries(route.params).map(([name, schema]) => ({ name, validator: compileSchema(schema) }))
  const querySchema = Type.Object(route.query ?? {}, { additionalProperties: route.openQuery === true })
  const query = compileSchema(querySchema)
  const body = route.body && compileSchema(route.body)

  /** An id that cannot exist is a thing that does not exist. */
  const readParams = (values: Record<string, string>): Record<string, string> => {
    for (const { name, validator } of params) {
      if (!validator.is(values[name])) throw noSuch(name.replace(/Id$/, ''), values[name] as string)
    }
    return values
  }

  const readBody = (value: unknown): unknown => {
    if (!body) return undefined
    if (value === undefined && route.bodyOptional) return {}
    if (value === undefined)
      throw invalid('missing_body', 'This needs a JSON body', [{ pointer: '', message: 'is required' }])
    return body.parse(value, 'The body')
  }

  const readQueryOf = (values: Record<string, unknown>): Record<string, unknown> => {
    const read = readQuery(querySchema, values)
    const wrong = query.errors(read)
    if (wrong.length > 0) throw invalidQuery(wrong)
    return read
  }

  return (request) => {
    const values = readParams(request.params as Record<string, string>)
    const idempotencyKey = isIdempotent(route) ? readIdempotencyKey(headerOf(request, 'idempotency-key')) : undefined
    const key = idempotencyKey && requestKey([route.id, request.caller.actor, ...Object.values(values), idempotencyKey])
    const commandId = commandIds(key)
    const ask: Ask = (operation, payload, options) =>
      bus.request(operation, payload, {
        ...options,
        actor: request.caller?.actor ?? 'service:admin-gateway',
        commandId: commandId(operation.subject),
      })
    return {
      params: values,
      query: readQueryOf(request.query as Record<string, unknown>),
      body: readBody(request.body),
      caller: request.caller,
      expectedRevisions: route.ifMatch ? expectedRevisions(request.headers['if-match']) : undefined,
      idempotencyKey,
      requestKey: key,
      ask,
      bus,
      live,
      signIn,
      publicUrl,
      request,
    }
  }
}

const noSuch = (what: string, value: string): CartlyError =>
  new CartlyError('not_found', 'not_found', `There is no ${what} ${value}`)

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

function invalidQuery(errors: FieldError[]): CartlyError {
  const placed = errors.map(({ pointer, message }) => ({ pointer: `/query${pointer}`, message }))
  const first = placed[0] as FieldError
  return invalid(
    'invalid_input',
    `The query is not valid: ${first.pointer.slice('/query/'.length)} ${first.message}`,
    placed,
  )
}
