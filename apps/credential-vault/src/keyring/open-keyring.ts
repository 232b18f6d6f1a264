import { stat } from 'node:fs/promises'
import type { Fetch } from '@cartly/egress'
import type { Keyring } from '../domain/keyring.ts'
import { AwsKmsKeyring } from './aws-kms-keyring.ts'
import { environmentKeyring } from './environment-keyring.ts'
import { FileKeyring } from './file-keyring.ts'
import type { KeyringSettings } from './keyring-settings.ts'
import { TransitKeyring } from './transit-keyring.ts'

/**
 * Opens the keyring. Only an empty vault makes a new one: a vault whose keyring is lost must say so, not go on with
 * another under which nothing opens.
 * @param inUse the keys that wrap something
 * @throws Error when the keyring has not got one of them
 */
export async function openKeyring(settings: KeyringSettings, inUse: readonly string[], fetch: Fetch): Promise<Keyring> {
  const keyring = await open(settings, inUse.length === 0, fetch)
  const known = new Set(keyring.keys().map(({ id }) => id))
  const missing = inUse.filter((id) => !known.has(id))
  if (missing.length > 0) {
    throw new Error(
      `The keyring has not got ${missing.join(', ')}, which credentials are wrapped with: put the right keyring back`,
    )
  }
  return keyring
}

async function open(settings: KeyringSettings, mayCreate: boolean, fetch: Fetch): Promise<Keyring> {
  switch (settings.kind) {
    case 'file':
      if (mayCreate && !(await exists(settings.path))) return FileKeyring.create(settings.path)
      return FileKeyring.open(settings.path)
    case 'environment':
      return environmentKeyring(settings.keys, settings.primaryKey)
    case 'transit':
      return TransitKeyring.open(settings, fetch)
    case 'aws-kms':
      return new AwsKmsKeyring(settings, fetch)
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
