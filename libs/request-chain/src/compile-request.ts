import { MappingError, spoken, type CompiledMapping, type Wanted } from '@cartly/mapping'
import type { AuthSpec } from './definition/auth.ts'
import type { CompiledExpectation, CompiledRequest } from './compiled-chain.ts'
import type { Expectation, RequestDefinition } from './definition/request.ts'

/** Compiles a rule; one that surely gives something else than what is wanted is reported. */
export type CompileRule = (rule: unknown, pointer: string, wanted?: Wanted) => CompiledMapping
export type Report = (code: string, pointer: string, message: string) => void

export const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD'

export interface RequestContext {
  readonly compile: CompileRule
  readonly report: Report
  /** What else sets headers and parameters: the authentication. */
  readonly auth: AuthSpec | undefined
}

export function compileRequest(
  definition: RequestDefinition,
  pointer: string,
  { compile, report, auth }: RequestContext,
): CompiledRequest {
  const { method, path, query, headers, body, form } = definition
  const optional = (rule: unknown, name: string): CompiledMapping | undefined =>
    rule === undefined ? undefined : compile(rule, `${pointer}/${name}`)
  if (body !== undefined && form !== undefined)
    report('bad_request', pointer, 'a request has a body or a form, not both')
  if (isRead(method) && (body ?? form) !== undefined) report('bad_request', pointer, `${method} takes no body`)

  const compileSegment = (segment: unknown, index: number, all: readonly unknown[]): CompiledMapping => {
    const at = `${pointer}/path/${index}`
    const wrong = wrongSegment(segment, index === all.length - 1)
    if (wrong) report('bad_path', at, wrong)
    return compile(segment, at, 'scalar')
  }
  const compileHeader = ([name, rule]: [string, unknown], index: number, all: [string, unknown][]) => {
    const at = `${pointer}/headers/${name}`
    const again = all.slice(0, index).some(([other]) => other.toLowerCase() === name.toLowerCase())
    const wrong = again ? `the header "${name}" is set twice` : wrongHeader(name, auth)
    if (wrong) report('bad_header', at, wrong)
    if (typeof rule === 'string' && /[\r\n\0]/.test(rule)) report('bad_header', at, 'a header has no line break in it')
    return [name.toLowerCase(), compile(rule, at, 'scalar')] as const
  }
  const compileParameter = ([name, rule]: [string, unknown]) => {
    const at = `${pointer}/query/${name}`
    const parameter = placeOf(auth)
    if (parameter?.in === 'query' && parameter.name === name) {
      report('bad_request', at, `"${name}" is set by the authentication`)
    }
    const compiled = compile(rule, at)
    if (compiled.gives === 'object') report('wrong_type', at, `this gives ${spoken('object')}, and text is needed`)
    return [name, compiled] as const
  }

  if (typeof path === 'string' && path.split('/').some(isDots)) {
    report('bad_path', `${pointer}/path`, 'a path has no "." or ".." in it')
  }
  return {
    method,
    path: typeof path === 'string' ? path : path.map(compileSegment),
    query: new Map(Object.entries(query ?? {}).map(compileParameter)),
    headers: new Map(Object.entries(headers ?? {}).map(compileHeader)),
    body: optional(body, 'body'),
    form: optional(form, 'form'),
  }
}

export function compileExpectation(
  definition: Expectation | undefined,
  pointer: string,
  { compile, report }: RequestContext,
): CompiledExpectation {
  const { status, where } = definition ?? {}
  const compiled = where === undefined ? undefined : compile(where, `${pointer}/where`, 'truth')
  if (compiled && neverHolds(compiled)) report('unreachable', `${pointer}/where`, 'no answer is ever as expected')
  return { status: status && new Set(status), where: compiled }
}

/** Whether a predicate that reads nothing is not true. */
export function neverHolds({ references, later, run }: CompiledMapping): boolean {
  if (references.length > 0 || later) return false
  try {
    return run({}) !== true
  } catch (error) {
    if (error instanceof MappingError) return true
    throw error
  }
}

export const isDots = (segment: string): boolean => segment === '.' || segment === '..'

function wrongSegment(segment: unknown, last: boolean): string | undefined {
  if (segment === null) return 'a part of a path is text or a number'
  if (typeof segment !== 'string') return undefined
  if (isDots(segment)) return 'a path has no "." or ".." in it'
  if (segment.includes('/')) return 'each part of a path stands by itself: [a, b] for a/b'
  return segment === '' && !last ? 'only the last part of a path may be empty' : undefined
}

/** What is wrong with a header that a request sets, if anything is. */
export function wrongHeader(name: string, auth: AuthSpec | undefined): string | undefined {
  const lower = name.toLowerCase()
  if (!HEADER_NAME.test(name) || FORBIDDEN_HEADERS.has(lower)) return `"${name}" is not a header that a request may set`
  const key = placeOf(auth)
  return key?.in === 'header' && key.name.toLowerCase() === lower ? `"${name}" is set by the authentication` : undefined
}

/** Where the authentication puts what it adds, unless that is the Authorization header. */
function placeOf(auth: AuthSpec | undefined): { in: 'header' | 'query'; name: string } | undefined {
  if (auth?.type === 'api_key') return auth
  return auth?.type === 'oauth2' ? auth.tokenPlacement : undefined
}

export const HEADER_NAME = /^[A-Za-z0-9-]+$/

/** Headers that belong to the connection or to the authentication. */
export const FORBIDDEN_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'cookie',
])
