import { counter, durations, FINE_SECONDS } from './instruments.ts'

/**
 * The messaging conventions' instruments (semantic conventions 1.45, in development). Attributes: `messaging.system`
 * (`nats`), `messaging.operation.name`, `messaging.destination.template` (never a subject with ids), `error.type`.
 * https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
 */
export const messagingMetrics = {
  sent: counter('messaging.client.sent.messages', 'Messages published', '{message}'),
  consumed: counter('messaging.client.consumed.messages', 'Messages received', '{message}'),
  /** Publishing until acknowledged; a request until answered. */
  operation: durations('messaging.client.operation.duration', 'Duration of a messaging operation', FINE_SECONDS),
  process: durations('messaging.process.duration', 'Duration of handling a message or batch', FINE_SECONDS),
}
