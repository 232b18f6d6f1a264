import {
  EndpointIdSchema,
  StoreIdSchema,
  WebhookEndpoint,
  webhooks,
  type EndpointId,
  type StoreId,
} from '@cartly/contracts'
import { revealWebhookSecret } from '@cartly/vault-client'
import { Type } from 'typebox'
import { revealingRoute, route, type Call, type Route } from '../api/route.ts'

const tag = 'Webhooks'
const write = ['webhooks:write'] as const
const one = '/v1/stores/{storeId}/webhooks/{endpointId}'
const endpoint = { storeId: StoreIdSchema, endpointId: EndpointIdSchema }

export const WebhookSecret = Type.String({ description: 'Signing secret, `whsec_…` or `whsk_…` (Standard Webhooks)' })

/** The present secret, in the clear for the length of an answer. Recorded by the vault with the caller's name. */
export async function secretOf(
  { bus, caller }: Pick<Call, 'bus' | 'caller'>,
  of: { storeId: StoreId; endpointId: EndpointId },
): Promise<{ secret: string; version: number }> {
  const { secret, version } = await revealWebhookSecret(bus, { ...of, actor: caller.actor })
  return { secret: secret.reveal(), version }
}

const RotatedSecret = Type.Intersect([
  WebhookEndpoint,
  Type.Object({
    overlapUntil: Type.String({ format: 'date-time', description: 'Until when the secret before it signs too' }),
    secret: WebhookSecret,
  }),
])
const EndpointSecret = Type.Object({ secret: WebhookSecret, version: Type.Integer() })
const RotateSecret = Type.Object(
  { overlapHours: Type.Optional(Type.Number({ minimum: 0, maximum: 168, description: '24 when absent' })) },
  { additionalProperties: false },
)

export const webhookSecretRoutes: readonly Route[] = [
  route({
    id: 'getWebhookSecret',
    method: 'GET',
    path: `${one}/secret`,
    tag,
    summary: 'Read the signing secret',
    description: 'It is recorded who asked.',
    scopes: write,
    params: endpoint,
    response: EndpointSecret,
    handle: (call) => secretOf(call, call.params),
  }),
  revealingRoute({
    id: 'rotateWebhookSecret',
    method: 'POST',
    path: `${one}/rotate-secret`,
    tag,
    summary: 'Replace the signing secret',
    description:
      'Until `overlapUntil` every request is signed with both, so that no receiver has to change at the second.',
    scopes: write,
    params: endpoint,
    body: RotateSecret,
    bodyOptional: true,
    example: { overlapHours: 24 },
    response: RotatedSecret,
    etag: true,
    handle: async ({ params, body, ask }) => {
      const rotated = await ask(webhooks.rotateSecret, { ...params, overlapHours: body.overlapHours ?? 24 })
      return { ...rotated.endpoint, overlapUntil: rotated.overlapUntil }
    },
    reveal: async (rotated, call) => ({ ...rotated, secret: (await secretOf(call, call.params)).secret }),
  }),
]
