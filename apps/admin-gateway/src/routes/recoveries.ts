import { EndpointIdSchema, Recovery, RecoveryIdSchema, StoreIdSchema, Time, webhooks } from '@cartly/contracts'
import { Type } from 'typebox'
import { route, type Route } from '../api/route.ts'

const tag = 'Webhooks'
const write = ['webhooks:write'] as const
const one = '/v1/stores/{storeId}/webhooks/{endpointId}'
const endpoint = { storeId: StoreIdSchema, endpointId: EndpointIdSchema }

const RecoverEndpoint = Type.Object(
  {
    since: Time,
    until: Type.Optional(Time),
    dryRun: Type.Optional(Type.Boolean({ description: 'Only count what would be sent' })),
  },
  { additionalProperties: false },
)
const ControlRecovery = Type.Object(
  { action: Type.Union([Type.Literal('pause'), Type.Literal('resume'), Type.Literal('cancel')]) },
  { additionalProperties: false },
)

export const recoveryRoutes: readonly Route[] = [
  route({
    id: 'recoverWebhook',
    method: 'POST',
    path: `${one}/recover`,
    tag,
    summary: 'Send again what was not delivered',
    scopes: write,
    params: endpoint,
    body: RecoverEndpoint,
    example: { since: '2026-11-23T00:00:00Z', dryRun: true },
    response: Recovery,
    tells: { recoveryId: '/id' },
    handle: ({ params, body, ask }) => ask(webhooks.recover, { ...params, ...body }),
  }),
  route({
    id: 'getRecovery',
    method: 'GET',
    path: `${one}/recoveries/{recoveryId}`,
    tag,
    summary: 'Read how far a recovery is',
    scopes: ['webhooks:read'],
    params: { ...endpoint, recoveryId: RecoveryIdSchema },
    response: Recovery,
    handle: ({ params, ask }) => ask(webhooks.getRecovery, params),
  }),
  route({
    id: 'controlRecovery',
    method: 'PATCH',
    path: `${one}/recoveries/{recoveryId}`,
    tag,
    summary: 'Pause, resume or cancel a recovery',
    scopes: write,
    params: { ...endpoint, recoveryId: RecoveryIdSchema },
    body: ControlRecovery,
    example: { action: 'pause' },
    response: Recovery,
    handle: ({ params, body, ask }) => ask(webhooks.controlRecovery, { ...params, ...body }),
  }),
]
