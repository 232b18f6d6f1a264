import {
  checkStoreEvent,
  entityOf,
  idFrom,
  parseStoreSubject,
  type MessageId,
  type StoreEvent,
  type StoreId,
} from '@cartly/contracts'
import { continueTrace, type TraceHeaders } from '@cartly/telemetry'
import type { Context } from '@opentelemetry/api'
import { hash } from 'node:crypto'
import { ROOT_CONTEXT } from '@opentelemetry/api'

/** What of a message of the STORE stream a delivery is made from. */
export interface StoreMessage {
  readonly subject: string
  readonly data: Uint8Array
  readonly sequence: number
  /** When the server stored it, in milliseconds since the epoch. */
  readonly storedAt: number
  header(name: string): string | undefined
}

/** An event on its way out, with all that does not depend on the endpoint made once. */
export class PreparedEvent {
  readonly storeId: StoreId
  readonly event: StoreEvent
  readonly entityId: string
  /** Place in the STORE stream; undefined for an event that was made up for a test. */
  readonly sequence: number | undefined
  readonly storedAt: number
  /** The store's trace, to go on with. */
  readonly trace: Context | undefined
  readonly #raw: Uint8Array
  #fingerprint: Uint8Array | undefined
  #messageId: MessageId | undefined
  #standard: Buffer | undefined
  #cloudEvent: Buffer | undefined

  constructor(
    storeId: string,
    event: StoreEvent,
    raw: Uint8Array,
    place: { sequence?: number; storedAt: number; trace?: TraceHeaders },
  ) {
    this.storeId = storeId as StoreId
    this.event = event
    this.entityId = entityOf(event)
    this.sequence = place.sequence
    this.storedAt = place.storedAt
    this.trace = place.trace?.traceparent ? continueTrace(place.trace, ROOT_CONTEXT) : undefined
    this.#raw = raw
  }

  /** What the event is known by, whatever message brought it: 80 bits of the hash of its id and store. */
  get fingerprint(): Uint8Array {
    return (this.#fingerprint ??= hash('sha256', `${this.storeId}\n${this.event.id}`, 'buffer').subarray(0, 10))
  }

  /**
   * The `webhook-id`: from the event's own id and time, so that an event that the platform publishes again, or that
   * reaches two endpoints of one receiver, is known by it. An event without a time has that of its place in the stream.
   */
  get messageId(): MessageId {
    const { time } = this.event
    const at = time === undefined ? this.storedAt : Math.max(0, Date.parse(time))
    return (this.#messageId ??= idFrom('msg', at, this.fingerprint))
  }

  /** The body for an endpoint's format, mapped when the endpoint has a mapping. */
  body(format: 'standard' | 'cloudevents', mapped?: unknown): Buffer {
    if (format === 'cloudevents') {
      if (mapped !== undefined) return Buffer.from(JSON.stringify({ ...this.event, data: mapped }))
      return (this.#cloudEvent ??= Buffer.from(this.#raw.buffer, this.#raw.byteOffset, this.#raw.byteLength))
    }
    if (mapped !== undefined) return this.#standardBody(mapped)
    return (this.#standard ??= this.#standardBody(this.event.data))
  }

  #standardBody(data: unknown): Buffer {
    const { type, time = new Date(this.storedAt).toISOString() } = this.event
    return Buffer.from(JSON.stringify({ type, timestamp: time, storeId: this.storeId, data }))
  }
}

/** Why an event cannot be delivered to anybody. */
export interface Rejection {
  readonly code: string
  readonly reason: string
}

/** Checks a message of the STORE stream and prepares what is in it. */
export function prepare(message: StoreMessage): PreparedEvent | Rejection {
  const { subject, data, sequence, storedAt } = message
  const check = checkStoreEvent(subject, data)
  if (!check.ok) return { code: check.code, reason: check.reason }
  const { event } = check
  // A subject that is not of this form has been rejected.
  const { storeId } = parseStoreSubject(subject) as { storeId: string }
  return new PreparedEvent(storeId, event, data, { sequence, storedAt, trace: traceOf(message, event) })
}

/** The message's header, or the CloudEvents extension for distributed tracing. */
function traceOf(message: StoreMessage, event: StoreEvent): TraceHeaders {
  const traceparent = message.header('traceparent') ?? text(event, 'traceparent')
  if (!traceparent) return {}
  const tracestate = message.header('tracestate') ?? text(event, 'tracestate')
  return tracestate ? { traceparent, tracestate } : { traceparent }
}

function text(event: object, name: string): string | undefined {
  const value = (event as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : undefined
}
