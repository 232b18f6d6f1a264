import { compileSchema, ConnectorIdSchema, type ConnectorId } from '@cartly/contracts'
import type { NatsConnection } from '@nats-io/transport-node'
import { Type, type Static } from 'typebox'
import type { OpenCircuit } from '../domain/circuit.ts'

/** Heard by the replicas of this service alone (deploy/nats/nats.conf). */
const SUBJECT = 'peers.hook-executor.circuits'

/** Times are spans, because clocks differ. */
const News = Type.Object({
  from: Type.String(),
  connectorId: ConnectorIdSchema,
  /** Absent when the circuit is closed. */
  open: Type.Optional(Type.Object({ leftMs: Type.Number(), forMs: Type.Number(), trying: Type.Boolean() })),
})
const news = compileSchema(News)

export interface CircuitPeersOptions {
  readonly nc: NatsConnection
  /** This replica's name, never used before. */
  readonly replica: string
  /** How a circuit stands by another replica; `undefined` for closed. */
  onNews(connectorId: ConnectorId, circuit: OpenCircuit | undefined): void
}

/**
 * Says to the other replicas how circuits stand, and hears it of them: at most once, since a replica that misses it finds
 * out by itself.
 */
export class CircuitPeers {
  readonly #nc: NatsConnection
  readonly #replica: string

  constructor({ nc, replica, onNews }: CircuitPeersOptions) {
    this.#nc = nc
    this.#replica = replica
    nc.subscribe(SUBJECT, {
      callback: (_, message) => {
        const heard = message.json()
        if (!news.is(heard) || heard.from === replica) return
        onNews(heard.connectorId, heard.open && openCircuit(heard.open))
      },
    })
  }

  tell(connectorId: ConnectorId, circuit: OpenCircuit | undefined): void {
    if (this.#nc.isClosed() || this.#nc.isDraining()) return
    const open = circuit && { leftMs: circuit.until - Date.now(), forMs: circuit.forMs, trying: circuit.trying }
    const said: Static<typeof News> = { from: this.#replica, connectorId, ...(open ? { open } : {}) }
    this.#nc.publish(SUBJECT, JSON.stringify(said))
  }
}

const openCircuit = ({ leftMs, ...open }: NonNullable<Static<typeof News>['open']>): OpenCircuit => ({
  state: 'open',
  until: Date.now() + leftMs,
  ...open,
})
