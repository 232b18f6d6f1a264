import { Type, type Static } from 'typebox'
import { AttemptTimings } from '../activity/delivery.ts'
import { EndpointChange, EndpointConfig } from '../events/endpoint.ts'
import { DeliveryIdSchema, EndpointIdSchema, MessageIdSchema, RecoveryIdSchema } from '../ids.ts'
import { operation } from '../operation.ts'
import {
  Empty,
  Health,
  PageRequest,
  Stats,
  Time,
  Window,
  expectedRevisions,
  inStore,
  includeHealth,
  page,
} from './common.ts'

const endpointId = EndpointIdSchema
const deliveryId = DeliveryIdSchema

/** Not an intersection: `EndpointConfig` is closed, and would refuse what is added to it. */
export const WebhookEndpoint = Type.Object({
  id: endpointId,
  storeId: Type.String(),
  status: Type.Union([Type.Literal('enabled'), Type.Literal('disabled')]),
  disabled: Type.Optional(Type.Object({ cause: Type.String(), reason: Type.String(), at: Time })),
  publicKey: Type.Optional(Type.String({ description: 'To verify v1a signatures with' })),
  createdAt: Time,
  updatedAt: Time,
  revision: Type.Integer(),
  /** Only in lists that are asked for it; `waiting` counts the events in its backlog. */
  health: Type.Optional(Type.Object({ ...Health.properties, waiting: Type.Integer({ minimum: 0 }) })),
  ...EndpointConfig.properties,
})
export type WebhookEndpoint = Static<typeof WebhookEndpoint>

export const deliveryStatuses = ['pending', 'succeeded', 'failed', 'retrying', 'parked'] as const

export const DeliverySummary = Type.Object({
  id: deliveryId,
  endpointId,
  messageId: MessageIdSchema,
  eventId: Type.String(),
  eventType: Type.String(),
  status: Type.Enum(deliveryStatuses),
  attempts: Type.Integer(),
  createdAt: Time,
  lastAttemptAt: Type.Optional(Time),
  nextAttemptAt: Type.Optional(Time),
  lastStatus: Type.Optional(Type.Integer()),
  error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
})
export type DeliverySummary = Static<typeof DeliverySummary>

export const Delivery = Type.Intersect([
  DeliverySummary,
  Type.Object({
    requestBody: Type.Optional(Type.String({ description: 'What was sent, while the event is kept' })),
    attemptLog: Type.Array(
      Type.Object({
        attempt: Type.Integer(),
        trigger: Type.String(),
        at: Time,
        outcome: Type.Union([Type.Literal('succeeded'), Type.Literal('failed')]),
        status: Type.Optional(Type.Integer()),
        requestHeaders: Type.Record(Type.String(), Type.String()),
        responseHeaders: Type.Optional(Type.Record(Type.String(), Type.String())),
        responseBody: Type.Optional(Type.String()),
        timings: AttemptTimings,
        error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
      }),
    ),
  }),
])
export type Delivery = Static<typeof Delivery>

export const Recovery = Type.Object({
  id: RecoveryIdSchema,
  endpointId,
  status: Type.Union([
    Type.Literal('running'),
    Type.Literal('paused'),
    Type.Literal('done'),
    Type.Literal('cancelled'),
    Type.Literal('failed'),
    Type.Literal('dry_run'),
  ]),
  since: Time,
  until: Time,
  /** Events of the range that match the endpoint and were not delivered. */
  total: Type.Integer(),
  recovered: Type.Integer(),
  startedAt: Time,
  finishedAt: Type.Optional(Time),
})
export type Recovery = Static<typeof Recovery>

export const EndpointStats = Type.Intersect([
  Stats,
  Type.Object({
    backlog: Type.Object({ size: Type.Integer(), oldestAgeMs: Type.Union([Type.Integer(), Type.Null()]) }),
    circuit: Type.Union([Type.Literal('closed'), Type.Literal('half_open'), Type.Literal('open')]),
  }),
])
export type EndpointStats = Static<typeof EndpointStats>

export const RejectedEvent = Type.Object({
  at: Time,
  subject: Type.String(),
  eventId: Type.Optional(Type.String()),
  code: Type.String(),
  reason: Type.String(),
  body: Type.String(),
})
export type RejectedEvent = Static<typeof RejectedEvent>

/** The new values of its headers by name (`SecretValues`), sealed to the vault for this endpoint as `webhook_headers`. */
const sealedHeaders = Type.Optional(Type.String({ maxLength: 65_536 }))

const W = 'webhook-dispatcher' as const
const one = inStore({ endpointId })
const change = inStore({ endpointId, expectedRevisions })

export const webhooks = {
  /** The caller chooses the id, because what is sealed is bound to it. */
  create: operation(W, 'endpoints.create', {
    request: inStore({ endpointId, config: EndpointConfig, sealedHeaders }),
    response: WebhookEndpoint,
  }),
  update: operation(W, 'endpoints.update', {
    request: inStore({ endpointId, expectedRevisions, change: EndpointChange, sealedHeaders }),
    response: WebhookEndpoint,
  }),
  get: operation(W, 'endpoints.get', { request: one, response: WebhookEndpoint }),
  list: operation(W, 'endpoints.list', {
    request: inStore({ include: includeHealth, ...PageRequest }),
    response: page(WebhookEndpoint),
  }),
  remove: operation(W, 'endpoints.remove', { request: change, response: Empty }),
  enable: operation(W, 'endpoints.enable', { request: change, response: WebhookEndpoint }),
  disable: operation(W, 'endpoints.disable', { request: change, response: WebhookEndpoint }),
  rotateSecret: operation(W, 'endpoints.rotate-secret', {
    request: inStore({ endpointId, overlapHours: Type.Number({ minimum: 0, maximum: 168 }) }),
    response: Type.Object({ endpoint: WebhookEndpoint, overlapUntil: Time }),
  }),
  /** Sends an example event at once and answers with what came of it. */
  test: operation(W, 'endpoints.test', {
    request: inStore({ endpointId, eventType: Type.Optional(Type.String()) }),
    response: Delivery,
    timeoutMs: 35_000,
  }),
  stats: operation(W, 'endpoints.stats', { request: inStore({ endpointId, window: Window }), response: EndpointStats }),
  recover: operation(W, 'endpoints.recover', {
    request: inStore({ endpointId, since: Time, until: Type.Optional(Time), dryRun: Type.Optional(Type.Boolean()) }),
    response: Recovery,
    timeoutMs: 15_000,
  }),
  getRecovery: operation(W, 'recoveries.get', {
    request: inStore({ endpointId, recoveryId: RecoveryIdSchema }),
    response: Recovery,
  }),
  controlRecovery: operation(W, 'recoveries.control', {
    request: inStore({
      endpointId,
      recoveryId: RecoveryIdSchema,
      action: Type.Union([Type.Literal('pause'), Type.Literal('resume'), Type.Literal('cancel')]),
    }),
    response: Recovery,
  }),
  listDeliveries: operation(W, 'deliveries.list', {
    request: inStore({
      endpointId: Type.Optional(endpointId),
      status: Type.Optional(Type.Enum(deliveryStatuses)),
      eventType: Type.Optional(Type.String()),
      since: Type.Optional(Time),
      until: Type.Optional(Time),
      ...PageRequest,
    }),
    response: page(DeliverySummary),
  }),
  getDelivery: operation(W, 'deliveries.get', { request: inStore({ deliveryId }), response: Delivery }),
  retryDelivery: operation(W, 'deliveries.retry', {
    request: inStore({ deliveryId }),
    response: Delivery,
    timeoutMs: 35_000,
  }),
  listRejectedEvents: operation(W, 'rejected-events.list', {
    request: inStore({ ...PageRequest }),
    response: page(RejectedEvent),
  }),
} as const
