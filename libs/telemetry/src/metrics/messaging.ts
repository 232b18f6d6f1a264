import type { Attributes } from '@opentelemetry/api'
import { errorCode } from '../tracing/error-code.ts'
import { counter, durations, FINE_SECONDS } from './instruments.ts'

/**
 * The messaging conventions' instruments (semantic conventions 1.45, in development). Attributes: `messaging.system`
 * (`nats`), `messaging.operation.name`, `messaging.destination.template` (never a subject with ids), `error.type`.
 * https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
 */
export const messagingMetrics = {
  consumed: counter('messaging.client.consumed.messages', 'Messages received', '{message}'),
  /** Publishing until acknowledged; a request until answered. */
  operation: durations('messaging.client.operation.duration', 'Duration of a messaging operation', FINE_SECONDS),
  process: durations('messaging.process.duration', 'Duration of handling a message or batch', FINE_SECONDS),
}

/** Records how long `work` took, in one of the durations above, and the code of its failure. */
export async function timed<T>(
  duration: (typeof messagingMetrics)['operation'],
  attributes: Attributes,
  work: () => Promise<T>,
): Promise<T> {
  const began = performance.now()
  const record = (failure: Attributes = {}): void =>
    duration.record((performance.now() - began) / 1_000, { 'messaging.system': 'nats', ...attributes, ...failure })
  try {
    const result = await work()
    record()
    return result
  } catch (error) {
    record({ 'error.type': errorCode(error) })
    throw error
  }
}
