import { BREAKER_OPEN, type ConnectorId, type Headroom } from '@cartly/contracts'
import { counter } from '@cartly/telemetry'
import { closed, enter, leave, shown, type Circuit, type Entry, type OpenCircuit } from '../domain/circuit.ts'
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

/** Tells the other replicas how a circuit stands; `undefined` for one that is closed. */
export type TellPeers = (connectorId: ConnectorId, circuit: OpenCircuit | undefined) => void

/** What became of a call that wanted in. */
export type Pass = Omit<Entry, 'circuit'>

/**
 * The circuit breakers of connectors. Each replica counts what it sees; that a circuit opens, is tried or closes holds for
 * all of them. Those in good order take no memory.
 */
export class Circuits {
  readonly #circuits = new Map<ConnectorId, Circuit>()
  readonly #takenBack = new WeakSet<Connector>()
  readonly #tellPeers: TellPeers
  readonly #onChange: (change: CircuitChange) => void

  /** @param onChange told by the replica that a change began at, once for all of them */
  constructor(tellPeers: TellPeers, onChange: (change: CircuitChange) => void) {
    this.#tellPeers = tellPeers
    this.#onChange = onChange
  }

  /** Whether a call may be made; each that may must `leave`. */
  enter({ connectorId }: Connector): Pass {
    const known = this.#circuits.get(connectorId)
    if (!known) return { waitMs: 0, tries: false }
    const { circuit, waitMs, tries } = enter(known, Date.now())
    this.#circuits.set(connectorId, circuit)
    if (tries && circuit.state === 'open') this.#tellPeers(connectorId, circuit)
    return { waitMs, tries }
  }

  /** How a circuit stands by another replica. */
  hear(connectorId: ConnectorId, circuit: OpenCircuit | undefined): void {
    if (circuit) this.#circuits.set(connectorId, circuit)
    else if (this.#circuits.get(connectorId)?.state === 'open') this.#circuits.delete(connectorId)
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
  leave(connector: Connector, { tries }: Pass, failure: string | undefined): void {
    const { connectorId } = connector
    const now = Date.now()
    const known = this.#circuits.get(connectorId)
    if (!known && failure === undefined) return this.#takeBack(connector, now)
    const before = known ?? closed(now)
    const next = leave(before, { tries, answered: failure === undefined }, now)
    if (next === before) return
    if (isUntroubled(next)) this.#circuits.delete(connectorId)
    else this.#circuits.set(connectorId, next)
    if (next.state === 'open') this.#tellPeers(connectorId, next)
    else if (before.state === 'open') this.#tellPeers(connectorId, undefined)
    if (next.state === before.state) return
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

const isUntroubled = (circuit: Circuit): boolean =>
  circuit.state === 'closed' && circuit.now.failures === 0 && circuit.before.failures === 0
