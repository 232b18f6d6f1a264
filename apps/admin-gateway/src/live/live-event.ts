import {
  AttemptsRecorded,
  compileSchema,
  DeliveryIdSchema,
  EndpointIdSchema,
  ExecutionRecorded,
  ExecutionSummary,
  MessageIdSchema,
  RejectedEvent,
  StoreEventRejected,
  Time,
  type AttemptRecorded,
} from '@cartly/contracts'
import { envelopeHeaders } from '@cartly/event-store'
import type { Msg } from '@nats-io/transport-node'
import { Type, type Static } from 'typebox'
import type { Scope } from '../auth/scope.ts'

/** A change to a connector, its authorization, or a webhook endpoint. */
export const LiveChange = Type.Object({
  id: Type.String({ description: 'Of the connector or endpoint' }),
  revision: Type.Integer(),
  at: Time,
  actor: Type.String(),
  changes: Type.Array(Type.String(), { description: 'What happened, such as `ConnectorActivated`' }),
})

/** An endpoint was disabled; also sent as a `webhook` change. */
export const LiveDisabled = Type.Object({
  endpointId: EndpointIdSchema,
  at: Time,
  cause: Type.String(),
  reason: Type.String(),
})

/** One attempt to deliver. */
export const LiveDelivery = Type.Object({
  deliveryId: DeliveryIdSchema,
  endpointId: EndpointIdSchema,
  messageId: MessageIdSchema,
  eventId: Type.String(),
  eventType: Type.String(),
  attempt: Type.Integer(),
  trigger: Type.String(),
  at: Time,
  outcome: Type.Union([Type.Literal('succeeded'), Type.Literal('failed')]),
  status: Type.Optional(Type.Integer()),
  durationMs: Type.Number(),
  error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  nextAttemptAt: Type.Optional(Time),
})
export type LiveDelivery = Static<typeof LiveDelivery>

/** Every kind of event on the live stream: its data, and which scopes may see it (any of them). */
export const liveEventKinds = {
  execution: { data: ExecutionSummary, scopes: ['executions:read'] },
  delivery: { data: LiveDelivery, scopes: ['webhooks:read'] },
  connector: { data: LiveChange, scopes: ['integrations:read'] },
  oauth: { data: LiveChange, scopes: ['integrations:read'] },
  webhook: { data: LiveChange, scopes: ['webhooks:read'] },
  'webhook.disabled': { data: LiveDisabled, scopes: ['webhooks:read'] },
  rejected_event: { data: RejectedEvent, scopes: ['webhooks:read', 'integrations:read', 'executions:read'] },
} as const satisfies Record<string, { data: object; scopes: readonly Scope[] }>

export type LiveEventKind = keyof typeof liveEventKinds

export interface LiveEvent {
  readonly kind: LiveEventKind
  readonly data: object
}

/** What a store sees of a message of `act.>` or `evt.>`; nothing of one that does not fit. */
export function readLive({ subject, headers, data }: Pick<Msg, 'subject' | 'headers' | 'data'>): {
  storeId: string
  events: LiveEvent[]
} {
  const [root, context, third = ''] = subject.split('.')
  const body = parse(data)
  if (root === 'act') return { storeId: third, events: activityReaders[context as string]?.(body) ?? [] }
  return {
    storeId: headers?.get(envelopeHeaders.store) ?? '',
    events: headers ? changesIn(subject, headers, body) : [],
  }
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(data))
  } catch {
    return undefined
  }
}
const decoder = new TextDecoder()

const execution = compileSchema(ExecutionRecorded)
const attempts = compileSchema(AttemptsRecorded)
const rejected = compileSchema(StoreEventRejected)

const activityReaders: Record<string, (body: unknown) => LiveEvent[]> = {
  hook: (body) => (execution.is(body) ? [{ kind: 'execution', data: summaryOf(body) }] : []),
  webhook: (body) =>
    attempts.is(body)
      ? body.attempts.map((attempt) => ({ kind: 'delivery', data: deliveryOf(body.endpointId, attempt) }))
      : [],
  store: (body) => (rejected.is(body) ? [{ kind: 'rejected_event', data: rejectionOf(body) }] : []),
}

const summaryOf = (run: ExecutionRecorded): ExecutionSummary => ({
  id: run.executionId,
  connectorId: run.connectorId,
  hook: run.hook,
  trigger: run.trigger,
  status: run.status,
  source: run.source,
  error: run.error,
  startedAt: run.startedAt,
  durationMs: run.durationMs,
  eventId: run.eventId,
})

const deliveryOf = (endpointId: LiveDelivery['endpointId'], attempt: AttemptRecorded): LiveDelivery => ({
  deliveryId: attempt.deliveryId,
  endpointId,
  messageId: attempt.messageId,
  eventId: attempt.eventId,
  eventType: attempt.eventType,
  attempt: attempt.attempt,
  trigger: attempt.trigger,
  at: attempt.at,
  outcome: attempt.outcome,
  status: attempt.status,
  durationMs: attempt.timings.total,
  error: attempt.error,
  nextAttemptAt: attempt.nextAttemptAt,
})

const rejectionOf = ({ at, subject, eventId, code, reason, body }: StoreEventRejected): RejectedEvent => ({
  at,
  subject,
  eventId,
  code,
  reason,
  body,
})

const changeKinds: Record<string, LiveEventKind> = {
  'registry.connector': 'connector',
  'oauth.connection': 'oauth',
  'webhooks.endpoint': 'webhook',
}

function changesIn(subject: string, headers: NonNullable<Msg['headers']>, body: unknown): LiveEvent[] {
  const [, context, aggregate, id = ''] = subject.split('.')
  const kind = changeKinds[`${context}.${aggregate}`]
  if (!kind) return []
  const at = headers.get(envelopeHeaders.time)
  const changes = headers
    .get(envelopeHeaders.events)
    .split(',')
    .map((type) => type.split('@', 1)[0] as string)
  const revision = Number(headers.get(envelopeHeaders.revision))
  const change = { id, revision, at, actor: headers.get(envelopeHeaders.actor), changes }
  const disabled = changes.flatMap((type, index) => (type === 'EndpointDisabled' ? [(body as unknown[])[index]] : []))
  return [
    { kind, data: change },
    ...disabled.map((data): LiveEvent => ({
      kind: 'webhook.disabled',
      data: { endpointId: id, at, ...(data as object) },
    })),
  ]
}
