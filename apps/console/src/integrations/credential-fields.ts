import type { Schemas } from '../api/client.ts'

export type CredentialField = Schemas['TemplateDetail']['credentialFields'][number]

/** The parts of a definition's `auth` that the console reads. */
export interface AuthSpec {
  readonly type: string
  readonly grant?: 'authorization_code' | 'client_credentials'
  readonly clientAuth?: string
  readonly username?: { field?: string }
  readonly password?: { field?: string }
  readonly fields?: Readonly<Record<string, Partial<CredentialField>>>
}

/** What is asked for to connect a service of one's own definition; for templates the API says it (`credentialFields`). */
export function credentialFieldsOf(auth: AuthSpec): CredentialField[] {
  const field = (name: string, label: string, secret = true): CredentialField => ({
    name,
    label,
    secret,
    required: true,
    ...auth.fields?.[name],
  })
  switch (auth.type) {
    case 'api_key':
      return [field('apiKey', 'API key')]
    case 'bearer':
      return [field('apiKey', 'Access token')]
    case 'basic':
      return [auth.username?.field, auth.password?.field].flatMap((name) => (name ? [field(name, name)] : []))
    case 'oauth2': {
      const id = field('clientId', 'Client ID', false)
      return auth.clientAuth === 'none' ? [id] : [id, field('clientSecret', 'Client secret')]
    }
    default:
      return []
  }
}
