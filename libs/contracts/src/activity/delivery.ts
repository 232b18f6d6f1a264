import { Type, type Static } from 'typebox'
import { DeliveryIdSchema, EndpointIdSchema, MessageIdSchema, StoreIdSchema } from '../ids.ts'

/** Milliseconds of each phase of an attempt; zero for phases a kept-alive connection does not have. */
export const AttemptTimings = Type.Object({
  dns: Type.Number(),
  connect: Type.Number(),
  tls: Type.Number(),
  firstByte: Type.Number(),
  total: Type.Number(),
})
export type AttemptTimings = Static<typeof AttemptTimings>

/** What became of one attempt to hand a message to an endpoint. */
export const AttemptRecorded = Type.Object({
  deliveryId: DeliveryIdSchema,
  messageId: MessageIdSchema,
  eventId: Type.String(),
  eventType: Type.String(),
  /** Entity the event is about (CloudEvent `subject`). */
  entityId: Type.String(),
  /** Where the payload is kept: its sequence in the STORE stream; absent for a test message. */
  storeSequence: Type.Optional(Type.Integer()),
  attempt: Type.Integer({ minimum: 1 }),
  trigger: Type.Union([
    Type.Literal('event'),
    Type.Literal('retry'),
    Type.Literal('manual'),
    Type.Literal('recovery'),
    Type.Literal('test'),
  ]),
  at: Type.String({ format: 'date-time' }),
  outcome: Type.Union([Type.Literal('succeeded'), Type.Literal('failed')]),
  status: Type.Optional(Type.Integer()),
  requestHeaders: Type.Optional(Type.Record(Type.String(), Type.String())),
  responseHeaders: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** The first 16 KiB of the answer; kept for failures and for the first bytes of successes. */
  responseBody: Type.Optional(Type.String()),
  timings: AttemptTimings,
  error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  /** When it is tried again; absent when it is not. */
  nextAttemptAt: Type.Optional(Type.String({ format: 'date-time' })),
  /** It failed where its endpoint takes events in order, and was set aside for those behind it to pass. */
  parked: Type.Optional(Type.Literal(true)),
})
export type AttemptRecorded = Static<typeof AttemptRecorded>

/** Attempts to one endpoint, published in batches on `act.webhook.<storeId>.<endpointId>`. */
export const AttemptsRecorded = Type.Object({
  storeId: StoreIdSchema,
  endpointId: EndpointIdSchema,
  attempts: Type.Array(AttemptRecorded, { minItems: 1 }),
})
export type AttemptsRecorded = Static<typeof AttemptsRecorded>

export const attemptsSubject = (storeId: string, endpointId: string): string => `act.webhook.${storeId}.${endpointId}`

/** A store event that did not fit, published on `act.store.<storeId>.rejected`. */
export const StoreEventRejected = Type.Object({
  storeId: Type.String(),
  subject: Type.String(),
  storeSequence: Type.Integer(),
  at: Type.String({ format: 'date-time' }),
  eventId: Type.Optional(Type.String()),
  code: Type.String(),
  reason: Type.String(),
  /** The first 4 KiB of what came. */
  body: Type.String(),
})
export type StoreEventRejected = Static<typeof StoreEventRejected>

export const rejectedSubject = (storeId: string): string => `act.store.${storeId}.rejected`
