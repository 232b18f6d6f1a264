import { CartlyError, compileSchema, SecretValues } from '@cartly/contracts'
import { sealedSubject, unseal, VAULT } from '@cartly/vault-client'
import type { CredentialKey } from '../domain/credential-id.ts'
import type { SealingKeys } from '../storage/sealing-keys.ts'

/**
 * What a caller has sealed for this very credential.
 * @throws CartlyError `invalid`: it does not open, or holds no values. No message quotes what was inside.
 */
export async function openValues(keys: SealingKeys, key: CredentialKey, sealed: string): Promise<SecretValues> {
  const binding = { audience: VAULT, subject: sealedSubject(key) }
  const text = await unseal(sealed, (keyId) => keys.privateKey(keyId), binding)
  return compileSchema(SecretValues).parse(parse(text), 'The sealed credential')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new CartlyError('invalid', 'invalid_json', 'The sealed credential is not JSON')
  }
}
