import type { CompiledMapping } from '@cartly/mapping'
import { isDots } from './compile-request.ts'
import type { CompiledRequest } from './compiled-chain.ts'

/** Values that rules read, by name. */
export type Scope = Readonly<Record<string, unknown>>

/** The value of a rule, waited for where it is evaluated elsewhere. */
export const evaluate = (rule: CompiledMapping, scope: Scope): unknown =>
  rule.later ? rule.runLater(scope) : rule.run(scope)

/** A request before authentication. */
export interface BuiltRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Record<string, string>
  readonly body?: string
}

/** A request that cannot be built from its values. */
export class RequestError extends Error {
  readonly code: string

  constructor(message: string, code = 'bad_request') {
    super(message)
    this.name = 'RequestError'
    this.code = code
  }
}

/** @throws RequestError, MappingError */
export async function buildRequest(request: CompiledRequest, baseUrl: string, scope: Scope): Promise<BuiltRequest> {
  const url = new URL(baseUrl)
  url.pathname = url.pathname.replace(/\/$/, '') + pathOf(request, scope)
  for (const [name, value] of flatQuery(request.query, scope)) url.searchParams.append(name, value)

  const headers: Record<string, string> = { accept: 'application/json' }
  for (const [name, rule] of request.headers) {
    const value = rule.run(scope)
    if (value === undefined) continue
    const text = scalar(value, `header ${name}`)
    if (/[\r\n\0]/.test(text)) throw new RequestError(`the header ${name} may not have a line break in it`)
    headers[name] = text
  }
  if (request.body) {
    const body = JSON.stringify((await evaluate(request.body, scope)) ?? {})
    return { method: request.method, url, headers: { 'content-type': 'application/json', ...headers }, body }
  }
  if (request.form) {
    const body = encodeForm(request.form.run(scope) ?? {})
    return {
      method: request.method,
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    }
  }
  return { method: request.method, url, headers }
}

function pathOf({ path }: CompiledRequest, scope: Scope): string {
  if (typeof path === 'string') return path
  const segments = path.map((rule, index) => {
    const value = rule.run(scope)
    const literal = rule.references.length === 0
    if (value === undefined || value === null || (value === '' && !literal)) {
      throw new RequestError(`part ${index + 1} of the path has no value`)
    }
    const text = scalar(value, `part ${index + 1} of the path`)
    if (isDots(text)) throw new RequestError(`part ${index + 1} of the path is "${text}"`)
    return encodeURIComponent(text)
  })
  return `/${segments.join('/')}`
}

function* flatQuery(query: CompiledRequest['query'], scope: Scope): Generator<[string, string]> {
  for (const [name, rule] of query) {
    const value = rule.run(scope)
    if (value === undefined) continue
    for (const item of Array.isArray(value) ? value : [value]) yield [name, scalar(item, `query ${name}`)]
  }
}

function scalar(value: unknown, what: string): string {
  if (typeof value === 'object' && value !== null) throw new RequestError(`the ${what} must be text or a number`)
  return String(value ?? '')
}

/** `application/x-www-form-urlencoded` with nesting as PHP, Rails and Stripe read it: `a[b]=1&list[0]=x`. */
export function encodeForm(form: unknown): string {
  const pairs = new URLSearchParams()
  const write = (name: string, value: unknown): void => {
    if (value === undefined || value === null) return
    if (Array.isArray(value)) value.forEach((item, index) => write(`${name}[${index}]`, item))
    else if (typeof value === 'object')
      for (const [key, item] of Object.entries(value)) write(name ? `${name}[${key}]` : key, item)
    else pairs.append(name, String(value))
  }
  write('', form)
  return pairs.toString()
}
