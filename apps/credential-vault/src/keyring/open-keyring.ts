import { join } from 'node:path'
import { stat } from 'node:fs/promises'
import type { Keyring } from '../domain/keyring.ts'
import { environmentKeyring } from './environment-keyring.ts'
import { FileKeyring } from './file-keyring.ts'

/** Where the keyring is: in the environment when `keys` is given, else in a file of the data folder. */
export interface KeyringSettings {
  readonly dataDir: string
  readonly keys: string | undefined
  readonly primaryKey: string | undefined
}

const FILE = 'vault-keyring.json'

/**
 * Opens the keyring. Only an empty vault makes a new one: a vault whose keyring is lost must say so, not go on with
 * another under which nothing opens.
 * @param inUse the keys that have wrapped something
 * @throws Error when the keyring has not got one of them
 */
export async function openKeyring(settings: KeyringSettings, inUse: readonly string[]): Promise<Keyring> {
  const keyring = await open(settings, inUse.length === 0)
  const known = new Set(keyring.keys().map(({ id }) => id))
  const missing = inUse.filter((id) => !known.has(id))
  if (missing.length > 0) {
    throw new Error(
      `The keyring has not got ${missing.join(', ')}, which credentials are wrapped with: put the right keyring back`,
    )
  }
  return keyring
}

async function open({ dataDir, keys, primaryKey }: KeyringSettings, mayCreate: boolean): Promise<Keyring> {
  if (keys !== undefined) return environmentKeyring(keys, primaryKey ?? '')
  const path = join(dataDir, FILE)
  if (mayCreate && !(await exists(path))) return FileKeyring.create(path)
  return FileKeyring.open(path)
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
