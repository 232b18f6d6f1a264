import {
  derivedId,
  timeOfId,
  type ConnectorId,
  type CredentialId,
  type CredentialPurpose,
  type StoreId,
} from '@cartly/contracts'

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
export const credentialIdOf = ({ storeId, ownerId, purpose }: CredentialKey): CredentialId =>
  // The owner's own time, so that credentials sort as what they belong to.
  derivedId('cred', timeOfId(ownerId as ConnectorId), [storeId, ownerId, purpose])
