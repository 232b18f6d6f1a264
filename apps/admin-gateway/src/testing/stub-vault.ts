import { vault, type CredentialDescription, type EndpointId, type StoreId } from '@cartly/contracts'
import { createUnsealer, REVEAL, revealSubject, seal, sealedSubject, VAULT } from '@cartly/vault-client'
import { credentialId } from './examples.ts'
import type { StubServices } from './stub-services.ts'

/** What the vault was given, once opened; and what it reveals. */
export interface StubVault {
  stored: Record<string, string> | undefined
  webhookSecret: string
  /** Opens what is sealed to it as the values of an endpoint's headers. */
  headersIn(sealed: string, storeId: StoreId, endpointId: EndpointId): Promise<unknown>
}

/** A vault of one credential: it opens what is sealed to it and seals what it reveals, as the real one does. */
export async function stubVault(services: StubServices): Promise<StubVault> {
  const unsealer = createUnsealer()
  const state: StubVault = {
    stored: undefined,
    webhookSecret: 'whsec_c2VjcmV0LW9mLXRoZS1lbmRwb2ludA==',
    async headersIn(sealed, storeId, ownerId) {
      const subject = sealedSubject({ storeId, ownerId, purpose: 'webhook_headers' })
      return JSON.parse(await unsealer.open(sealed, { audience: VAULT, subject }))
    },
  }
  services.on(vault.sealingKey, () => ({
    publicKey: unsealer.publicKey,
    keyId: 'k1',
    validUntil: new Date(Date.now() + 3_600_000).toISOString(),
  }))
  services.on(vault.putCredentials, async ({ storeId, connectorId, sealed }): Promise<CredentialDescription> => {
    const subject = sealedSubject({ storeId, ownerId: connectorId, purpose: 'connector' })
    state.stored = JSON.parse(await unsealer.open(sealed, { audience: VAULT, subject })) as Record<string, string>
    const fields = Object.entries(state.stored).map(([name, value]) => ({ name, set: true, last4: value.slice(-4) }))
    return { credentialId, version: 3, storedAt: '2026-11-24T09:30:00Z', fields }
  })
  services.on(vault.deleteCredentials, () => ({ credentialId }))
  services.on(vault.revealWebhookSecret, async ({ storeId, endpointId, publicKey }) => ({
    version: 2,
    sealed: seal(JSON.stringify({ secret: state.webhookSecret }), publicKey, {
      audience: REVEAL,
      subject: revealSubject(storeId, endpointId),
      expiresAt: Date.now() + 60_000,
    }),
  }))
  return state
}
