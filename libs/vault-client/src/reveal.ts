import { compileSchema, Secret, SecretValues, vault, type EndpointId, type StoreId } from '@cartly/contracts'
import type { BusClient } from '@cartly/messaging'
import { createUnsealer } from './unsealer.ts'

/** Whoever the bus lets ask for it: the gateway, by its permission. */
export const REVEAL = 'webhook-secret.reveal'

/** The subject of a revealed secret: it opens for the endpoint that was asked for, and no other. */
export const revealSubject = (storeId: StoreId, endpointId: EndpointId): string => `${storeId}/${endpointId}/reveal`

/**
 * The present signing secret of an endpoint, for its merchant to see. Audited with `actor`.
 * @throws CartlyError `not_found`, and what `BusClient.request` throws.
 */
export async function revealWebhookSecret(
  bus: BusClient,
  { storeId, endpointId, actor }: { storeId: StoreId; endpointId: EndpointId; actor: string },
): Promise<{ secret: Secret; version: number }> {
  const unsealer = createUnsealer()
  const request = { storeId, endpointId, publicKey: unsealer.publicKey }
  const { sealed, version } = await bus.request(vault.revealWebhookSecret, request, { actor })
  const text = await unsealer.open(sealed, {
    audience: REVEAL,
    subject: revealSubject(storeId, endpointId),
  })
  const { secret } = compileSchema(SecretValues).parse(JSON.parse(text), 'The revealed secret')
  return { secret: new Secret(secret as string), version }
}
