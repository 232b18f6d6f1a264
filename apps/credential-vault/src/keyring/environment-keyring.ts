import type { Keyring } from '../domain/keyring.ts'
import { LocalKeys, type LocalKey } from './local-keys.ts'

/**
 * Keys from the environment, for containers whose secrets are mounted so:
 * `VAULT_KEYS=<id>:<base64 of 32 bytes>,…`, of which `VAULT_PRIMARY_KEY` names the one that wraps. To rotate, add the new
 * key everywhere, then name it as primary everywhere, rewrap, and take the old one away.
 * @throws Error that names what is wrong, never a key.
 */
export function environmentKeyring(keys: string, primary: string): Keyring {
  const parsed = keys.split(',').map((entry): LocalKey => {
    const [id, material] = entry.trim().split(':')
    if (!id || !material) throw new Error('VAULT_KEYS must be <id>:<base64>, several separated by commas')
    return { id, state: id === primary ? 'primary' : 'decrypt-only', material: Buffer.from(material, 'base64') }
  })
  if (!parsed.some(({ state }) => state === 'primary')) {
    throw new Error('VAULT_PRIMARY_KEY must name one of VAULT_KEYS')
  }
  const local = new LocalKeys(parsed)
  return {
    primary: () => local.primary(),
    keys: () => local.keys(),
    refresh: async () => undefined,
    wrap: async (keyId, dataKey, binding) => local.wrap(keyId, dataKey, binding),
    unwrap: async (keyId, wrapped, binding) => local.unwrap(keyId, wrapped, binding),
  }
}
