import { createHash } from 'node:crypto'
import type { CredentialId, CredentialPurpose, StoreId } from '@cartly/contracts'

/** Whose credential it is, and what for: there is one of each. */
export interface CredentialKey {
  readonly storeId: StoreId
  readonly ownerId: string
  readonly purpose: CredentialPurpose
}

/**
 * The id follows from whose credential it is. So two requests that store a connector's first key at the same moment meet
 * in one aggregate and one of them is refused, and another store's request finds an aggregate that does not exist.
 */
export function credentialIdOf({ storeId, ownerId, purpose }: CredentialKey): CredentialId {
  const digest = createHash('sha256').update(`${storeId}\n${ownerId}\n${purpose}`).digest('hex')
  return `cred_${digest.slice(0, 32)}` as CredentialId
}
