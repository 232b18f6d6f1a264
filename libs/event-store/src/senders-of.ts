import { parseTraceparent } from '@cartly/telemetry'
import type { SpanContext } from '@opentelemetry/api'
import type { DecodedBatch } from './batch-writer.ts'

/** A span with more links than this helps nobody, and is cut by most back ends. */
const MAX_LINKS = 32

/** The traces that the messages of a batch come from, to link to. */
export function sendersOf({ messages }: DecodedBatch): SpanContext[] {
  const senders: SpanContext[] = []
  for (const message of messages) {
    const sender = parseTraceparent(message.header('traceparent'))
    if (sender) senders.push(sender)
    if (senders.length === MAX_LINKS) break
  }
  return senders
}
