import { durations, upDownCounter } from './instruments.ts'

/**
 * The HTTP conventions' instruments for requests to the outside. Attributes: `http.request.method`, `server.address`,
 * `server.port`, `url.scheme`, `http.response.status_code`, `error.type`; never a path or a query.
 * https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#http-client
 */
export const httpClientMetrics = {
  duration: durations('http.client.request.duration', 'Duration of a request to an outside service'),
  active: upDownCounter('http.client.active_requests', 'Requests in flight to outside services', '{request}'),
}
