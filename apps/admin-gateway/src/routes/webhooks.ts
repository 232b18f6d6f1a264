import {
  Delivery,
  EndpointIdSchema,
  EndpointSettings,
  EndpointSettingsChange,
  EndpointStats,
  includeHealth,
  newId,
  page,
  StoreIdSchema,
  WebhookEndpoint,
  webhooks,
  Window,
} from '@cartly/contracts'
import { Type } from 'typebox'
import { revealingRoute, route, type Route } from '../api/route.ts'
import { pageOf, paging } from './paging.ts'
import { sealHeaders } from './webhook-headers.ts'
import { secretOf, WebhookSecret } from './webhook-secrets.ts'

const tag = 'Webhooks'
const read = ['webhooks:read'] as const
const write = ['webhooks:write'] as const
const all = '/v1/stores/{storeId}/webhooks'
const one = `${all}/{endpointId}`
const store = { storeId: StoreIdSchema }
const endpoint = { ...store, endpointId: EndpointIdSchema }

const CreatedEndpoint = Type.Intersect([WebhookEndpoint, Type.Object({ secret: WebhookSecret })])

const TestEndpoint = Type.Object(
  { eventType: Type.Optional(Type.String({ maxLength: 128, description: 'Whose example is sent' })) },
  { additionalProperties: false },
)

export const webhookRoutes: readonly Route[] = [
  revealingRoute({
    id: 'createWebhook',
    method: 'POST',
    path: all,
    tag,
    summary: 'Create a webhook endpoint',
    description:
      'The answer holds the signing secret; keep it, this is how the receiver knows that we sent it. The values of ' +
      '`headers` are secrets too: they read back as `[redacted]`.',
    scopes: write,
    params: store,
    body: EndpointSettings,
    example: {
      url: 'https://example.com/webhooks',
      eventTypes: ['order.created', 'order.fulfilled'],
      headers: { Authorization: 'Bearer 0123456789abcdef' },
    },
    response: CreatedEndpoint,
    status: 201,
    etag: true,
    tells: { endpointId: '/id' },
    handle: async ({ params: { storeId }, body, ask, bus }) => {
      const endpointId = newId('whk')
      const { settings, ...sealed } = await sealHeaders(bus, { storeId, endpointId }, body)
      return ask(webhooks.create, { storeId, endpointId, config: settings, ...sealed })
    },
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
    query: { include: includeHealth, ...paging },
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
    description:
      'What is left out stays as it is; `null` takes a setting back to its default. `headers` are replaced as a whole; ' +
      'a value sent as `[redacted]` stays what it was.',
    scopes: write,
    params: endpoint,
    body: EndpointSettingsChange,
    example: {
      eventTypes: ['*'],
      ordering: 'entity',
      filter: null,
      headers: { Authorization: '[redacted]', 'X-Environment': 'live' },
    },
    response: WebhookEndpoint,
    etag: true,
    ifMatch: true,
    handle: async ({ params, body, expectedRevisions, ask, bus }) => {
      const { settings, ...sealed } = await sealHeaders(bus, params, body)
      return ask(webhooks.update, { ...params, change: settings, expectedRevisions, ...sealed })
    },
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
    handle: async ({ params, expectedRevisions, ask }) => {
      await ask(webhooks.remove, { ...params, expectedRevisions })
    },
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
    tells: { deliveryId: '/id' },
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
    handle: ({ params, expectedRevisions, ask }) => ask(webhooks.enable, { ...params, expectedRevisions }),
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
    handle: ({ params, expectedRevisions, ask }) => ask(webhooks.disable, { ...params, expectedRevisions }),
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
