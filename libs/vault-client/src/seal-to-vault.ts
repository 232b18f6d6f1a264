import { compileSchema, SecretValues, vault, type CredentialPurpose, type StoreId } from '@cartly/contracts'
import type { BusClient } from '@cartly/messaging'
import { seal } from './sealed.ts'

/** What the values are to become; sealed for one, they cannot be stored as another. */
export interface SealedFor {
  readonly storeId: StoreId
  readonly ownerId: string
  readonly purpose: CredentialPurpose
}

/** The vault's name, as the audience of what is sealed to it. */
export const VAULT = 'credential-vault'

/** A request is on its way for seconds at most; clocks may differ (`unseal`). */
const GOOD_FOR_MS = 60_000

/** The subject of a message sealed to the vault. */
export const sealedSubject = ({ storeId, ownerId, purpose }: SealedFor): string => `${storeId}/${ownerId}/${purpose}`

/**
 * Seals values to the vault's key of the hour, for `credentials.put`, `tokens.put` and `webhook-headers.put`.
 * @throws CartlyError `invalid` when the values are not `SecretValues`; and what `BusClient.request` throws.
 */
export async function sealToVault(bus: BusClient, target: SealedFor, values: SecretValues): Promise<string> {
  const text = JSON.stringify(compileSchema(SecretValues).parse(values, 'The credential'))
  const { publicKey, keyId } = await bus.request(vault.sealingKey, {})
  return seal(text, publicKey, {
    audience: VAULT,
    subject: sealedSubject(target),
    expiresAt: Date.now() + GOOD_FOR_MS,
    keyId,
  })
}
