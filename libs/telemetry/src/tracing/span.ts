import {
  context,
  INVALID_SPAN_CONTEXT,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api'
import { randomBytes } from 'node:crypto'
import { isPromise } from 'node:util/types'
import { errorCode } from './error-code.ts'

export interface SpanSettings {
  readonly kind?: SpanKind
  readonly attributes?: Attributes
  /** Spans this one follows without being their child: the senders of a batch, the origin of a replay. */
  readonly links?: readonly SpanContext[]
  /** Context to begin under, as from `extractTrace`; the active one by default. */
  readonly parent?: Context
}

/** For spans whose life is not a function's. No-op until `startTelemetry` finds a collector. */
export const tracer: Tracer = trace.getTracer('@cartly/telemetry')

const silent = trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
let recording = false

/** From now on `withSpan` creates spans. Called by `startTelemetry` alone. */
export function recordSpans(): void {
  recording = true
}

/**
 * Runs `fn` inside a span, which ends when `fn` returns or its promise settles. A failure marks the span with the
 * error's code and is thrown on. Where nothing records, only the parent's context is made active.
 *
 * @param name low in cardinality: `send evt.registry.connector.*`, never an id
 */
export function withSpan<T>(name: string, settings: SpanSettings, fn: (span: Span) => T): T {
  if (!recording) return settings.parent ? context.with(settings.parent, fn, undefined, silent) : fn(silent)
  const parent = settings.parent ?? context.active()
  const span = tracer.startSpan(name, spanOptions(settings), parent)
  try {
    const result = context.with(trace.setSpan(parent, span), fn, undefined, span)
    if (isPromise(result)) return endWith(span, result) as T
    span.end()
    return result
  } catch (error) {
    fail(span, error)
    throw error
  }
}

/** Runs `fn` without recording anything beneath it: rebuilds of projections, health checks. */
export function unsampled<T>(fn: () => T): T {
  if (!recording) return fn()
  const spanContext: SpanContext = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: TraceFlags.NONE,
  }
  return context.with(trace.setSpanContext(context.active(), spanContext), fn)
}

function spanOptions({ kind, attributes, links }: SpanSettings): SpanOptions {
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(attributes ? { attributes } : {}),
    ...(links ? { links: links.map((linked) => ({ context: linked })) } : {}),
  }
}

async function endWith(span: Span, work: Promise<unknown>): Promise<unknown> {
  try {
    const result = await work
    span.end()
    return result
  } catch (error) {
    fail(span, error)
    throw error
  }
}

function fail(span: Span, error: unknown): void {
  const code = errorCode(error)
  span.setAttribute('error.type', code)
  span.setStatus({ code: SpanStatusCode.ERROR, message: code })
  span.end()
}
