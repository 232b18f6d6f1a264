import type { HookDefinition, RequestDefinition, StepDefinition } from '@cartly/request-chain'
import type { TemplateDefinition } from '../definition.ts'
import { arazzoCriteria, arazzoValue } from './expression.ts'

/** A template for other tools: workflows in Arazzo 1.0.1, and the operations they name in OpenAPI 3.0.3. */
export interface ArazzoExport {
  readonly arazzo: object
  readonly openapi: object
}

/**
 * Writes a template as Arazzo 1.0.1 (https://spec.openapis.org/arazzo/v1.0.1.html). What Arazzo has no words for stands
 * in extensions: rules that change values (`x-cartly-rule`), loops, pages, idempotency, classes of error, the deadline.
 * @param openapiUrl where the OpenAPI document will be found, relative to the Arazzo document
 */
export function exportArazzo(definition: TemplateDefinition, openapiUrl: string): ArazzoExport {
  const { slug, name, version, description, hooks } = definition
  const operations = new Operations(slug)
  const workflows = Object.entries(hooks).map(([hook, chain]) => workflowOf(hook, chain, definition, operations))
  const server = typeof definition.baseUrl === 'string' ? definition.baseUrl : 'https://example.com'
  return {
    arazzo: {
      arazzo: '1.0.1',
      info: { title: name, version, description },
      sourceDescriptions: [{ name: slug.replaceAll('-', '_'), url: openapiUrl, type: 'openapi' }],
      workflows,
    },
    openapi: {
      openapi: '3.0.3',
      info: { title: name, version, description },
      servers: [{ url: server }],
      paths: operations.paths,
    },
  }
}

/** The operations that the steps call, gathered into OpenAPI paths. */
class Operations {
  readonly paths: Record<string, Record<string, object>> = {}
  readonly #slug: string

  constructor(slug: string) {
    this.#slug = slug
  }

  /** Adds a request and gives the operation's id and the values of its path's parameters. */
  add(hook: string, step: string, request: RequestDefinition): { operationId: string; pathRules: [string, unknown][] } {
    const operationId = `${this.#slug}-${hook}-${step}`.replaceAll('-', '_')
    const pathRules: [string, unknown][] = []
    const path =
      typeof request.path === 'string'
        ? request.path
        : `/${request.path
            .map((segment, index) => {
              if (typeof segment === 'string') return segment
              const parameter = `part${index + 1}`
              pathRules.push([parameter, segment])
              return `{${parameter}}`
            })
            .join('/')}`
    const parameters = [
      ...pathRules.map(([parameter]) => ({ name: parameter, in: 'path', required: true, schema: { type: 'string' } })),
      ...Object.keys(request.query ?? {}).map((query) => ({ name: query, in: 'query', schema: {} })),
    ]
    // One path may be called by several hooks; a fragment keeps their operations apart.
    const at = this.paths[path]?.[request.method.toLowerCase()] ? `${path}#${hook}-${step}` : path
    ;(this.paths[at] ??= {})[request.method.toLowerCase()] = {
      operationId,
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(request.body === undefined && request.form === undefined ? {} : { requestBody: bodyOf(request) }),
      responses: { default: { description: 'Any answer' } },
    }
    return { operationId, pathRules }
  }
}

const bodyOf = (request: RequestDefinition): object => ({ content: { [contentType(request)]: { schema: {} } } })
const contentType = (request: RequestDefinition): string =>
  request.form === undefined ? 'application/json' : 'application/x-www-form-urlencoded'

function workflowOf(
  hook: string,
  chain: HookDefinition,
  { slug, settings }: TemplateDefinition,
  operations: Operations,
): object {
  const input = typeof chain.input === 'object' ? chain.input : { type: 'object' }
  const outputs = arazzoOutputs(chain.result)
  return {
    workflowId: `${slug}-${hook}`,
    summary: chain.description,
    inputs: { type: 'object', properties: { input, ...(settings ? { settings } : {}) } },
    steps: chain.steps.map((step) => stepOf(hook, step, outputsRead(step.id, chain), operations)),
    ...outputs,
    'x-cartly-deadline-ms': chain.deadlineMs ?? 3_000,
    ...(chain.on ? { 'x-cartly-on': chain.on } : {}),
  }
}

function stepOf(hook: string, step: StepDefinition, read: readonly string[], operations: Operations): object {
  const { request, retry, timeoutMs, expect, when, forEach, paginate, idempotency, errors } = step
  const { operationId, pathRules } = operations.add(hook, step.id, request)
  const parameter =
    (place: 'path' | 'query' | 'header') =>
    ([name, rule]: [string, unknown]) => ({
      name,
      in: place,
      ...ruleOf('value', rule),
    })
  const parameters = [
    ...pathRules.map(parameter('path')),
    ...Object.entries(request.query ?? {}).map(parameter('query')),
    ...Object.entries(request.headers ?? {}).map(parameter('header')),
  ]
  const body = request.body ?? request.form
  const extensions = { when, forEach, paginate, idempotency, errors, expect, timeoutMs }
  return {
    stepId: step.id,
    ...(step.description ? { description: step.description } : {}),
    operationId,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined ? {} : { requestBody: { contentType: contentType(request), ...ruleOf('payload', body) } }),
    successCriteria: criteriaOf(step).map((condition) => ({ condition })),
    ...(retry
      ? {
          onFailure: [
            { name: 'retry', type: 'retry', retryAfter: retry.waitMs / 1_000, retryLimit: retry.attempts - 1 },
          ],
        }
      : {}),
    ...(read.length > 0 ? { outputs: Object.fromEntries(read.map((name) => [name, outputOf(step, name)])) } : {}),
    ...Object.fromEntries(
      Object.entries(extensions)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [
          `x-cartly-${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
          value,
        ]),
    ),
  }
}

/** A value where Arazzo can say it, and the rule beside it where it cannot. */
function ruleOf(name: string, rule: unknown): object {
  const said = arazzoValue(rule)
  return said ? { [name]: said.value } : { [name]: '', 'x-cartly-rule': rule }
}

function criteriaOf({ expect }: StepDefinition): string[] {
  const status = expect?.status
    ? expect.status.map((code) => `$statusCode == ${code}`).join(' || ')
    : '$statusCode >= 200 && $statusCode < 300'
  return [status, ...(arazzoCriteria(expect?.where) ?? [])]
}

/** Members of a step's output that the rest of the hook reads. */
function outputsRead(step: string, chain: HookDefinition): string[] {
  const read = new RegExp(`^steps\\.${step}\\.([A-Za-z0-9_-]+)`)
  const found = new Set<string>()
  const visit = (node: unknown): void => {
    if (typeof node === 'string') {
      const name = read.exec(node)?.[1]
      if (name) found.add(name)
    } else if (typeof node === 'object' && node !== null) Object.values(node).forEach(visit)
  }
  visit([chain.steps, chain.result])
  return [...found]
}

function outputOf({ output }: StepDefinition, name: string): unknown {
  const rule = output === undefined ? { $: `response.body.${name}` } : (output as Record<string, unknown>)[name]
  return arazzoValue(rule)?.value ?? '$response.body'
}

function arazzoOutputs(result: unknown): object {
  if (typeof result !== 'object' || result === null) return {}
  const entries = Object.entries(result)
  if (entries.some(([key]) => key.startsWith('$'))) return { 'x-cartly-result': result }
  const said = entries.flatMap(([key, rule]) => {
    const value = arazzoValue(rule)?.value
    return typeof value === 'string' && value.startsWith('$') ? [[key, value] as const] : []
  })
  return {
    ...(said.length > 0 ? { outputs: Object.fromEntries(said) } : {}),
    ...(said.length < entries.length ? { 'x-cartly-result': result } : {}),
  }
}
