import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'

export interface ReceivedSpan {
  readonly service: string
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly attributes: Readonly<Record<string, unknown>>
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  /** The error's code when the span failed. */
  readonly error: string | undefined
}

export interface ReceivedLog {
  readonly service: string
  readonly level: string
  readonly message: unknown
  readonly traceId: string | undefined
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface ReceivedMetric {
  readonly service: string
  readonly name: string
  readonly unit: string
  /** `sum` only grows. */
  readonly kind: 'sum' | 'up-down' | 'gauge' | 'histogram'
  /** Names of the attributes that its points carry. */
  readonly attributes: readonly string[]
}

/** A collector for tests: keeps in memory what it is sent. */
export interface OtlpReceiver {
  readonly url: string
  /** Environment that makes a process send here, soon after it happens. */
  readonly env: Readonly<Record<string, string>>
  readonly spans: readonly ReceivedSpan[]
  readonly logs: readonly ReceivedLog[]
  readonly metrics: readonly ReceivedMetric[]
  /** Every request as it came, to search for planted secrets. */
  readonly bodies: readonly string[]
  /** The spans of one trace, over all services. */
  trace(traceId: string): ReceivedSpan[]
  /** Resolves when `found` gives something, looking again after each export; rejects after `timeoutMs` (10,000). */
  until<T>(found: (receiver: OtlpReceiver) => T | undefined | false, timeoutMs?: number): Promise<T>
  stop(): Promise<void>
}

/** Receives OTLP over HTTP in JSON on loopback. https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const logs: ReceivedLog[] = []
  const metrics: ReceivedMetric[] = []
  const bodies: string[] = []
  const watchers = new Set<() => void>()

  const server = createServer(async (request, response) => {
    const body = await readJson(request)
    bodies.push(JSON.stringify(body))
    for (const group of body.resourceSpans ?? []) spans.push(...spansOf(group))
    for (const group of body.resourceLogs ?? []) logs.push(...logsOf(group))
    for (const group of body.resourceMetrics ?? []) metrics.push(...metricsOf(group))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    for (const look of watchers) look()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const receiver: OtlpReceiver = {
    url,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_BLRP_SCHEDULE_DELAY: '100',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_METRIC_EXPORT_TIMEOUT: '500',
    },
    spans,
    logs,
    metrics,
    bodies,
    trace: (traceId) => spans.filter((span) => span.traceId === traceId),
    until: <T>(found: (from: OtlpReceiver) => T | undefined | false, timeoutMs = 10_000) =>
      new Promise<T>((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(look)
          reject(new Error(`Not seen within ${timeoutMs} ms; ${spans.length} spans, ${logs.length} logs received`))
        }, timeoutMs)
        const look = (): void => {
          const value = found(receiver)
          if (value === undefined || value === false) return
          clearTimeout(timer)
          watchers.delete(look)
          resolve(value)
        }
        watchers.add(look)
        look()
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}

/** The parts of an OTLP request that are read here. */
interface OtlpBody {
  resourceSpans?: (OtlpResource & { scopeSpans: { spans: OtlpSpan[] }[] })[]
  resourceLogs?: (OtlpResource & { scopeLogs: { logRecords: OtlpLog[] }[] })[]
  resourceMetrics?: (OtlpResource & { scopeMetrics: { metrics: OtlpMetric[] }[] })[]
}
interface OtlpResource {
  resource: { attributes: OtlpAttribute[] }
}
interface OtlpSpan {
  name: string
  kind: number
  traceId: string
  spanId: string
  parentSpanId?: string
  attributes?: OtlpAttribute[]
  links?: { traceId: string; spanId: string }[]
  status?: { code?: number; message?: string }
}
interface OtlpLog {
  severityText?: string
  body?: OtlpValue
  traceId?: string
  attributes?: OtlpAttribute[]
}
interface OtlpPoints {
  dataPoints: { attributes?: OtlpAttribute[] }[]
  isMonotonic?: boolean
}
interface OtlpMetric {
  name: string
  unit?: string
  sum?: OtlpPoints
  gauge?: OtlpPoints
  histogram?: OtlpPoints
}
interface OtlpAttribute {
  key: string
  value: OtlpValue
}
interface OtlpValue {
  stringValue?: string
  boolValue?: boolean
  intValue?: string | number
  doubleValue?: number
  arrayValue?: { values?: OtlpValue[] }
  kvlistValue?: { values?: OtlpAttribute[] }
}

const STATUS_ERROR = 2

const readJson = (request: IncomingMessage): Promise<OtlpBody> =>
  json(request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request) as Promise<OtlpBody>

const serviceOf = (group: OtlpResource): string => String(attributesOf(group.resource.attributes)['service.name'])

type Group<K extends keyof OtlpBody> = NonNullable<OtlpBody[K]>[number]

const spansOf = (group: Group<'resourceSpans'>): ReceivedSpan[] =>
  group.scopeSpans
    .flatMap((scope) => scope.spans)
    .map((span) => ({
      service: serviceOf(group),
      name: span.name,
      kind: span.kind,
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId || undefined,
      attributes: attributesOf(span.attributes),
      links: span.links ?? [],
      error: span.status?.code === STATUS_ERROR ? (span.status.message ?? 'unknown') : undefined,
    }))

const logsOf = (group: Group<'resourceLogs'>): ReceivedLog[] =>
  group.scopeLogs
    .flatMap((scope) => scope.logRecords)
    .map((record) => ({
      service: serviceOf(group),
      level: (record.severityText ?? '').toLowerCase(),
      message: record.body && valueOf(record.body),
      traceId: record.traceId || undefined,
      attributes: attributesOf(record.attributes),
    }))

const metricsOf = (group: Group<'resourceMetrics'>): ReceivedMetric[] =>
  group.scopeMetrics
    .flatMap((scope) => scope.metrics)
    .map((metric) => ({
      service: serviceOf(group),
      name: metric.name,
      unit: metric.unit ?? '',
      kind: metric.histogram ? 'histogram' : metric.gauge ? 'gauge' : metric.sum?.isMonotonic ? 'sum' : 'up-down',
      attributes: [
        ...new Set(
          (metric.histogram ?? metric.gauge ?? metric.sum)?.dataPoints.flatMap(({ attributes = [] }) =>
            attributes.map(({ key }) => key),
          ),
        ),
      ],
    }))

const attributesOf = (attributes: OtlpAttribute[] = []): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]))

function valueOf(value: OtlpValue): unknown {
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(valueOf)
  if (value.kvlistValue) return attributesOf(value.kvlistValue.values)
  if (value.intValue !== undefined) return Number(value.intValue)
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? null
}
