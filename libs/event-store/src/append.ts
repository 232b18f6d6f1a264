import type { EventFamily, EventOf } from '@cartly/contracts'
import { injectTrace, messagingMetrics, timed, withSpan } from '@cartly/telemetry'
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream'
import { SpanKind } from '@opentelemetry/api'
import type { Bus } from './bus.ts'
import { encodeEnvelope, envelopeHeaders, type Draft } from './envelope.ts'
import { WrongExpectedSequence } from './errors.ts'
import { nextMessage } from './next-message.ts'
import { untilAnswered } from './until-answered.ts'

export interface Append<Event extends { type: string; data: unknown }> extends Draft<Event> {
  /** Sequence of the last envelope of the aggregate that the caller knows; 0 when it must be the first. */
  readonly expectedSequence: number
}

export interface Appended {
  readonly sequence: number
  /** The command was stored before; what is there may differ from what was given now. */
  readonly duplicate: boolean
}

const ACK_TIMEOUT_MS = 2_000

const conflictCodes: readonly number[] = [
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
]

/**
 * Stores the events of one command as one message, if nothing has been stored for the aggregate since
 * `expectedSequence`. Without an acknowledgement it is asked again, with the same message id, until it is known what
 * became of it: stored once, or not at all.
 * @throws WrongExpectedSequence, or CartlyError `unavailable` when it is still not known after 30 seconds.
 */
export async function append<F extends EventFamily>(
  bus: Bus,
  stream: string,
  family: F,
  id: string,
  draft: Append<EventOf<F>>,
): Promise<Appended> {
  const subject = family.subject(id)
  const { headers, body } = encodeEnvelope(family, draft)
  const options = {
    headers,
    // With the subject, because one request may be a command to several aggregates.
    msgID: `${subject}:${draft.commandId}`,
    expect: { streamName: stream, lastSubjectSequence: draft.expectedSequence },
    timeout: ACK_TIMEOUT_MS,
  }
  const attributes = { 'messaging.system': 'nats', 'messaging.destination.template': family.filter }
  return withSpan(`send ${family.filter}`, { kind: SpanKind.PRODUCER, attributes }, async () => {
    injectTrace(headers)
    const publish = { 'messaging.operation.name': 'publish', 'messaging.destination.template': family.filter }
    try {
      const { seq, duplicate } = await timed(messagingMetrics.operation, publish, () =>
        untilAnswered(bus, () => bus.js.publish(subject, body, options)),
      )
      return { sequence: seq, duplicate }
    } catch (error) {
      if (isConflict(error)) return await ownEarlierAppend(bus, stream, subject, draft)
      throw error
    }
  })
}

/**
 * After a lost acknowledgement the server answers with a conflict: ours against ours. If it was stored, then as the
 * first message after the one expected.
 */
async function ownEarlierAppend(
  bus: Bus,
  stream: string,
  subject: string,
  { commandId, expectedSequence }: { commandId: string; expectedSequence: number },
): Promise<Appended> {
  const next = await nextMessage(bus, stream, subject, expectedSequence + 1)
  if (next?.header(envelopeHeaders.command) === commandId) return { sequence: next.sequence, duplicate: true }
  throw new WrongExpectedSequence(subject, expectedSequence)
}

const isConflict = (error: unknown): boolean => error instanceof JetStreamApiError && conflictCodes.includes(error.code)
