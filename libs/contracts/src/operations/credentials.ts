import { Type, type Static } from 'typebox'
import { BusError } from '../errors.ts'
import { CredentialPurpose, OwnerIdSchema } from '../events/credential.ts'
import { ConnectorIdSchema, CredentialIdSchema, EndpointIdSchema } from '../ids.ts'
import { operation, type Operation } from '../operation.ts'
import { Empty, Time, inStore } from './common.ts'

const V = 'credential-vault' as const

/** What may be known of a credential: never a secret. */
export const CredentialDescription = Type.Object({
  credentialId: CredentialIdSchema,
  version: Type.Integer(),
  storedAt: Time,
  fields: Type.Array(Type.Object({ name: Type.String(), set: Type.Boolean(), last4: Type.String() })),
  expiresAt: Type.Optional(Time),
})
export type CredentialDescription = Static<typeof CredentialDescription>

/**
 * A JWE in compact form (RFC 7516, ECDH-ES with A256GCM): secrets cross the bus in no other way. Requests are sealed to
 * the vault's key of the hour (`sealingKey`), replies to the ephemeral key that the request brought.
 */
const Sealed = Type.String({ maxLength: 262_144 })

/** Public half of an X25519 key (RFC 8037). */
export const SealingKey = Type.Object({ kty: Type.Literal('OKP'), crv: Type.Literal('X25519'), x: Type.String() })
export type SealingKey = Static<typeof SealingKey>

/** What `credentials.put`, `tokens.put` and `webhook-headers.put` hold once opened: values by the field's or header's name. */
export const SecretValues = Type.Record(
  Type.String({ maxLength: 64 }),
  Type.String({ minLength: 1, maxLength: 8_192 }),
  {
    minProperties: 1,
    maxProperties: 20,
  },
)
export type SecretValues = Static<typeof SecretValues>

/**
 * A lease's request. The public key is an ephemeral X25519 JWK; the reply is sealed to it. The subject ends in the asking
 * service's own name, which NATS lets nobody else publish, so the vault knows who asks.
 */
const LeaseRequest = Type.Object({
  leases: Type.Array(
    inStore({
      /** The connector or webhook endpoint whose present credential of that purpose is asked for. */
      ownerId: OwnerIdSchema,
      purpose: CredentialPurpose,
      /** Why, for the audit. */
      reason: Type.String({ maxLength: 200 }),
    }),
    { minItems: 1, maxItems: 500 },
  ),
  publicKey: SealingKey,
  /** Random, single use: a request seen twice is refused. */
  nonce: Type.String({ minLength: 16, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' }),
})
/** One JWE for the whole reply, so that many leases cost one key agreement; it holds `LeaseContents`. */
const LeaseReply = Type.Object({ sealed: Type.String({ maxLength: 1_000_000 }) })
const lease = (holder: string): Operation<typeof LeaseRequest, typeof LeaseReply> =>
  operation(V, `lease.${holder}`, { request: LeaseRequest, response: LeaseReply })

export type LeaseRequest = Static<typeof LeaseRequest>
export type LeaseReply = Static<typeof LeaseReply>

/** What is lent. `older` are the versions that are valid beside the present one, newest first (webhook secrets overlap). */
export const LeaseContent = Type.Object({
  leaseId: Type.String(),
  credentialId: CredentialIdSchema,
  version: Type.Integer(),
  /**
   * By field name. Of a connector, the template's; of `oauth_tokens`, `accessToken`, `tokenType` and, for the refresher
   * alone, `refreshToken`; of `webhook_secret`, `secret`; of `webhook_headers`, the headers' names.
   */
  values: Type.Record(Type.String(), Type.String()),
  older: Type.Array(
    Type.Object({ version: Type.Integer(), validUntil: Time, values: Type.Record(Type.String(), Type.String()) }),
  ),
  /** Until when the holder may keep it in memory, by the vault's clock; and how long that is, because clocks differ. */
  expiresAt: Time,
  validForMs: Type.Integer({ minimum: 0 }),
})
export type LeaseContent = Static<typeof LeaseContent>

/** What a lease's reply holds once opened: for each lease asked for, in order, its content or why there is none. */
export const LeaseContents = Type.Array(Type.Union([LeaseContent, Type.Object({ error: BusError })]))
export type LeaseContents = Static<typeof LeaseContents>

/** The keys that wrap data keys, and how far a rotation is: the old key may go when it wraps nothing any more. */
export const KeyringDescription = Type.Object({
  keys: Type.Array(
    Type.Object({
      id: Type.String(),
      state: Type.Union([
        Type.Literal('pending'),
        Type.Literal('primary'),
        Type.Literal('decrypt-only'),
        Type.Literal('destroyed'),
      ]),
      /** Data keys that it wraps. */
      inUse: Type.Integer(),
    }),
  ),
  /** Whether data keys are being wrapped anew under the primary key, and how many still have to be. */
  rewrap: Type.Object({ running: Type.Boolean(), remaining: Type.Integer() }),
})
export type KeyringDescription = Static<typeof KeyringDescription>

const KeyId = Type.Object({ keyId: Type.String({ maxLength: 200 }) })

export const vault = {
  /** The key to seal requests to; good for an hour, and known to every replica of the vault. */
  sealingKey: operation(V, 'sealing-key', {
    request: Empty,
    response: Type.Object({ publicKey: SealingKey, keyId: Type.String(), validUntil: Time }),
  }),
  putCredentials: operation(V, 'credentials.put', {
    request: inStore({
      connectorId: ConnectorIdSchema,
      sealed: Sealed,
    }),
    response: CredentialDescription,
  }),
  describeCredentials: operation(V, 'credentials.describe', {
    request: inStore({ connectorId: ConnectorIdSchema }),
    response: CredentialDescription,
  }),
  deleteCredentials: operation(V, 'credentials.delete', {
    request: inStore({ connectorId: ConnectorIdSchema }),
    response: Type.Object({ credentialId: CredentialIdSchema }),
  }),
  /** API keys and access tokens. */
  leaseToExecutor: lease('hook-executor'),
  /** Signing secrets, and the values of endpoints' own headers. */
  leaseToDispatcher: lease('webhook-dispatcher'),
  /** Client secrets and refresh tokens. */
  leaseToRefresher: lease('oauth-refresher'),
  /** Tokens as the authorization server gave them. */
  putTokens: operation(V, 'tokens.put', {
    request: inStore({
      connectorId: ConnectorIdSchema,
      sealed: Sealed,
      /** How long the access token is good from now on, because clocks differ; null when that is not known. */
      validForMs: Type.Union([Type.Integer(), Type.Null()]),
    }),
    response: CredentialDescription,
  }),
  deleteTokens: operation(V, 'tokens.delete', {
    request: inStore({ connectorId: ConnectorIdSchema }),
    response: Empty,
  }),
  createWebhookSecret: operation(V, 'webhook-secret.create', {
    request: inStore({
      endpointId: EndpointIdSchema,
      signature: Type.Union([Type.Literal('v1'), Type.Literal('v1a')]),
    }),
    response: Type.Object({
      credentialId: CredentialIdSchema,
      version: Type.Integer(),
      publicKey: Type.Optional(Type.String()),
    }),
  }),
  rotateWebhookSecret: operation(V, 'webhook-secret.rotate', {
    request: inStore({
      endpointId: EndpointIdSchema,
      signature: Type.Union([Type.Literal('v1'), Type.Literal('v1a')]),
      overlapUntil: Time,
    }),
    response: Type.Object({ version: Type.Integer(), publicKey: Type.Optional(Type.String()) }),
  }),
  /** The present secret, for the merchant to see: `{ secret }` sealed to the gateway's key. */
  revealWebhookSecret: operation(V, 'webhook-secret.reveal', {
    request: inStore({ endpointId: EndpointIdSchema, publicKey: SealingKey }),
    response: Type.Object({ sealed: Sealed, version: Type.Integer() }),
  }),
  deleteWebhookSecret: operation(V, 'webhook-secret.delete', {
    request: inStore({ endpointId: EndpointIdSchema }),
    response: Empty,
  }),
  /**
   * Replaces an endpoint's own headers by those of `names`: the value is the sealed one, or else the one that is stored
   * under the same name. A name that has neither is refused, with its place in the endpoint's settings.
   */
  putWebhookHeaders: operation(V, 'webhook-headers.put', {
    request: inStore({
      endpointId: EndpointIdSchema,
      names: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 20, uniqueItems: true }),
      sealed: Type.Optional(Sealed),
    }),
    response: Type.Object({ version: Type.Integer() }),
  }),
  /** Deletes them all; with `version` only while that is the newest. */
  deleteWebhookHeaders: operation(V, 'webhook-headers.delete', {
    request: inStore({ endpointId: EndpointIdSchema, version: Type.Optional(Type.Integer()) }),
    response: Empty,
  }),
  /** For administrators. A rotation is: add, promote, rewrap, destroy. A keyring kept elsewhere is changed there. */
  describeKeyring: operation(V, 'keyring.describe', { request: Empty, response: KeyringDescription }),
  addKey: operation(V, 'keyring.add', { request: Empty, response: KeyId }),
  promoteKey: operation(V, 'keyring.promote', { request: KeyId, response: KeyringDescription }),
  rewrap: operation(V, 'keyring.rewrap', { request: Empty, response: KeyringDescription }),
  destroyKey: operation(V, 'keyring.destroy', { request: KeyId, response: KeyringDescription }),
} as const
