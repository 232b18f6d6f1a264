import { useQuery } from '@tanstack/react-query'
import { credentialFieldsOf, type AuthSpec, type CredentialField } from './credential-fields.ts'
import { templateQuery, type Connector } from './queries.ts'

/** What a connector is made from: a version of a template, or a definition of the store's own. */
export interface Service {
  readonly name: string
  readonly icon?: string | undefined
  readonly description: string
  readonly docsUrl?: string | undefined
  readonly baseUrl: unknown
  readonly auth: AuthSpec
  readonly credentialFields: readonly CredentialField[]
  /** JSON Schema. */
  readonly settings: JsonSchema
  readonly mappings: Readonly<Record<string, { description?: string; rules: unknown }>>
  readonly rateLimits: readonly RateLimit[]
  /** Of the template, newest first; none for a definition of one's own. */
  readonly versions: readonly string[]
  readonly samples?: unknown
  readonly definition?: unknown
}

export interface RateLimit {
  readonly requests: number
  readonly perSeconds: number
  readonly methods?: readonly string[]
  /** Only with a test key. */
  readonly test?: boolean
}

export interface JsonSchema {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
  readonly [keyword: string]: unknown
}

/** @returns the service of a connector, and whether it is still being fetched. */
export function useService(connector: Connector): { service: Service | undefined; error: Error | null } {
  const { template, definition, name } = connector
  const { data, error } = useQuery({
    ...templateQuery(template?.slug ?? '', template?.version),
    enabled: template !== null,
  })
  if (!template) return { service: ofDefinition(name, (definition ?? {}) as Definition), error: null }
  if (!data) return { service: undefined, error }
  return {
    service: {
      ...data,
      auth: data.auth as AuthSpec,
      settings: (data.settings ?? {}) as JsonSchema,
      mappings: data.mappings as Service['mappings'],
      rateLimits: (data.rateLimits ?? []) as RateLimit[],
    },
    error: null,
  }
}

/** The parts of a definition that the console shows; the whole language is in docs/templates.md. */
interface Definition {
  readonly name?: string
  readonly description?: string
  readonly docsUrl?: string
  readonly baseUrl?: unknown
  readonly auth?: AuthSpec
  readonly settings?: JsonSchema
  readonly mappings?: Service['mappings']
  readonly rateLimits?: readonly RateLimit[]
}

const ofDefinition = (name: string, definition: Definition): Service => ({
  name: definition.name ?? name,
  description: definition.description ?? '',
  docsUrl: definition.docsUrl,
  baseUrl: definition.baseUrl,
  auth: definition.auth ?? { type: 'none' },
  credentialFields: credentialFieldsOf(definition.auth ?? { type: 'none' }),
  settings: definition.settings ?? {},
  mappings: definition.mappings ?? {},
  rateLimits: definition.rateLimits ?? [],
  versions: [],
  definition,
})
