import type { MsgHdrs } from '@nats-io/transport-node'
import { context, type Context, type SpanContext } from '@opentelemetry/api'
import { continueTrace, parseTraceparent, traceHeaders } from './trace-context.ts'

/** Writes the active trace into the headers of a message about to be published. */
export function injectTrace(headers: MsgHdrs, active: Context = context.active()): void {
  const { traceparent, tracestate } = traceHeaders(active)
  if (traceparent) headers.set('traceparent', traceparent)
  if (tracestate) headers.set('tracestate', tracestate)
}

/** The context of a received message, for a handler that continues the sender's trace. */
export function extractTrace(headers: MsgHdrs | undefined, base: Context = context.active()): Context {
  return headers ? continueTrace(traceHeadersOf(headers), base) : base
}

/**
 * The sender's span, to link to. A batch has many senders and a replay comes long after them, so neither may be their
 * child (architecture, decision 13).
 */
export function senderOf(headers: MsgHdrs | undefined): SpanContext | undefined {
  return headers && parseTraceparent(headers.get('traceparent'), headers.get('tracestate'))
}

function traceHeadersOf(headers: MsgHdrs): { traceparent: string; tracestate: string } {
  return { traceparent: headers.get('traceparent'), tracestate: headers.get('tracestate') }
}
