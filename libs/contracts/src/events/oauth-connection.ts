import { Type } from 'typebox'
import { eventFamily, v1, type EventOf } from '../event-family.ts'
import { ConnectorIdSchema, CredentialIdSchema, StoreIdSchema } from '../ids.ts'

const Time = Type.String({ format: 'date-time' })

/** The life of one OAuth grant; the aggregate's id is the connector's. Tokens are in the vault. Owner: oauth-refresher. */
export const oauthConnectionEvents = eventFamily('oauth', 'connection', {
  AuthorizationGranted: v1(
    Type.Object({
      connectorId: ConnectorIdSchema,
      storeId: StoreIdSchema,
      credentialId: CredentialIdSchema,
      version: Type.Integer(),
      /** The scopes granted, not those asked for. */
      scopes: Type.Array(Type.String()),
      missingScopes: Type.Array(Type.String()),
      expiresAt: Type.Union([Time, Type.Null()]),
      refreshable: Type.Boolean(),
      /** Values the template captured from the callback or the token reply, such as `realmId`; never a secret. */
      captured: Type.Record(Type.String(), Type.String()),
      grantedAt: Time,
      /** When to refresh it; null when there is no need to, or no way. */
      refreshAt: Type.Union([Time, Type.Null()]),
    }),
  ),
  /** The lock: whoever appended it with the expected sequence is the only one to call the token endpoint. */
  RefreshStarted: v1(Type.Object({ attempt: Type.Integer(), holder: Type.String(), leaseUntil: Time })),
  /** Its holder is still at it, and keeps the lock for longer. */
  RefreshContinued: v1(Type.Object({ holder: Type.String(), leaseUntil: Time })),
  RefreshSucceeded: v1(
    Type.Object({
      version: Type.Integer(),
      expiresAt: Type.Union([Time, Type.Null()]),
      scopes: Type.Array(Type.String()),
      missingScopes: Type.Array(Type.String()),
      refreshedAt: Time,
      refreshAt: Type.Union([Time, Type.Null()]),
    }),
  ),
  RefreshFailed: v1(
    Type.Object({
      class: Type.Union([Type.Literal('transient'), Type.Literal('permanent'), Type.Literal('ambiguous')]),
      code: Type.String(),
      message: Type.String(),
      retryAt: Type.Union([Time, Type.Null()]),
      failedAt: Time,
    }),
  ),
  AccessLost: v1(Type.Object({ code: Type.String(), reason: Type.String() })),
  AccessRevoked: v1(Type.Object({ atProvider: Type.Boolean() })),
})
export type OAuthConnectionEvent = EventOf<typeof oauthConnectionEvents>
