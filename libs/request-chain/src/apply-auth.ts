import type { AuthSpec } from './definition/auth.ts'

/** Credential values by field name, as the vault lends them; `accessToken` for OAuth. */
export type CredentialValues = Readonly<Record<string, string>>

/** What authentication adds to each request. */
export interface AppliedAuth {
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Everything in it that must never be shown. */
  readonly secrets: readonly string[]
}

/** A credential field that the authentication needs and that is not there. */
export class MissingCredential extends Error {
  readonly field: string
  constructor(field: string) {
    super(`the credential "${field}" is not set`)
    this.name = 'MissingCredential'
    this.field = field
  }
}

/** @throws MissingCredential */
export function applyAuth(spec: AuthSpec, values: CredentialValues): AppliedAuth {
  const need = (field: string): string => {
    const value = values[field]
    if (!value) throw new MissingCredential(field)
    return value
  }
  switch (spec.type) {
    case 'none':
      return { headers: {}, query: {}, secrets: [] }
    case 'api_key': {
      const key = need('apiKey')
      return place(spec.in, spec.name, (spec.prefix ?? '') + key, key)
    }
    case 'bearer': {
      const token = need('apiKey')
      return place('header', 'authorization', `Bearer ${token}`, token)
    }
    case 'basic': {
      const [username, password] = [spec.username, spec.password].map((part) =>
        'value' in part ? part.value : need(part.field),
      )
      const encoded = Buffer.from(`${username}:${password}`).toString('base64')
      const secrets = [username, password].filter((part): part is string => Boolean(part))
      return place('header', 'authorization', `Basic ${encoded}`, encoded, ...secrets)
    }
    case 'oauth2': {
      const token = need('accessToken')
      const {
        in: where,
        name,
        prefix,
      } = spec.tokenPlacement ?? { in: 'header', name: 'authorization', prefix: 'Bearer ' }
      return place(where, name, (prefix ?? '') + token, token)
    }
  }
}

const place = (where: 'header' | 'query', name: string, value: string, ...secrets: string[]): AppliedAuth => ({
  headers: where === 'header' ? { [name.toLowerCase()]: value } : {},
  query: where === 'query' ? { [name]: value } : {},
  secrets: [value, ...secrets],
})
