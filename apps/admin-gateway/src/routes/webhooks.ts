import {
  Delivery,
  EndpointChange,
  EndpointConfig,
  EndpointIdSchema,
  EndpointStats,
  page,
  Recovery,
  RecoveryIdSchema,
  StoreIdSchema,
  Time,
  WebhookEndpoint,
  webhooks,
  Window,
} from '@cartly/contracts'
import { revealWebhookSecret } from '@cartly/vault-client'
import { Type, type Static } from 'typebox'
import { route, type Call, type Route } from '../api/route.ts'
import { pageOf, paging } from './paging.ts'

const tag = 'Webhooks'
const read = ['webhooks:read'] as const
const write = ['webhooks:write'] as const
const all = '/v1/stores/{storeId}/webhooks'
const one = `${all}/{endpointId}`
const store = { storeId: StoreIdSchema }
const endpoint = { ...store, endpointId: EndpointIdSchema }

const secret = Type.String({ description: 'Signing secret, `whsec_…` or `whsk_…` (Standard Webhooks)' })

/** `secret` is absent only in what is kept for replays; `reveal` adds it. */
const CreatedEndpoint = Type.Intersect([WebhookEndpoint, Type.Object({ secret: Type.Optional(secret) })])
const RotatedSecret = Type.Intersect([
  WebhookEndpoint,
  Type.Object({
    overlapUntil: Type.String({ format: 'date-time', description: 'Until when the secret before it signs too' }),
    secret: Type.Optional(secret),
  }),
])
const EndpointSecret = Type.Object({ secret, version: Type.Integer() })

const RotateSecret = Type.Object(
  { overlapHours: Type.Optional(Type.Number({ minimum: 0, maximum: 168, description: '24 when absent' })) },
  { additionalProperties: false },
)
const TestEndpoint = Type.Object(
  { eventType: Type.Optional(Type.String({ maxLength: 128, description: 'Whose example is sent' })) },
  { additionalProperties: false },
)
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

type EndpointParams = Static<ReturnType<typeof endpointParams>>
const endpointParams = () => Type.Object(endpoint)

const secretOf = async ({ bus, caller }: Call, params: EndpointParams) => {
  const { secret: value, version } = await revealWebhookSecret(bus, { ...params, actor: caller.actor })
  return { secret: value.reveal(), version }
}

export const webhookRoutes: readonly Route[] = [
  route({
    id: 'createWebhook',
    method: 'POST',
    path: all,
    tag,
    summary: 'Create a webhook endpoint',
    description: 'The answer holds the signing secret; keep it, this is how the receiver knows that we sent it.',
    scopes: write,
    params: store,
    body: EndpointConfig,
    example: { url: 'https://example.com/webhooks', eventTypes: ['order.created', 'order.fulfilled'] },
    response: CreatedEndpoint,
    status: 201,
    etag: true,
    handle: ({ params, body, ask }) => ask(webhooks.create, { ...params, config: body }),
    reveal: async (created, call) => {
      const { secret: value } = await secretOf(call, { ...call.params, endpointId: created.id })
      return { ...created, secret: value }
    },
  }),
  route({
    id: 'listWebhooks',
    method: 'GET',
    path: all,
    tag,
    summary: "List a store's webhook endpoints",
    scopes: read,
    params: store,
    query: paging,
    response: page(WebhookEndpoint),
    handle: ({ params, query, ask }) => ask(webhooks.list, { ...params, ...pageOf(query) }),
  }),
  route({
    id: 'getWebhook',
    method: 'GET',
    path: one,
    tag,
    summary: 'Read a webhook endpoint',
    scopes: read,
    params: endpoint,
    response: WebhookEndpoint,
    etag: true,
    handle: ({ params, ask }) => ask(webhooks.get, params),
  }),
  route({
    id: 'updateWebhook',
    method: 'PATCH',
    path: one,
    tag,
    summary: 'Change a webhook endpoint',
    description: 'What is left out stays as it is; `null` takes a setting back to its default.',
    scopes: write,
    params: endpoint,
    body: EndpointChange,
    example: { eventTypes: ['*'], ordering: 'entity', filter: null },
    response: WebhookEndpoint,
    etag: true,
    ifMatch: true,
    handle: ({ params, body, expectedRevision, ask }) =>
      ask(webhooks.update, { ...params, change: body, expectedRevision }),
  }),
  route({
    id: 'deleteWebhook',
    method: 'DELETE',
    path: one,
    tag,
    summary: 'Delete a webhook endpoint and destroy its secret',
    scopes: write,
    params: endpoint,
    ifMatch: true,
    handle: async ({ params, expectedRevision, ask }) => {
      await ask(webhooks.remove, { ...params, expectedRevision })
    },
  }),
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
  route({
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
  route({
    id: 'testWebhook',
    method: 'POST',
    path: `${one}/test`,
    tag,
    summary: 'Send an example event now',
    description: 'A failed delivery is an answer, not an error: look at `status` and `attemptLog`.',
    scopes: write,
    params: endpoint,
    body: TestEndpoint,
    bodyOptional: true,
    example: { eventType: 'order.created' },
    response: Delivery,
    repeatable: true,
    handle: ({ params, body, ask }) => ask(webhooks.test, { ...params, ...body }),
  }),
  route({
    id: 'enableWebhook',
    method: 'POST',
    path: `${one}/enable`,
    tag,
    summary: 'Send to the endpoint again',
    scopes: write,
    params: endpoint,
    response: WebhookEndpoint,
    etag: true,
    ifMatch: true,
    handle: ({ params, expectedRevision, ask }) => ask(webhooks.enable, { ...params, expectedRevision }),
  }),
  route({
    id: 'disableWebhook',
    method: 'POST',
    path: `${one}/disable`,
    tag,
    summary: 'Stop sending to the endpoint',
    description: 'What happens meanwhile stays recoverable.',
    scopes: write,
    params: endpoint,
    response: WebhookEndpoint,
    etag: true,
    ifMatch: true,
    handle: ({ params, expectedRevision, ask }) => ask(webhooks.disable, { ...params, expectedRevision }),
  }),
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
    handle: ({ params, body, ask }) => ask(webhooks.recover, { ...params, ...body }),
  }),
  route({
    id: 'getRecovery',
    method: 'GET',
    path: `${one}/recoveries/{recoveryId}`,
    tag,
    summary: 'Read how far a recovery is',
    scopes: read,
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
  route({
    id: 'getWebhookStats',
    method: 'GET',
    path: `${one}/stats`,
    tag,
    summary: 'Read success rates, response times and backlog of an endpoint',
    scopes: read,
    params: endpoint,
    query: { window: Type.Optional(Window) },
    response: EndpointStats,
    handle: ({ params, query, ask }) => ask(webhooks.stats, { ...params, window: query.window ?? '24h' }),
  }),
]
