import { createHash } from 'node:crypto'
import { CartlyError } from '@cartly/contracts'
import type { CompiledChain } from '@cartly/request-chain'
import { compileTemplate, type Catalog, type CompiledTemplate, type TemplateDefinition } from '@cartly/templates'
import type { ConnectorState } from '../domain/connector.ts'

type Pinned = Pick<ConnectorState, 'template' | 'definition' | 'mappings'>

/** Compiled definitions kept at most, beside the catalogue's own. */
const KEPT = 1_000

/** What connectors run on, compiled once for all that have the same definition and mappings. */
export class CompiledTemplates {
  readonly #catalog: Catalog
  readonly #compiled = new Map<string, CompiledTemplate>()
  readonly #ofConnector = new WeakMap<Pinned, CompiledTemplate>()

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  /**
   * @throws CartlyError `unavailable` when this replica does not have the template's version (yet).
   * @throws DefinitionError when what the registry accepted does not compile here.
   */
  of(connector: Pinned): CompiledTemplate {
    const known = this.#ofConnector.get(connector)
    if (known) return known
    const compiled = this.#find(connector)
    this.#ofConnector.set(connector, compiled)
    return compiled
  }

  /** A hook of the connector; undefined when it has none of that name. */
  hook(connector: Pinned, name: string): Hook | undefined {
    const template = this.of(connector)
    const chain = template.hooks.get(name)
    return chain && { name, chain, definition: template.definition.hooks[name]! }
  }

  #find({ template, definition, mappings }: Pinned): CompiledTemplate {
    const own = Object.keys(mappings).length > 0
    if (!template) return this.#compile(`custom ${hashOf([definition, mappings])}`, definition, mappings)
    const entry = this.#catalog.get(template.slug, template.version)
    if (!entry) {
      const message = `The template ${template.slug} ${template.version} is not known to this executor`
      throw new CartlyError('unavailable', 'template_unknown', message, { retryAfterMs: 10_000 })
    }
    if (!own) return entry
    return this.#compile(`${template.slug}@${template.version} ${hashOf(mappings)}`, entry.definition, mappings)
  }

  #compile(key: string, definition: unknown, mappings: Pinned['mappings']): CompiledTemplate {
    const compiled = this.#compiled.get(key) ?? compileTemplate(definition, mappings)
    this.#compiled.delete(key)
    this.#compiled.set(key, compiled)
    if (this.#compiled.size > KEPT) this.#compiled.delete(this.#compiled.keys().next().value!)
    return compiled
  }
}

export interface Hook {
  readonly name: string
  readonly chain: CompiledChain
  readonly definition: TemplateDefinition['hooks'][string]
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url')
