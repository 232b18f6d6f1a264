import { storeEventTypes } from '@cartly/contracts'

/**
 * What an endpoint is subscribed to, as one bit for each type of the catalogue: endpoints with the same subscription
 * share a number, and asking whether it holds a type costs an `&`.
 */
export type Subscription = number

const bits = new Map(storeEventTypes.map(({ type }, index) => [type, 1 << index]))

/** The bit of a type; 0 for one that the catalogue does not have. */
export const bitOf = (type: string): Subscription => bits.get(type) ?? 0

/** The types that `*`, `order.*` and `order.created` stand for, together. */
export function subscriptionOf(patterns: readonly string[]): Subscription {
  let subscription = 0
  for (const pattern of patterns) subscription |= matching(pattern)
  return subscription
}

function matching(pattern: string): Subscription {
  if (pattern !== '*' && !pattern.endsWith('.*')) return bitOf(pattern)
  const prefix = pattern.slice(0, -1)
  let subscription = 0
  for (const [type, bit] of bits) if (type.startsWith(prefix)) subscription |= bit
  return subscription
}

/** The first type of a subscription, in the catalogue's order. */
export const firstTypeOf = (subscription: Subscription): string | undefined =>
  storeEventTypes.find(({ type }) => (bitOf(type) & subscription) !== 0)?.type
