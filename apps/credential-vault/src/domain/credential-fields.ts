import { invalid, Secret, type FieldError } from '@cartly/contracts'
import type { FieldMark } from './credential.ts'
import type { CredentialKind } from './entitlement.ts'

/** What a connector's credential consists of, from its template. */
export interface CredentialSpec {
  readonly kind: CredentialKind
  readonly fields: readonly CredentialFieldSpec[]
}

export interface CredentialFieldSpec {
  readonly name: string
  readonly label: string
  readonly required: boolean
  /** A regular expression that the whole of the template's author vouches for. */
  readonly pattern?: string
}

/**
 * Checks the values against the template's fields.
 * @throws CartlyError `invalid` with every field that is wrong; it never quotes a value
 */
export function checkFields(spec: CredentialSpec, values: Record<string, string>): void {
  const known = new Map(spec.fields.map((field) => [field.name, field]))
  const unknown = Object.keys(values)
    .filter((name) => !known.has(name))
    .map((name): FieldError => ({ pointer: `/values/${name}`, message: 'is not a field of this connector' }))
  const wrong = spec.fields.flatMap((field) => fieldErrors(field, values[field.name]))
  if (unknown.length + wrong.length > 0) {
    throw invalid('invalid_credentials', 'The credentials do not have the form that this service gives them', [
      ...unknown,
      ...wrong,
    ])
  }
}

function fieldErrors({ name, label, required, pattern }: CredentialFieldSpec, value: string | undefined): FieldError[] {
  const pointer = `/values/${name}`
  if (value === undefined) return required ? [{ pointer, message: 'is required' }] : []
  if (value.trim() !== value) return [{ pointer, message: 'has spaces or line breaks around it' }]
  return pattern === undefined || new RegExp(pattern, 'u').test(value)
    ? []
    : [{ pointer, message: `does not look like a ${label}: check that it was copied whole` }]
}

/** Names and last characters, for people to recognise their key by. */
export const marksOf = (values: Record<string, string>): FieldMark[] =>
  Object.entries(values).map(([name, value]) => ({ name, last4: new Secret(value).last4 }))

/** Names alone: nobody recognises a token. */
export const namesOf = (values: Record<string, string>): FieldMark[] =>
  Object.keys(values).map((name) => ({ name, last4: '' }))
