import { invalid, type CredentialPurpose, type TemplateRef } from '@cartly/contracts'
import { DefinitionError } from '@cartly/request-chain'
import {
  compileTemplate,
  credentialFields,
  validateDefinition,
  type Catalog,
  type CatalogEntry,
  type CompiledTemplate,
  type TemplateDefinition,
} from '@cartly/templates'
import type { Installed } from '../domain/connector.ts'
import { ownDefinition } from './own-definition.ts'

type Pinned = Pick<Installed, 'template' | 'definition'>

/** What connectors run on: the catalogue's templates, and the stores' own definitions. */
export class TemplateBook {
  readonly catalog: Catalog

  constructor(catalog: Catalog) {
    this.catalog = catalog
  }

  /** @throws CartlyError `invalid` when there is no such template, or no such version of it. */
  entry(slug: string, version?: string): CatalogEntry {
    const found = this.catalog.get(slug, version)
    if (found) return found
    const versions = this.catalog.versions(slug)
    const message =
      versions.length === 0
        ? `There is no template ${slug}; GET /v1/templates lists those there are`
        : `The template ${slug} has no version ${version}; it has ${versions.join(', ')}`
    const pointer = versions.length === 0 ? '/template' : '/version'
    throw invalid('unknown_template', message, [{ pointer, message }])
  }

  /** What a connector is pinned to. */
  definitionOf({ template, definition }: Pinned): TemplateDefinition {
    return template ? this.entry(template.slug, template.version).definition : (definition as TemplateDefinition)
  }

  /**
   * What a store has written as the `definition` of its request, completed; its samples are run.
   * @throws CartlyError `invalid` with every issue and its place in that request.
   */
  async own(written: unknown): Promise<TemplateDefinition> {
    const definition = ownDefinition(written)
    const issues = await validateDefinition(definition)
    if (issues.length === 0) return definition as unknown as TemplateDefinition
    const errors = issues.map(({ pointer, message }) => ({ pointer: `/definition${pointer}`, message }))
    const detail = errors.map(({ pointer, message }) => `${pointer}: ${message}`).join('\n')
    throw invalid('invalid_definition', detail, errors)
  }

  /**
   * A definition with a connector's own mappings in it, compiled.
   * @throws CartlyError `invalid` with every issue and its place.
   */
  compile(definition: unknown, mappings: Readonly<Record<string, unknown>>): CompiledTemplate {
    try {
      return compileTemplate(definition, mappings)
    } catch (error) {
      if (!(error instanceof DefinitionError)) throw error
      const errors = error.issues.map(({ pointer, message }) => ({ pointer, message }))
      throw invalid('invalid_definition', error.message, errors)
    }
  }

  refOf({ slug, version }: CatalogEntry): TemplateRef {
    return { slug, version }
  }
}

/** The credentials that a service's way of authenticating asks for. */
export function neededCredentials({ auth }: Pick<TemplateDefinition, 'auth'>): CredentialPurpose[] {
  const own: CredentialPurpose[] = credentialFields(auth).length > 0 ? ['connector'] : []
  return auth.type === 'oauth2' && auth.grant === 'authorization_code' ? [...own, 'oauth_tokens'] : own
}
