import { STATUS_CODES } from 'node:http'
import { CartlyError, FieldError, type ErrorKind } from '@cartly/contracts'
import { HttpException } from '@nestjs/common'
import { Type, type Static } from 'typebox'

/** How every error leaves the gateway (RFC 9457). */
export const Problem = Type.Object({
  type: Type.String({ description: '`urn:cartly:problem:<code>`' }),
  title: Type.String({ description: 'The phrase of the status' }),
  status: Type.Integer(),
  detail: Type.String({ description: 'What was wrong, for people' }),
  code: Type.String({ description: 'What was wrong, for programs; stable' }),
  instance: Type.Optional(Type.String({ description: '`urn:uuid:<request id>`, also in the logs' })),
  errors: Type.Optional(
    Type.Array(FieldError, {
      description: 'Each place that is wrong: a JSON Pointer into the body, or `/query/<name>`, or `/header/<name>`',
    }),
  ),
})
export type Problem = Static<typeof Problem>

export const PROBLEM_TYPE = 'application/problem+json'

const statuses: Record<ErrorKind, number> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  rate_limited: 429,
  unavailable: 503,
  timeout: 504,
  internal: 500,
}

/** Failures that are of HTTP and not of the domain: their status, code and text. */
const protocol: Record<number, readonly [code: string, detail: string]> = {
  400: ['bad_request', 'The request is not well-formed'],
  404: ['no_such_route', 'There is nothing at this path; GET /openapi.json lists what there is'],
  405: ['method_not_allowed', 'This path does not take that method; the header Allow names those it takes'],
  408: ['request_timeout', 'The request did not arrive in time'],
  413: ['body_too_large', 'The body is larger than 1 MiB'],
  414: ['uri_too_long', 'A part of the path is too long'],
  415: ['unsupported_media_type', 'The body must be JSON, sent as Content-Type: application/json'],
  431: ['headers_too_large', 'The headers are larger than 16 KiB'],
}

const INTERNAL = 'Something went wrong on our side; it has been recorded'

/**
 * The one translation of errors to HTTP. What is neither a `CartlyError` nor of HTTP itself is a defect, and leaves
 * without a word of its own.
 */
export function problemOf(error: unknown, requestId?: string): Problem {
  const instance = requestId === undefined ? {} : { instance: `urn:uuid:${requestId}` }
  if (error instanceof MalformedBody) return { ...problem(400, error.code, error.message), ...instance }
  if (error instanceof CartlyError) {
    const detail = error.kind === 'internal' ? INTERNAL : error.message
    return {
      ...problem(statuses[error.kind], error.code, detail),
      ...instance,
      ...(error.errors ? { errors: error.errors } : {}),
    }
  }
  const status = error instanceof HttpException ? error.getStatus() : 500
  const [code, detail] = protocol[status] ?? (status < 500 ? protocol[400]! : ['internal', INTERNAL])
  return { ...problem(protocol[status] || status >= 500 ? status : 400, code, detail), ...instance }
}

const problem = (status: number, code: string, detail: string) => ({
  type: `urn:cartly:problem:${code}`,
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail,
  code,
})

/** A body that is not JSON at all, as against JSON that does not fit. */
export class MalformedBody extends Error {
  readonly code = 'malformed_json'
}
