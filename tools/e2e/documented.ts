import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Inspect } from './api.ts'

interface Document {
  readonly paths: Record<string, Record<string, { responses?: Record<string, Response> }>>
  readonly components: { readonly responses: Record<string, Response> }
}

interface Response {
  readonly $ref?: string
  readonly content?: Record<string, unknown>
}

/**
 * Holds every answer against `/openapi.json`, "the whole truth": its status and media type are documented at its path,
 * and its body fits the schema given there.
 */
export async function documented(gatewayUrl: string): Promise<Inspect> {
  const document = (await (await fetch(`${gatewayUrl}/openapi.json`)).json()) as Document
  const ajv = new Ajv2020({ strict: false })
  // ajv-formats is CommonJS whose types claim an ES default.
  ;(addFormats as unknown as (instance: Ajv2020) => void)(ajv)
  ajv.addSchema(document, 'openapi')
  const paths = Object.keys(document.paths).map((path) => ({ path, pattern: patternOf(path) }))

  return (method, address, { status, headers, body }) => {
    const pure = address.split('?', 1)[0]!
    const path = paths.find(({ pattern }) => pattern.test(pure))?.path
    if (path === undefined) return
    const verb = method.toLowerCase()
    const given = document.paths[path]![verb]?.responses?.[status]
    if (!given) throw new Error(`${method} ${path} answers ${status}, which is not documented: ${JSON.stringify(body)}`)
    const place = given.$ref?.slice(2).split('/') ?? ['paths', path, verb, 'responses', String(status)]
    const { content = {} } = given.$ref ? document.components.responses[place.at(-1)!]! : given
    const type = (headers.get('content-type') ?? '').split(';', 1)[0]!
    if (Object.keys(content).length === 0 && type === '') return
    if (!(type in content))
      throw new Error(`${method} ${path} answers ${status} with "${type}", which is not documented`)
    if (!type.includes('json')) return
    const $ref = `openapi#/${[...place, 'content', type, 'schema'].map(pointerToken).join('/')}`
    const fits = ajv.getSchema($ref) ?? ajv.compile({ $ref })
    if (!fits(body)) {
      throw new Error(
        `${method} ${path} answers ${status} with another body than documented: ${ajv.errorsText(fits.errors)}`,
      )
    }
  }
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)

const pointerToken = (token: string): string => encodeURIComponent(token.replaceAll('~', '~0').replaceAll('/', '~1'))
