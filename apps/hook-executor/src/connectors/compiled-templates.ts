import { createHash } from 'node:crypto'
import { CartlyError, compileJsonSchema } from '@cartly/contracts'
import { DefinitionError, type CompiledChain } from '@cartly/request-chain'
import {
  CatalogError,
  compileTemplate,
  type Catalog,
  type CompiledTemplate,
  type TemplateDefinition,
  type CatalogEntry,
} from '@cartly/templates'
import type { Connector, ConnectorState } from '../domain/connector.ts'

type Pinned = Pick<ConnectorState, 'template' | 'definition' | 'mappings'>

/** Compiled definitions kept at most, beside the catalogue's own. */
const KEPT = 1_000

/** What connectors run on, compiled once for all that have the same definition and mappings. */
export class CompiledTemplates {
  readonly #catalog: Catalog
  readonly #onUnreadable: (connector: Connector, error: CartlyError) => void
  readonly #leftOut = new WeakSet<Connector>()
  readonly #compiled = new Map<string, CompiledTemplate>()
  readonly #ofConnector = new WeakMap<Pinned, CompiledTemplate>()

  /** @param onUnreadable told once of a connector that is left out */
  constructor(catalog: Catalog, onUnreadable: (connector: Connector, error: CartlyError) => void) {
    this.#catalog = catalog
    this.#onUnreadable = onUnreadable
  }

  /**
   * @throws CartlyError `unavailable` when this replica does not have the template's version (yet), `conflict` when what
   *   the registry accepted does not compile here.
   */
  of(connector: Pinned): CompiledTemplate {
    const known = this.#ofConnector.get(connector)
    if (known) return known
    const compiled = this.#find(connector)
    this.#ofConnector.set(connector, compiled)
    return compiled
  }

  /** A hook of the connector; undefined when it has none of that name. @throws CartlyError as `of` */
  hook(connector: Pinned, name: string): Hook | undefined {
    const template = this.of(connector)
    const chain = template.hooks.get(name)
    return chain && { name, chain, definition: template.definition.hooks[name]! }
  }

  /** Of several connectors, those hooks that `wanted` names. One that cannot be read is left out: it must not stop the others. */
  among(connectors: readonly Connector[], wanted: (definition: TemplateDefinition) => readonly string[]): Target[] {
    return connectors.flatMap((connector) => {
      try {
        const { definition } = this.of(connector)
        return wanted(definition).flatMap((name) => {
          const hook = this.hook(connector, name)
          return hook ? [{ connector, hook }] : []
        })
      } catch (error) {
        if (!(error instanceof CartlyError)) throw error
        if (!this.#leftOut.has(connector)) this.#onUnreadable(connector, error)
        this.#leftOut.add(connector)
        return []
      }
    })
  }

  /** Compiles what a connector runs on, if that can be done; who runs it then is told why not. */
  prepare(connector: Pinned): void {
    try {
      for (const { input, output } of this.of(connector).hooks.values()) {
        for (const schema of [input, output]) if (schema) compileJsonSchema(schema)
      }
    } catch (error) {
      if (!(error instanceof CartlyError)) throw error
    }
  }

  #find({ template, definition, mappings }: Pinned): CompiledTemplate {
    const own = Object.keys(mappings).length > 0
    if (!template) return this.#compile(`custom ${hashOf([definition, mappings])}`, definition, mappings)
    const entry = this.#catalog.get(template.slug, template.version)
    if (!entry) {
      const message = `The template ${template.slug} ${template.version} is not known to this executor`
      throw new CartlyError('unavailable', 'template_unknown', message, { retryAfterMs: 10_000 })
    }
    if (!own) return checked(entry)
    return this.#compile(`${template.slug}@${template.version} ${hashOf(mappings)}`, entry.definition, mappings)
  }

  #compile(key: string, definition: unknown, mappings: Pinned['mappings']): CompiledTemplate {
    const compiled = this.#compiled.get(key) ?? compile(definition, mappings)
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

/** A hook of a connector. */
export interface Target {
  readonly connector: Connector
  readonly hook: Hook
}

function compile(definition: unknown, mappings: Pinned['mappings']): CompiledTemplate {
  try {
    return compileTemplate(definition, mappings)
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error
    const message = `The connector's definition cannot be used: ${error.message}`
    throw new CartlyError('conflict', 'definition_invalid', message, { cause: error })
  }
}

/** Entries are compiled when they are first used. */
function checked(entry: CatalogEntry): CatalogEntry {
  try {
    entry.check()
    return entry
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error
    throw new CartlyError('conflict', 'definition_invalid', `The template cannot be used: ${error.message}`, {
      cause: error,
    })
  }
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url')
