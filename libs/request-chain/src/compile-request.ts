import type { CompiledMapping } from '@cartly/mapping'
import type { CompiledExpectation, CompiledRequest } from './compiled-chain.ts'
import type { Expectation, RequestDefinition } from './definition/request.ts'

export type CompileRule = (rule: unknown, pointer: string) => CompiledMapping
export type Report = (code: string, pointer: string, message: string) => void

export const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD'

export function compileRequest(
  definition: RequestDefinition,
  pointer: string,
  compile: CompileRule,
  report: Report,
): CompiledRequest {
  const { method, path, query, headers, body, form } = definition
  const optional = (rule: unknown, name: string): CompiledMapping | undefined =>
    rule === undefined ? undefined : compile(rule, `${pointer}/${name}`)
  if (body !== undefined && form !== undefined)
    report('bad_request', pointer, 'a request has a body or a form, not both')
  if (isRead(method) && (body ?? form) !== undefined) report('bad_request', pointer, `${method} takes no body`)
  if (typeof path === 'string' && path.split('/').some(isDots)) {
    report('bad_path', `${pointer}/path`, 'a path has no "." or ".." in it')
  }
  for (const name of Object.keys(headers ?? {})) {
    if (!/^[A-Za-z0-9-]+$/.test(name) || FORBIDDEN_HEADERS.has(name.toLowerCase())) {
      report('bad_header', `${pointer}/headers/${name}`, `"${name}" is not a header that a request may set`)
    }
  }
  return {
    method,
    path: typeof path === 'string' ? path : path.map((segment, index) => compile(segment, `${pointer}/path/${index}`)),
    query: optional(query, 'query'),
    headers: optional(headers, 'headers'),
    body: optional(body, 'body'),
    form: optional(form, 'form'),
  }
}

export const compileExpectation = (
  definition: Expectation | undefined,
  pointer: string,
  compile: CompileRule,
): CompiledExpectation => ({
  status: definition?.status && new Set(definition.status),
  where: definition?.where === undefined ? undefined : compile(definition.where, `${pointer}/where`),
})

export const isDots = (segment: string): boolean => segment === '.' || segment === '..'

/** Headers that belong to the connection or to the authentication. */
const FORBIDDEN_HEADERS = new Set([
  'authorization',
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'cookie',
])
