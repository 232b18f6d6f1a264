import type { AttemptTimings, Secret } from '@cartly/contracts'
import { EgressError, type Egress, type HttpResponse, type Timings } from '@cartly/egress'
import { compileMapping, MappingError, type CompiledMapping } from '@cartly/mapping'
import { httpClientMetrics, traceHeaders, withSpan } from '@cartly/telemetry'
import { SpanKind, type Attributes } from '@opentelemetry/api'
import { presentable } from '../domain/headers.ts'
import { outcomeOf, type Outcome } from '../domain/outcome.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import type { DeliverySecrets } from '../signing/endpoint-secrets.ts'
import { signatureHeader } from '../signing/signature.ts'
import type { PreparedEvent } from './prepared-event.ts'

/** One attempt, as it went. */
export interface Attempted {
  readonly outcome: Outcome
  readonly at: Date
  readonly timings: AttemptTimings
  /** As they may be shown. */
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly status?: number
  readonly responseHeaders?: Record<string, string>
  readonly responseBody?: string
}

export const DEFAULT_TIMEOUT_MS = 15_000
const USER_AGENT = 'Cartly-Webhooks/1.0'
/** How much of an answer is kept: of its body in bytes, of its headers by number and length. */
const MAX_BODY_BYTES = 16 * 1024
const MAX_HEADERS = 40
const MAX_HEADER_LENGTH = 512

/** Where an endpoint's attempts go, and what their spans have in common. */
interface Target {
  readonly url: URL
  readonly attributes: Attributes
}

/** Of metrics, the address is left out: there are as many as endpoints. */
const method = { 'http.request.method': 'POST' }

/**
 * Makes attempts: body, signature, request, and what the answer means. Never throws for what a receiver does, only for
 * what was called off.
 */
export class Sender {
  readonly #egress: Pick<Egress, 'post'>
  readonly #mappings = new WeakMap<IndexedEndpoint, CompiledMapping>()
  readonly #targets = new WeakMap<IndexedEndpoint, Target>()

  constructor(egress: Pick<Egress, 'post'>) {
    this.#egress = egress
  }

  /** @param attempt 1 for the first. */
  async attempt(
    event: PreparedEvent,
    endpoint: IndexedEndpoint,
    secrets: DeliverySecrets,
    attempt: number,
  ): Promise<Attempted> {
    const at = new Date()
    const { config } = endpoint
    let body: Buffer
    try {
      body = event.body(config.format ?? 'standard', this.#mapped(event, endpoint))
    } catch (error) {
      if (error instanceof MappingError) return unmappable(error, at)
      throw error
    }
    const headers = this.#headers(event, endpoint, secrets, body, at)
    const { url, attributes } = this.#targetOf(endpoint)
    const settings = {
      kind: SpanKind.CLIENT,
      attributes: attempt > 1 ? { ...attributes, 'http.request.resend_count': attempt - 1 } : attributes,
      ...(event.trace ? { parent: event.trace } : {}),
    }
    return withSpan('POST', settings, async (span) => {
      Object.assign(headers, traceHeaders())
      try {
        const response = await this.#egress.post({
          url,
          headers,
          body,
          timeoutMs: config.timeoutMs ?? DEFAULT_TIMEOUT_MS,
          maxResponseBytes: MAX_BODY_BYTES,
        })
        const { status, timings } = response
        span.setAttribute('http.response.status_code', status)
        httpClientMetrics.duration.record(timings.total / 1_000, { ...method, 'http.response.status_code': status })
        return answered(response, at, headers, secrets)
      } catch (error) {
        // What this side has called off says nothing of the receiver.
        if (!(error instanceof EgressError) || error.code === 'aborted') throw error
        span.setAttribute('error.type', error.code)
        httpClientMetrics.duration.record(error.timings.total / 1_000, { ...method, 'error.type': error.code })
        return unanswered(error, at, headers, secrets)
      }
    })
  }

  #headers(
    event: PreparedEvent,
    { config }: IndexedEndpoint,
    { keys, headers }: DeliverySecrets,
    body: Buffer,
    at: Date,
  ): Record<string, string> {
    const { messageId } = event
    const timestamp = Math.floor(at.getTime() / 1_000)
    return {
      ...revealed(headers),
      'content-type':
        config.format === 'cloudevents' ? 'application/cloudevents+json; charset=utf-8' : 'application/json',
      'user-agent': USER_AGENT,
      'webhook-id': messageId,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatureHeader(keys, { messageId, timestamp, body }),
    }
  }

  #targetOf(endpoint: IndexedEndpoint): Target {
    let target = this.#targets.get(endpoint)
    if (!target) {
      const url = new URL(endpoint.config.url)
      const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
      target = { url, attributes: { ...method, 'server.address': url.hostname, 'server.port': port } }
      this.#targets.set(endpoint, target)
    }
    return target
  }

  /** What the endpoint's mapping makes of the event: the body's `data`. */
  #mapped(event: PreparedEvent, endpoint: IndexedEndpoint): unknown {
    const { mapping } = endpoint.config
    if (mapping === undefined || mapping === null) return undefined
    let compiled = this.#mappings.get(endpoint)
    if (!compiled) this.#mappings.set(endpoint, (compiled = compileMapping(mapping)))
    return compiled.run({ input: event.event }) ?? null
  }
}

function revealed(headers: DeliverySecrets['headers']): Record<string, string> {
  const values: Record<string, string> = {}
  for (const name in headers) values[name] = (headers[name] as Secret).reveal()
  return values
}

function answered(
  response: HttpResponse,
  at: Date,
  headers: Record<string, string>,
  { headers: own, redactor }: DeliverySecrets,
): Attempted {
  const { status } = response
  const retryAfter = response.headers['retry-after']
  const outcome = outcomeOf({ status, retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter }, Date.now())
  return {
    outcome,
    at,
    timings: rounded(response.timings),
    requestHeaders: presentable(headers, own),
    status,
    responseHeaders: redactor.json(kept(response.headers)),
    ...(response.body.length > 0 ? { responseBody: redactor.text(response.body.toString('utf8')) } : {}),
  }
}

const unanswered = (
  { code, message, timings }: EgressError,
  at: Date,
  headers: Record<string, string>,
  { headers: own }: DeliverySecrets,
): Attempted => ({
  outcome: outcomeOf({ failure: { code, message } }, at.getTime()),
  at,
  timings: rounded(timings),
  requestHeaders: presentable(headers, own),
})

/** Nothing was sent: the mapping does not fit this event. */
const unmappable = ({ message }: MappingError, at: Date): Attempted => ({
  outcome: outcomeOf({ failure: { code: 'mapping_failed', message: `The endpoint's mapping failed: ${message}` } }, 0),
  at,
  timings: { dns: 0, connect: 0, tls: 0, firstByte: 0, total: 0 },
  requestHeaders: {},
})

/** To a hundredth of a millisecond: more digits would only be longer. */
const rounded = ({ dns, connect, tls, firstByte, total }: Timings): AttemptTimings => ({
  dns: hundredth(dns),
  connect: hundredth(connect),
  tls: hundredth(tls),
  firstByte: hundredth(firstByte),
  total: hundredth(total),
})
const hundredth = (ms: number): number => Math.round(ms * 100) / 100

function kept(headers: HttpResponse['headers']): Record<string, string> {
  const shown: Record<string, string> = {}
  let count = 0
  for (const name in headers) {
    if (++count > MAX_HEADERS) break
    const value = headers[name] as string | string[]
    const text = typeof value === 'string' ? value : value.join(', ')
    // A receiver's cookie is its secret.
    shown[name] =
      name === 'set-cookie' ? '[redacted]' : text.length > MAX_HEADER_LENGTH ? text.slice(0, MAX_HEADER_LENGTH) : text
  }
  return shown
}
