import type { ConnectorId } from '@cartly/contracts'
import type { Connector } from '../domain/connector.ts'

/**
 * Runs at once. What hangs fills no more than its own room: a connector, a store with many of them, a service that is
 * down for all stores.
 */
const LIMITS = { all: 1_024, service: 256, store: 64, connector: 8 } as const

interface Place {
  readonly limit: number
  taken: number
  /** Connectors that had something to do when it was full. */
  readonly waiting: Set<ConnectorId>
}

/** Counts the runs under way by what they may hold up. */
export class Places {
  readonly #places = new Map<string, Place>()

  /** How many more runs of a connector may be begun; at 0 it waits for a place. `known`: undefined once it is removed. */
  room(connectorId: ConnectorId, known: Connector | undefined): number {
    const places = this.#of(connectorId, known).map(([, place]) => place)
    const full = places.find(({ taken, limit }) => taken >= limit)
    full?.waiting.add(connectorId)
    return full ? 0 : Math.min(...places.map(({ taken, limit }) => limit - taken))
  }

  /** Takes a place; the function gives it back, and says which connectors have waited for one. */
  take(connectorId: ConnectorId, known: Connector | undefined): () => ConnectorId[] {
    const taken = this.#of(connectorId, known)
    for (const [name, place] of taken) {
      place.taken++
      this.#places.set(name, place)
    }
    return () =>
      taken.flatMap(([name, place]) => {
        place.taken--
        const [next] = place.waiting
        if (next !== undefined) place.waiting.delete(next)
        if (place.taken === 0 && place.waiting.size === 0) this.#places.delete(name)
        return next === undefined ? [] : [next]
      })
  }

  #of(connectorId: ConnectorId, known: Connector | undefined): [name: string, place: Place][] {
    const names: readonly (readonly [string, number])[] = [
      ['all', LIMITS.all],
      ...(known?.template ? ([[`service ${known.template.slug}`, LIMITS.service]] as const) : []),
      ...(known ? ([[`store ${known.storeId}`, LIMITS.store]] as const) : []),
      [connectorId, LIMITS.connector],
    ]
    return names.map(([name, limit]) => [name, this.#places.get(name) ?? { limit, taken: 0, waiting: new Set() }])
  }
}
