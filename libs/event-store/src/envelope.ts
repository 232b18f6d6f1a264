import type { EventFamily, EventOf, StoreId } from '@cartly/contracts'
import { headers, type MsgHdrs } from '@nats-io/transport-node'
import type { DomainEvent } from './decider.ts'
import { readEvents, writeEvents } from './event-codec.ts'
import { UndecodableMessage } from './errors.ts'
import type { LogMessage } from './log-message.ts'

/** Who asked for it: a person of the store or of Cartly, or one of the services. */
export type Actor = `user:${string}` | `service:${string}`

/** The headers of an envelope: all that is known of a command's events without opening them. */
export const envelopeHeaders = {
  /** `ConnectorInstalled@1,ConnectorRenamed@2`: type and version of each event in the body, in order. */
  events: 'Cartly-Events',
  store: 'Cartly-Store',
  actor: 'Cartly-Actor',
  /** ISO 8601; never earlier than that of the aggregate's envelope before it. */
  time: 'Cartly-Time',
  /** 1, 2, 3, … for each aggregate. */
  revision: 'Cartly-Revision',
  command: 'Cartly-Command',
  traceparent: 'traceparent',
} as const

/** The events of one command, as they are in the log: stored together or not at all. */
export interface Recorded<Event extends DomainEvent = DomainEvent> {
  /** Place in the stream. */
  readonly sequence: number
  readonly subject: string
  readonly context: string
  readonly aggregate: string
  readonly id: string
  readonly revision: number
  readonly time: string
  readonly storeId: StoreId
  readonly actor: Actor
  readonly commandId: string
  /** The trace of the command (W3C); to link to, never to continue: a replay comes years later. */
  readonly traceparent: string | undefined
  readonly events: readonly Event[]
}

/** What a family's aggregates record. */
export type RecordedOf<F extends EventFamily> = F extends EventFamily ? Recorded<EventOf<F>> : never

/** An envelope that has not been stored yet. */
export type Draft<Event extends DomainEvent> = Pick<
  Recorded<Event>,
  'revision' | 'time' | 'storeId' | 'actor' | 'commandId' | 'events'
>

/** Headers and body of the message that stores a command's events. */
export function encodeEnvelope<F extends EventFamily>(
  family: F,
  draft: Draft<EventOf<F>>,
): { headers: MsgHdrs; body: string } {
  const { types, body } = writeEvents(family, draft.events)
  const h = headers()
  h.set(envelopeHeaders.events, types)
  h.set(envelopeHeaders.store, draft.storeId)
  h.set(envelopeHeaders.actor, draft.actor)
  h.set(envelopeHeaders.time, draft.time)
  h.set(envelopeHeaders.revision, String(draft.revision))
  h.set(envelopeHeaders.command, draft.commandId)
  return { headers: h, body }
}

/**
 * The envelope in a message, its events checked against the family's schemas and lifted to their present versions.
 * @throws UndecodableMessage with the place that is wrong.
 */
export function decodeEnvelope<F extends EventFamily>(family: F, message: LogMessage): Recorded<EventOf<F>> {
  const required = (name: string): string => {
    const value = message.header(name)
    if (value === undefined) throw new UndecodableMessage(message, `the header ${name} is missing`)
    return value
  }
  const revision = Number(required(envelopeHeaders.revision))
  if (!Number.isSafeInteger(revision) || revision < 1) {
    throw new UndecodableMessage(message, `the header ${envelopeHeaders.revision} is no revision`)
  }
  return {
    sequence: message.sequence,
    subject: message.subject,
    context: family.context,
    aggregate: family.aggregate,
    id: message.subject.slice(family.subject('').length),
    revision,
    time: required(envelopeHeaders.time),
    storeId: required(envelopeHeaders.store) as StoreId,
    actor: required(envelopeHeaders.actor) as Actor,
    commandId: required(envelopeHeaders.command),
    traceparent: message.header(envelopeHeaders.traceparent),
    events: readEvents(family, required(envelopeHeaders.events), message),
  }
}

/** Whether a record of a projection over several families is one of this family. */
export const isOf = <F extends EventFamily>(family: F, recorded: Recorded): recorded is Recorded<EventOf<F>> =>
  recorded.context === family.context && recorded.aggregate === family.aggregate
