import { compileSchema } from '@cartly/contracts'
import {
  compileMapping,
  compileMappings,
  MappingError,
  type CompiledMapping,
  type JsonSchema,
  type NamedRules,
} from '@cartly/mapping'
import {
  compileChain,
  compileTest,
  DefinitionError,
  readableSchema,
  resolveSchema,
  type ChainContext,
  type CompiledChain,
  type CompiledTest,
  type DefinitionIssue,
} from '@cartly/request-chain'
import { wrongAddress } from './address.ts'
import { authIssues } from './check-auth.ts'
import { settingsIssues } from './check-settings.ts'
import { limitIssues } from './rate-limits.ts'
import { templateShape, type TemplateDefinition } from './definition.ts'

/** A connector's own mappings by name, in the place of the template's. */
export type MappingOverrides = Readonly<Record<string, unknown>>

/** A template, checked and compiled. */
export interface CompiledTemplate {
  readonly definition: TemplateDefinition
  readonly hooks: ReadonlyMap<string, CompiledChain>
  readonly test: CompiledTest
  /**
   * The address of the service: the connector's own, or the template's.
   * @throws MappingError when a setting it needs is missing
   */
  baseUrl(connector: ConnectorAddress): string
}

export interface ConnectorAddress {
  readonly settings?: Readonly<Record<string, unknown>>
  readonly connection?: Readonly<Record<string, string>>
  readonly endpoints?: { readonly baseUrl?: string }
}

const shape = compileSchema(templateShape)

/**
 * Checks a template or a custom definition and compiles it.
 * @throws DefinitionError with every issue and its place
 */
export function compileTemplate(definition: unknown, overrides: MappingOverrides = {}): CompiledTemplate {
  const misshapen = shape.errors(definition)
  if (misshapen.length > 0) {
    throw new DefinitionError(misshapen.map(({ pointer, message }) => ({ code: 'bad_shape', pointer, message })))
  }
  return new TemplateCompilation(definition as TemplateDefinition, overrides).compile()
}

/**
 * One hook of a template, with a connector's own mappings in place.
 * @throws DefinitionError; also when there is no such hook
 */
export function resolveHook(
  definition: TemplateDefinition,
  hook: string,
  overrides: MappingOverrides = {},
): CompiledChain {
  if (!Object.hasOwn(definition.hooks, hook)) {
    const message = `${definition.name} has no hook "${hook}"; it has ${Object.keys(definition.hooks).join(', ')}`
    throw new DefinitionError([{ code: 'unknown_hook', pointer: `/hooks/${hook}`, message }])
  }
  return new TemplateCompilation(definition, overrides).hook(hook)
}

class TemplateCompilation {
  readonly #definition: TemplateDefinition
  readonly #issues: DefinitionIssue[] = []
  readonly #context: ChainContext

  constructor(definition: TemplateDefinition, overrides: MappingOverrides) {
    this.#definition = definition
    this.#issues.push(...authIssues(definition.auth), ...limitIssues(definition))
    const settings = this.#settings()
    this.#context = {
      service: definition.name,
      mappings: this.#mappings(overrides),
      settings,
      auth: definition.auth,
      connection: connectionNames(definition),
      ...(definition.errors ? { errors: definition.errors } : {}),
    }
  }

  compile(): CompiledTemplate {
    const definition = this.#definition
    const hooks = new Map<string, CompiledChain>()
    for (const name of Object.keys(definition.hooks)) {
      const chain = this.#collect(() => this.#hook(name))
      if (chain) hooks.set(name, chain)
    }
    const test = this.#collect(() =>
      compileTest(definition.testConnection, { ...this.#context, pointer: '/testConnection' }),
    )
    const roots = { settings: this.#context.settings, connection: closed(connectionNames(definition)) }
    const text = { type: 'string' }
    const baseUrl = this.#collect(() =>
      compileMapping(definition.baseUrl, { roots, output: text, pointer: '/baseUrl' }),
    )
    const wrong = typeof definition.baseUrl === 'string' ? wrongAddress(definition.baseUrl) : undefined
    if (wrong) this.#issues.push({ code: 'bad_address', pointer: '/baseUrl', message: wrong })
    if (this.#issues.length > 0 || !test || !baseUrl) throw new DefinitionError(this.#issues)
    return { definition, hooks, test, baseUrl: (connector) => addressOf(baseUrl, connector) }
  }

  hook(name: string): CompiledChain {
    const chain = this.#collect(() => this.#hook(name))
    if (!chain || this.#issues.length > 0) throw new DefinitionError(this.#issues)
    return chain
  }

  #hook(name: string): CompiledChain {
    return compileChain(this.#definition.hooks[name], { ...this.#context, pointer: `/hooks/${name}` })
  }

  #settings(): JsonSchema {
    const schema = this.#definition.settings
    if (!schema) return closed([])
    this.#issues.push(...settingsIssues(schema))
    return schema
  }

  #mappings(overrides: MappingOverrides): ReadonlyMap<string, CompiledMapping> {
    const own = this.#definition.mappings ?? {}
    const unknown = Object.keys(overrides).filter((name) => !Object.hasOwn(own, name))
    for (const name of unknown) {
      const message = `${this.#definition.name} has no mapping "${name}"; it has ${Object.keys(own).join(', ') || 'none'}`
      this.#issues.push({ code: 'unknown_mapping', pointer: `/mappings/${name}`, message })
    }
    const report = (code: string, pointer: string, message: string): void =>
      void this.#issues.push({ code, pointer, message })
    const named = Object.entries(own).map(([name, { rules, input, output }]): [string, NamedRules] => {
      const at = `/mappings/${name}`
      const [read, written] = [
        readableSchema(input, `${at}/input`, report),
        resolveSchema(output, `${at}/output`, report),
      ]
      const ends = { ...(read ? { input: read } : {}), ...(written ? { output: written } : {}) }
      return Object.hasOwn(overrides, name)
        ? [name, { rules: overrides[name], pointer: at, ...ends }]
        : [name, { rules, pointer: `${at}/rules`, ...ends }]
    })
    return compileMappings(Object.fromEntries(named), ({ code, pointer, reason }) =>
      this.#issues.push({ code, pointer, message: reason }),
    )
  }

  #collect<T>(compile: () => T): T | undefined {
    try {
      return compile()
    } catch (error) {
      if (error instanceof DefinitionError) this.#issues.push(...error.issues)
      else if (error instanceof MappingError) {
        this.#issues.push({ code: error.code, pointer: error.pointer, message: error.reason })
      } else throw error
      return undefined
    }
  }
}

/** The names that the authorization captures. */
const connectionNames = ({ auth }: TemplateDefinition): string[] =>
  auth.type === 'oauth2' ? (auth.capture ?? []).map(({ name }) => name) : []

const closed = (names: readonly string[]): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(names.map((name) => [name, {}])),
})

function addressOf(baseUrl: CompiledMapping, { settings, connection, endpoints }: ConnectorAddress): string {
  if (endpoints?.baseUrl) return endpoints.baseUrl
  const address = baseUrl.run({ settings: settings ?? {}, connection: connection ?? {} })
  if (typeof address === 'string' && wrongAddress(address) === undefined) return address
  throw new MappingError('missing', '/baseUrl', 'the address of the service is not complete; check the settings')
}
