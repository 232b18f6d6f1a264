import { Type, type Static } from 'typebox'
import { eventFamily, v1, type EventOf } from '../event-family.ts'
import { CredentialIdSchema, StoreIdSchema } from '../ids.ts'

/**
 * What a credential is for. It is part of the associated data of its envelope, so a ciphertext cannot serve another end.
 * `connector`: API keys and the like, and OAuth client settings; `oauth_tokens`: access and refresh token;
 * `webhook_secret`: signing secrets of an endpoint; `webhook_headers`: the values of its own headers.
 */
export const CredentialPurpose = Type.Union([
  Type.Literal('connector'),
  Type.Literal('oauth_tokens'),
  Type.Literal('webhook_secret'),
  Type.Literal('webhook_headers'),
])
export type CredentialPurpose = Static<typeof CredentialPurpose>

/** Whose credential it is: the id of a connector or of a webhook endpoint. */
export const OwnerIdSchema = Type.String({ pattern: '^(conn|whk)_[0-9a-z]{8,40}$' })

/** The life of a credential, never its content. Owner: credential-vault. */
export const credentialEvents = eventFamily('vault', 'credential', {
  CredentialStored: v1(
    Type.Object({
      credentialId: CredentialIdSchema,
      storeId: StoreIdSchema,
      ownerId: OwnerIdSchema,
      purpose: CredentialPurpose,
      version: Type.Integer({ minimum: 1 }),
      /** Which data key of the vault's opens it: a digest of that key, so that no other can be put in its place. */
      keyId: Type.String(),
      storedAt: Type.String({ format: 'date-time' }),
      /** Names of the fields and the last four characters of those long enough to show them. */
      fields: Type.Array(Type.Object({ name: Type.String(), last4: Type.String() })),
      /** When the access token in it ends, for OAuth. */
      expiresAt: Type.Optional(Type.String({ format: 'date-time' })),
      /** Until when the version before is valid too; without it, that one has ended. */
      overlapUntil: Type.Optional(Type.String({ format: 'date-time' })),
    }),
  ),
  CredentialVersionRetired: v1(Type.Object({ version: Type.Integer() })),
  CredentialDeletionRequested: v1(Type.Object({ reason: Type.String() })),
  CredentialShredded: v1(Type.Object({ versions: Type.Array(Type.Integer()) })),
})
export type CredentialEvent = EventOf<typeof credentialEvents>
