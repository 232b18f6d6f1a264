import { Type, type Static } from 'typebox'
import { ConnectorIdSchema } from '../ids.ts'
import { operation } from '../operation.ts'
import { Empty, Time, inStore } from './common.ts'

const O = 'oauth-refresher' as const

export const OAuthConnection = Type.Object({
  connectorId: ConnectorIdSchema,
  status: Type.Union([
    Type.Literal('connected'),
    Type.Literal('access_lost'),
    Type.Literal('revoked'),
    Type.Literal('none'),
  ]),
  scopes: Type.Array(Type.String()),
  missingScopes: Type.Array(Type.String()),
  expiresAt: Type.Union([Time, Type.Null()]),
  lastRefreshAt: Type.Union([Time, Type.Null()]),
  /** When the grant ends whatever is done, where its service sets such an end: someone has to connect again before. */
  grantEndsAt: Type.Union([Time, Type.Null()]),
  reason: Type.Optional(Type.String()),
})
export type OAuthConnection = Static<typeof OAuthConnection>

export const oauth = {
  /**
   * Begins an authorization. `browser` is what ties the callback to this browser: the gateway keeps its value in a cookie.
   * `connectionKey` is the last part of this connector's own redirect URI.
   */
  authorize: operation(O, 'authorize', {
    request: inStore({
      connectorId: ConnectorIdSchema,
      user: Type.String(),
      publicUrl: Type.String({ format: 'uri' }),
    }),
    response: Type.Object({
      authorizationUrl: Type.String(),
      connectionKey: Type.String(),
      browserToken: Type.String(),
      expiresAt: Time,
    }),
    timeoutMs: 10_000,
  }),
  /** The callback, as it came. The reply says what page to show. */
  callback: operation(O, 'callback', {
    request: Type.Object({
      connectionKey: Type.String({ maxLength: 200 }),
      parameters: Type.Record(Type.String(), Type.String({ maxLength: 8_192 })),
      browserToken: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    response: Type.Object({
      outcome: Type.Union([
        Type.Literal('connected'),
        Type.Literal('denied'),
        Type.Literal('expired'),
        Type.Literal('refused'),
        Type.Literal('failed'),
      ]),
      title: Type.String(),
      message: Type.String(),
      storeId: Type.Optional(Type.String()),
      connectorId: Type.Optional(ConnectorIdSchema),
    }),
    timeoutMs: 20_000,
  }),
  get: operation(O, 'get', { request: inStore({ connectorId: ConnectorIdSchema }), response: OAuthConnection }),
  /**
   * Now, whatever the expiry. Also what the executor asks for: after a 401, with `staleVersion`, the version of the token
   * that was refused; with `expired`, when the vault lends it no more. Fetches the first token of a client-credentials
   * connector that has had none.
   */
  refresh: operation(O, 'refresh', {
    request: inStore({
      connectorId: ConnectorIdSchema,
      staleVersion: Type.Optional(Type.Integer()),
      expired: Type.Optional(Type.Boolean()),
    }),
    response: OAuthConnection,
    timeoutMs: 15_000,
  }),
  /** A client-credentials connector has no browser in it: this fetches its first token. */
  connect: operation(O, 'connect', {
    request: inStore({ connectorId: ConnectorIdSchema }),
    response: OAuthConnection,
    timeoutMs: 15_000,
  }),
  revoke: operation(O, 'revoke', {
    request: inStore({ connectorId: ConnectorIdSchema }),
    response: Empty,
    timeoutMs: 15_000,
  }),
} as const
