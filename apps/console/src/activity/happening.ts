import type { Schemas } from '../api/client.ts'
import { connectorEventWords } from '../connector/event-words.ts'
import { runWords } from '../execution/run-words.ts'
import type { LiveEvent } from '../live/live-event.ts'
import type { Status } from '../ui/status.tsx'

/** One line of the feed. */
export interface Happening {
  readonly key: string
  readonly kind: 'execution' | 'delivery' | 'change' | 'rejected'
  readonly at: string
  readonly what: string
  readonly status?: Status
  /** Milliseconds. */
  readonly took?: number
  readonly detail: string
  /** Where it leads, within the store. */
  readonly to: string
}

export const ofExecution = (run: Schemas['ExecutionSummary']): Happening => ({
  key: run.id,
  kind: 'execution',
  at: run.startedAt,
  what: runWords(run),
  status: run.status,
  took: run.durationMs,
  detail: run.error?.message ?? (run.source === 'live' ? '' : `from ${run.source}`),
  to: `executions/${run.id}`,
})

export const ofDelivery = (delivery: Schemas['DeliverySummary']): Happening => ({
  key: `${delivery.id} ${delivery.attempts}`,
  kind: 'delivery',
  at: delivery.lastAttemptAt ?? delivery.createdAt,
  what: delivery.eventType,
  status: delivery.status,
  detail: delivery.error?.message ?? (delivery.lastStatus ? `answered ${delivery.lastStatus}` : ''),
  to: `deliveries/${delivery.id}`,
})

/** A line for what the live stream tells; nothing for what another event tells better. */
export function happeningOf(event: LiveEvent): Happening | undefined {
  switch (event.kind) {
    case 'execution':
      return ofExecution(event.data)
    case 'delivery': {
      const { deliveryId, attempt, at, eventType, outcome, nextAttemptAt, durationMs, error, status } = event.data
      return {
        key: `${deliveryId} ${attempt}`,
        kind: 'delivery',
        at,
        what: eventType,
        status: outcome === 'failed' && nextAttemptAt ? 'retrying' : outcome,
        took: durationMs,
        detail: error?.message ?? (status ? `answered ${status}` : ''),
        to: `deliveries/${deliveryId}`,
      }
    }
    case 'connector':
    case 'oauth':
    case 'webhook': {
      const { id, revision, at, actor, changes } = event.data
      return {
        key: `${event.kind} ${id} ${revision}`,
        kind: 'change',
        at,
        what: changes.map(connectorEventWords).join(', '),
        detail: `by ${actor.replace(/^[a-z]+:/, '')}`,
        to: event.kind === 'webhook' ? `webhooks/${id}` : `integrations/${id}`,
      }
    }
    case 'rejected_event': {
      const { at, subject, eventId, reason } = event.data
      return {
        key: `rejected ${eventId ?? subject} ${at}`,
        kind: 'rejected',
        at,
        what: subject,
        status: 'failed',
        detail: reason,
        to: 'activity/rejected',
      }
    }
    case 'webhook.disabled':
    case 'missed':
      return undefined
  }
}
