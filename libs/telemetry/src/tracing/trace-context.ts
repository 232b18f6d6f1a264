import { context, createTraceState, INVALID_TRACEID, trace, type Context, type SpanContext } from '@opentelemetry/api'

/** W3C Trace Context headers, in lower case as NATS and HTTP/2 need them. https://www.w3.org/TR/trace-context/ */
export interface TraceHeaders {
  traceparent?: string
  tracestate?: string
}

/** Version, trace id, span id, flags, and what later versions may add; an id of zeros is invalid. */
const shape = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/**
 * Reads a `traceparent` (and its `tracestate`). `undefined` when it is absent or malformed: a trace then begins anew,
 * as the specification asks. Later versions are read by the part version 00 knows.
 */
export function parseTraceparent(
  traceparent: string | undefined,
  tracestate?: string | undefined,
): SpanContext | undefined {
  const match = traceparent ? shape.exec(traceparent) : null
  if (!match) return undefined
  const [, version, traceId, spanId, flags, rest] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ]
  if (version === '00' && rest !== undefined) return undefined
  const spanContext: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  if (tracestate) spanContext.traceState = createTraceState(tracestate)
  return spanContext
}

/** `00-<trace id>-<span id>-<flags>`. */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags < 16 ? '0' : ''}${traceFlags.toString(16)}`
}

/** The active span's `traceparent`, or the incoming one where nothing records; `undefined` outside any trace. */
export function currentTraceparent(active: Context = context.active()): string | undefined {
  const spanContext = trace.getSpanContext(active)
  return spanContext && spanContext.traceId !== INVALID_TRACEID ? formatTraceparent(spanContext) : undefined
}

/** The headers that carry the active trace to an HTTP server; empty outside any trace. */
export function traceHeaders(active: Context = context.active()): TraceHeaders {
  const traceparent = currentTraceparent(active)
  if (!traceparent) return {}
  const tracestate = trace.getSpanContext(active)?.traceState?.serialize()
  return tracestate ? { traceparent, tracestate } : { traceparent }
}

/** A context in which the sender's span is the parent: pass it to `withSpan` as `parent`. */
export function continueTrace(headers: TraceHeaders, base: Context = context.active()): Context {
  const spanContext = parseTraceparent(headers.traceparent, headers.tracestate)
  return spanContext ? trace.setSpanContext(base, spanContext) : base
}
