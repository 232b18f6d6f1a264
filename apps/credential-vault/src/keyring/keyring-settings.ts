import { join } from 'node:path'
import { Type, type Static } from 'typebox'
import type { AwsKmsSettings } from './aws-kms-keyring.ts'
import type { TransitSettings } from './transit-keyring.ts'

/** Which keyring, and where it is. */
export type KeyringSettings =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'environment'; readonly keys: string; readonly primaryKey: string }
  | ({ readonly kind: 'transit' } & TransitSettings)
  | ({ readonly kind: 'aws-kms' } & AwsKmsSettings)

const kinds = ['file', 'environment', 'transit', 'aws-kms'] as const
const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }))

/** What the keyring reads from the environment. */
export const KeyringEnv = {
  CARTLY_DATA_DIR: Type.String({ minLength: 1, description: 'Where a keyring file is' }),
  VAULT_KEYRING: Type.Optional(Type.Enum(kinds, { description: 'file, unless said' })),
  VAULT_KEYS: text('<id>:<base64 of 32 bytes>, several separated by commas'),
  VAULT_PRIMARY_KEY: text('Which of VAULT_KEYS wraps'),
  VAULT_TRANSIT_URL: text('https://host:port/v1/<mount>'),
  VAULT_TRANSIT_KEY: text('Name of the key there'),
  VAULT_TRANSIT_TOKEN: text('Its token'),
  VAULT_KMS_KEYS: text('ARNs, separated by commas; the first wraps'),
  VAULT_KMS_ENDPOINT: text('Another address than that of the region'),
  AWS_REGION: text('Region of the keys'),
  AWS_ACCESS_KEY_ID: text('Who asks AWS'),
  AWS_SECRET_ACCESS_KEY: text('Its secret'),
  AWS_SESSION_TOKEN: text('Of temporary credentials'),
}
type KeyringEnv = Static<ReturnType<typeof Type.Object<typeof KeyringEnv>>>

/** @throws Error that names the variable which this kind of keyring needs */
export function keyringSettings(env: KeyringEnv): KeyringSettings {
  const need = (name: keyof KeyringEnv): string => {
    const value = env[name]
    if (value === undefined) throw new Error(`The environment is not complete: ${name} is required`)
    return value
  }
  const kind = env.VAULT_KEYRING ?? 'file'
  switch (kind) {
    case 'file':
      return { kind, path: join(env.CARTLY_DATA_DIR, 'vault-keyring.json') }
    case 'environment':
      return { kind, keys: need('VAULT_KEYS'), primaryKey: need('VAULT_PRIMARY_KEY') }
    case 'transit':
      return {
        kind,
        url: need('VAULT_TRANSIT_URL'),
        key: need('VAULT_TRANSIT_KEY'),
        token: need('VAULT_TRANSIT_TOKEN'),
      }
    case 'aws-kms': {
      const [first = '', ...rest] = need('VAULT_KMS_KEYS').split(',')
      return {
        kind,
        region: need('AWS_REGION'),
        keys: [first, ...rest],
        ...(env.VAULT_KMS_ENDPOINT === undefined ? {} : { endpoint: env.VAULT_KMS_ENDPOINT }),
        credentials: {
          accessKeyId: need('AWS_ACCESS_KEY_ID'),
          secretAccessKey: need('AWS_SECRET_ACCESS_KEY'),
          sessionToken: env.AWS_SESSION_TOKEN,
        },
      }
    }
  }
}
