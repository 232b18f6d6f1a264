import type { ConnectorId } from '@cartly/contracts'
import { counter } from '@cartly/telemetry'
import { closed, enter, leave, type Circuit } from '../domain/circuit.ts'

const openings = counter(
  'cartly.connector.circuit.openings',
  'Connectors cut off because their service fails',
  '{opening}',
)

/** The circuit breakers of this replica's connectors. Those in good order take no memory. */
export class Circuits {
  readonly #circuits = new Map<ConnectorId, Circuit>()
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Milliseconds for which there is no use in asking this connector's service; 0 when it may be asked. */
  enter(connectorId: ConnectorId): number {
    const known = this.#circuits.get(connectorId)
    if (!known) return 0
    const { circuit, waitMs } = enter(known, this.#now())
    this.#circuits.set(connectorId, circuit)
    return waitMs
  }

  /** Says how a call went that was let through. */
  leave(connectorId: ConnectorId, answered: boolean): void {
    const now = this.#now()
    const known = this.#circuits.get(connectorId)
    if (!known && answered) return
    const next = leave(known ?? closed(now), answered, now)
    if (next.state === 'open' && known?.state !== 'open') openings.add(1)
    const untroubled = next.state === 'closed' && next.now.failures === 0 && next.before.failures === 0
    if (untroubled) this.#circuits.delete(connectorId)
    else this.#circuits.set(connectorId, next)
  }
}
