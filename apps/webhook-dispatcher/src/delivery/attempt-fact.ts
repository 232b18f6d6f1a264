import type { AttemptRecorded } from '@cartly/contracts'
import type { Delivery } from './delivery.ts'
import type { Attempted } from './sender.ts'

/** What comes after a failed attempt; neither when nothing does. */
export interface Aftermath {
  /** Milliseconds since the epoch. */
  readonly nextAttemptAt?: number
  readonly parked?: boolean
}

/** An attempt as it is recorded. */
export function factOf(
  delivery: Delivery,
  attempted: Attempted,
  { nextAttemptAt, parked }: Aftermath,
): AttemptRecorded {
  const { event } = delivery
  const { outcome, at, timings, requestHeaders, status, responseHeaders, responseBody } = attempted
  return {
    deliveryId: delivery.id,
    messageId: event.messageId,
    eventId: event.event.id,
    eventType: event.event.type,
    entityId: event.entityId,
    ...(event.sequence === undefined ? {} : { storeSequence: event.sequence }),
    attempt: delivery.attempt,
    trigger: delivery.trigger,
    at: at.toISOString(),
    outcome: outcome.kind === 'delivered' ? 'succeeded' : 'failed',
    ...(status === undefined ? {} : { status }),
    requestHeaders,
    ...(responseHeaders ? { responseHeaders } : {}),
    ...(responseBody === undefined ? {} : { responseBody }),
    timings,
    ...(outcome.kind === 'delivered' ? {} : { error: outcome.error }),
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt: new Date(nextAttemptAt).toISOString() }),
    ...(parked ? { parked } : {}),
  }
}
