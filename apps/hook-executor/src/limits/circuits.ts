import { BREAKER_OPEN, type ConnectorId, type Headroom } from '@cartly/contracts'
import { counter } from '@cartly/telemetry'
import { closed, enter, leave, shown, type Circuit } from '../domain/circuit.ts'
import type { Connector } from '../domain/connector.ts'

/** That a connector's circuit has opened, or closed again. */
export interface CircuitChange {
  readonly connector: Connector
  readonly state: 'open' | 'closed'
  readonly reason: string
}

/** Longer than any circuit stays open without a try: whoever said so is gone and will not take it back. */
const FORGOTTEN_AFTER_MS = 150_000

const openings = counter(
  'cartly.connector.circuit.openings',
  'Connectors cut off because their service fails',
  '{opening}',
)

/** The circuit breakers of this replica's connectors. Those in good order take no memory. */
export class Circuits {
  readonly #circuits = new Map<ConnectorId, Circuit>()
  readonly #takenBack = new WeakSet<Connector>()
  readonly #onChange: (change: CircuitChange) => void

  constructor(onChange: (change: CircuitChange) => void) {
    this.#onChange = onChange
  }

  /** Milliseconds for which there is no use in asking this connector's service; 0 when it may be asked. */
  enter({ connectorId }: Connector): number {
    const known = this.#circuits.get(connectorId)
    if (!known) return 0
    const { circuit, waitMs } = enter(known, Date.now())
    this.#circuits.set(connectorId, circuit)
    return waitMs
  }

  /** How it stands, and when an open one is tried again. */
  shown(connectorId: ConnectorId): Pick<Headroom, 'circuit' | 'retryAt'> {
    const known = this.#circuits.get(connectorId)
    if (!known) return { circuit: 'closed' }
    const circuit = shown(known, Date.now())
    return known.state === 'open' && circuit === 'open'
      ? { circuit, retryAt: new Date(known.until).toISOString() }
      : { circuit }
  }

  /** Says how a call went that was let through: `failure` is what was wrong with the service, if anything was. */
  leave(connector: Connector, failure: string | undefined): void {
    const { connectorId } = connector
    const now = Date.now()
    const known = this.#circuits.get(connectorId)
    if (!known && failure === undefined) return this.#takeBack(connector, now)
    const next = leave(known ?? closed(now), failure === undefined, now)
    const untroubled = next.state === 'closed' && next.now.failures === 0 && next.before.failures === 0
    if (untroubled) this.#circuits.delete(connectorId)
    else this.#circuits.set(connectorId, next)
    if (next.state === (known?.state ?? 'closed')) return
    if (next.state === 'open') openings.add(1)
    this.#onChange({ connector, state: next.state, reason: failure ?? 'The service answers again.' })
  }

  /** An open circuit was reported by a process that has since ended, and the service answers. */
  #takeBack(connector: Connector, now: number): void {
    const { attention } = connector
    if (attention?.code !== BREAKER_OPEN || now - attention.since < FORGOTTEN_AFTER_MS) return
    if (this.#takenBack.has(connector)) return
    this.#takenBack.add(connector)
    this.#onChange({ connector, state: 'closed', reason: 'The service answers again.' })
  }
}
