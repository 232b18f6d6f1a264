import { context, isSpanContextValid, logs, SeverityNumber, trace } from '@opentelemetry/api'
import { redact } from './redact.ts'

const severities = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
} as const

export type LogLevel = keyof typeof severities
export type LogFields = Readonly<Record<string, unknown>>

/**
 * Structured log: one JSON line on standard output, `{ time, level, service, message, trace_id?, span_id?, …fields }`,
 * and a log record to the collector when there is one. Fields pass through `redact`; put errors under `error`.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger
}

export interface LoggerSettings {
  /** Least severe level written; `LOG_LEVEL` by default, else `info`. */
  readonly level?: LogLevel
  /** Receives each line, newline included; standard output by default. */
  readonly write?: (line: string) => void
  /** Whether lines also go to the collector; true by default. */
  readonly exported?: boolean
}

/** Fields the logger itself writes; a caller's field of the same name is kept as `field.<name>`. */
const ownFields = new Set(['time', 'level', 'service', 'message', 'trace_id', 'span_id'])

export function createLogger(service: string, settings: LoggerSettings = {}): Logger {
  const level = settings.level ?? levelFrom(process.env['LOG_LEVEL'])
  const write = settings.write ?? ((line: string) => void process.stdout.write(line))
  const exported = settings.exported ?? true
  const stacks = level === 'debug'

  const emit = (at: LogLevel, message: string, fields: LogFields): void => {
    if (severities[at] < severities[level]) return
    const now = new Date()
    const attributes = safeFields(fields, stacks)
    const text = String(redact(message))
    write(
      `${JSON.stringify({ time: now.toISOString(), level: at, service, message: text, ...activeSpan(), ...attributes })}\n`,
    )
    if (exported) {
      logs.getLogger('@cartly/telemetry').emit({
        timestamp: now,
        severityNumber: severities[at],
        severityText: at.toUpperCase(),
        body: text,
        attributes,
      })
    }
  }

  const withFields = (bound: LogFields): Logger => {
    const log =
      (at: LogLevel) =>
      (message: string, fields?: LogFields): void =>
        emit(at, message, fields ? { ...bound, ...fields } : bound)
    return {
      debug: log('debug'),
      info: log('info'),
      warn: log('warn'),
      error: log('error'),
      child: (fields) => withFields({ ...bound, ...fields }),
    }
  }
  return withFields({})
}

const levelFrom = (text: string | undefined): LogLevel =>
  text !== undefined && Object.hasOwn(severities, text) ? (text as LogLevel) : 'info'

function safeFields(fields: LogFields, stacks: boolean): Record<string, unknown> {
  const safe = redact(fields, stacks) as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(safe).map(([name, value]) => [ownFields.has(name) ? `field.${name}` : name, value]),
  )
}

/** Names as OpenTelemetry asks for outside OTLP. https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/ */
function activeSpan(): { trace_id?: string; span_id?: string } {
  const spanContext = trace.getSpanContext(context.active())
  return spanContext && isSpanContextValid(spanContext)
    ? { trace_id: spanContext.traceId, span_id: spanContext.spanId }
    : {}
}
