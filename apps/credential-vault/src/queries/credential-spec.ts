import { compileSchema } from '@cartly/contracts'
import { AuthSpec, credentialFields, type Catalog } from '@cartly/templates'
import { Type } from 'typebox'
import type { SpecOf } from './connector-directory.ts'

const WithAuth = compileSchema(Type.Object({ auth: AuthSpec }))

/** What credentials consist of, by the catalogue's templates and the stores' own definitions. */
export const specFrom =
  (catalog: Catalog): SpecOf =>
  ({ template, definition }) => {
    if (template) {
      const auth = catalog.get(template.slug, template.version)?.definition.auth
      return auth && { kind: kindOf(auth), fields: credentialFields(auth) }
    }
    if (!WithAuth.is(definition)) return undefined
    const { auth } = definition
    // A pattern of the store's own could be written to run for minutes: only the catalogue's are.
    const fields = credentialFields(auth).map(({ pattern: _pattern, ...field }) => field)
    return { kind: kindOf(auth), fields }
  }

const kindOf = ({ type }: AuthSpec) => (type === 'oauth2' ? 'oauth_client' : 'requests')
