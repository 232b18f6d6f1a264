import type { Schemas } from '../api/client.ts'

/** What the live stream of a store tells, by the name of its event. */
export type LiveEvent =
  | { readonly kind: 'execution'; readonly data: Schemas['ExecutionSummary'] }
  | { readonly kind: 'delivery'; readonly data: Schemas['LiveDelivery'] }
  | { readonly kind: 'connector' | 'oauth' | 'webhook'; readonly data: Schemas['LiveChange'] }
  | { readonly kind: 'webhook.disabled'; readonly data: Schemas['LiveDisabled'] }
  | { readonly kind: 'rejected_event'; readonly data: Schemas['RejectedEvent'] }
  | { readonly kind: 'missed'; readonly data: { readonly count: number } }

export const liveKinds: readonly LiveEvent['kind'][] = [
  'execution',
  'delivery',
  'connector',
  'oauth',
  'webhook',
  'webhook.disabled',
  'rejected_event',
  'missed',
]
