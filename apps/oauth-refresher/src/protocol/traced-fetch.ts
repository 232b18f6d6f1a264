import type { Fetch } from '@cartly/egress'
import { withSpan } from '@cartly/telemetry'
import { SpanKind } from '@opentelemetry/api'

/** A span for each request; the address by host alone, since a path or query may hold a secret. */
export const tracedFetch =
  (fetch: Fetch): Fetch =>
  (url, init) => {
    const { hostname, port, protocol } = new URL(url)
    const method = init?.method ?? 'GET'
    const attributes = {
      'http.request.method': method,
      'server.address': hostname,
      'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
    }
    return withSpan(method, { kind: SpanKind.CLIENT, attributes }, async (span) => {
      const response = await fetch(url, init)
      span.setAttribute('http.response.status_code', response.status)
      return response
    })
  }
