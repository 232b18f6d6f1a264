import type { AuthSpec } from '@cartly/request-chain'

/** One thing a merchant is asked for. `secret` ones are never shown again. */
export interface CredentialField {
  readonly name: string
  readonly label: string
  readonly secret: boolean
  readonly required: boolean
  readonly pattern?: string
  readonly help?: string
  readonly helpUrl?: string
}

/** What a merchant is asked for to connect, in order. Names are those of the credential's values. */
export function credentialFields(auth: AuthSpec): CredentialField[] {
  switch (auth.type) {
    case 'none':
      return []
    case 'api_key':
      return [field(auth, 'apiKey', 'API key')]
    case 'bearer':
      return [field(auth, 'apiKey', 'Access token')]
    case 'basic': {
      const names = [auth.username, auth.password].flatMap((part) => ('field' in part ? [part.field] : []))
      return names.map((name) => field(auth, name, LABELS[name] ?? name))
    }
    case 'oauth2': {
      const id = { ...field(auth, 'clientId', 'Client ID'), secret: false }
      return auth.clientAuth === 'none' ? [id] : [id, field(auth, 'clientSecret', 'Client secret')]
    }
  }
}

const LABELS: Readonly<Record<string, string>> = { apiKey: 'API key', username: 'User name', password: 'Password' }

function field(auth: Exclude<AuthSpec, { type: 'none' }>, name: string, label: string): CredentialField {
  return { name, label, secret: true, required: true, ...auth.fields?.[name] }
}
