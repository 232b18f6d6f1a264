import { Type, type Static } from 'typebox'
import { CredentialPurpose, OwnerIdSchema } from '../events/credential.ts'
import { CredentialIdSchema, StoreIdSchema } from '../ids.ts'

/**
 * One line of the audit: a secret was lent or shown, or that was refused. Published by the vault on
 * `audit.<storeId>.<credentialId>`, and stored there before the secret leaves it.
 */
export const AuditRecord = Type.Object({
  at: Type.String({ format: 'date-time' }),
  storeId: StoreIdSchema,
  ownerId: OwnerIdSchema,
  purpose: CredentialPurpose,
  credentialId: CredentialIdSchema,
  /** The service that asked, by its NATS user. */
  holder: Type.String(),
  /** On whose behalf: `user:…` or `service:…`. */
  actor: Type.String(),
  reason: Type.String(),
  outcome: Type.Union([
    Type.Object({
      lent: Type.Literal(true),
      leaseId: Type.String(),
      version: Type.Integer(),
      expiresAt: Type.String(),
    }),
    Type.Object({ lent: Type.Literal(false), code: Type.String() }),
  ]),
})
export type AuditRecord = Static<typeof AuditRecord>

export const auditSubject = (storeId: string, credentialId: string): string => `audit.${storeId}.${credentialId}`
