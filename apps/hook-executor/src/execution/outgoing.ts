import type { Egress, HttpResponse as EgressResponse } from '@cartly/egress'
import type { HttpPort, HttpRequest, HttpResponse } from '@cartly/request-chain'
import { errorCode, httpClientMetrics, traceHeaders, withSpan } from '@cartly/telemetry'
import { SpanKind, type Span } from '@opentelemetry/api'

export interface OutgoingOptions {
  readonly egress: Egress
  /** Whether services are told the trace. Not by default: a trace is nobody else's business. */
  readonly propagateTrace: boolean
}

/** How much of an answer a chain can work on: a rate response recorded with 36 rates is 97 KB. */
const MAX_RESPONSE_BYTES = 2 * 1024 * 1024

/** A chain's way to its service: through the egress, each request a client span and a measurement. */
export function createOutgoing({ egress, propagateTrace }: OutgoingOptions): HttpPort {
  const exchange = async (request: HttpRequest): Promise<HttpResponse> => {
    const { method, url, headers, body, timeoutMs, signal } = request
    const response = await egress.send({
      method: method as Parameters<Egress['send']>[0]['method'],
      url,
      headers: { 'user-agent': 'Cartly', ...(propagateTrace ? traceHeaders() : {}), ...headers },
      ...(body === undefined ? {} : { body }),
      timeoutMs,
      signal,
      maxResponseBytes: MAX_RESPONSE_BYTES,
    })
    if (response.truncated) {
      const message = `the answer is longer than ${MAX_RESPONSE_BYTES / 1024 / 1024} MiB`
      throw Object.assign(new Error(message), { code: 'response_too_large', sent: true })
    }
    return answerOf(response)
  }

  return {
    send(request) {
      const { hostname, port, protocol } = new URL(request.url)
      const attributes = {
        'http.request.method': request.method,
        'server.address': hostname,
        'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
        'url.scheme': protocol.slice(0, -1),
      }
      const startedAt = performance.now()
      const measure = (result: { status: number } | { error: string }): void => {
        const outcome =
          'status' in result ? { 'http.response.status_code': result.status } : { 'error.type': result.error }
        httpClientMetrics.duration.record((performance.now() - startedAt) / 1_000, { ...attributes, ...outcome })
      }
      return withSpan(request.method, { kind: SpanKind.CLIENT, attributes }, async (span: Span) => {
        span.setAttribute('cartly.step', request.step)
        try {
          const response = await exchange(request)
          span.setAttribute('http.response.status_code', response.status)
          measure({ status: response.status })
          return response
        } catch (error) {
          measure({ error: errorCode(error) })
          throw error
        }
      })
    },
  }
}

const answerOf = ({ status, headers, body }: EgressResponse): HttpResponse => ({
  status,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  ),
  body,
})
