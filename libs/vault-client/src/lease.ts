import {
  CartlyError,
  Secret,
  type CredentialId,
  type CredentialPurpose,
  type LeaseContent,
  type StoreId,
} from '@cartly/contracts'

/** Whose credential is asked for, for what, and why (the reason goes into the audit). */
export interface LeaseAsk {
  readonly storeId: StoreId
  /** Id of a connector or of a webhook endpoint. */
  readonly ownerId: string
  readonly purpose: CredentialPurpose
  readonly reason: string
}

/** A credential as the vault lent it, to be used until `expiresAt` and not written anywhere. */
export interface Lease {
  readonly credentialId: CredentialId
  readonly version: number
  /** By field name: see `LeaseContent`. */
  readonly values: Readonly<Record<string, Secret>>
  /** The versions valid beside it, newest first; times in milliseconds since the epoch. */
  readonly older: readonly { version: number; validUntil: number; values: Readonly<Record<string, Secret>> }[]
  /** Milliseconds since the epoch, by this process's clock. */
  readonly expiresAt: number
}

/** @param askedAt when the request was sent: the vault may have lent it at once. */
export const leaseOf = (content: LeaseContent, askedAt: number): Lease => ({
  credentialId: content.credentialId,
  version: content.version,
  values: secrets(content.values),
  older: content.older.map(({ version, validUntil, values }) => ({
    version,
    validUntil: Date.parse(validUntil),
    values: secrets(values),
  })),
  expiresAt: askedAt + content.validForMs,
})

const secrets = (values: Record<string, string>): Record<string, Secret> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, new Secret(value)]))

/** What an ask ends in when the batch it was in got no answer for it. */
export const unanswered = (): CartlyError =>
  new CartlyError('internal', 'lease_missing', 'The vault did not answer for this credential')
