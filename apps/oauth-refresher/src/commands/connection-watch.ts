import { EventEmitter, once } from 'node:events'
import type { ConnectorId, oauthConnectionEvents } from '@cartly/contracts'
import type { RecordedOf } from '@cartly/event-store'
import type { RefreshLock } from '../domain/connection.ts'

/** What this replica sees of what all of them do: that something happened to a connection, and since when a lock is held. */
export class ConnectionWatch {
  readonly #leaseMs: number
  readonly #happened = new EventEmitter().setMaxListeners(0)
  readonly #locks = new Map<string, { readonly leaseUntil: string; readonly since: number }>()

  /** @param leaseMs how long a lock holds without a sign of its holder */
  constructor(leaseMs: number) {
    this.#leaseMs = leaseMs
  }

  /** What was appended, in order. */
  note({ id, events }: RecordedOf<typeof oauthConnectionEvents>): void {
    for (const { type, data } of events) {
      if (type === 'RefreshStarted' || type === 'RefreshContinued') this.lockLeft(id, data)
      else this.#locks.delete(id)
    }
    this.#happened.emit(id)
  }

  /** Resolves when something has happened to the connection after this call, or with the signal. */
  next(connectorId: ConnectorId, signal: AbortSignal): Promise<unknown> {
    return once(this.#happened, connectorId, { signal }).catch(() => undefined)
  }

  /**
   * For how many milliseconds a lock still holds; below zero it is abandoned. Clocks differ, so that is counted from when
   * this process saw its holder's last sign.
   */
  lockLeft(connectorId: string, { leaseUntil }: Pick<RefreshLock, 'leaseUntil'>): number {
    let seen = this.#locks.get(connectorId)
    if (seen?.leaseUntil !== leaseUntil) {
      seen = { leaseUntil, since: performance.now() }
      this.#locks.set(connectorId, seen)
    }
    return seen.since + this.#leaseMs - performance.now()
  }

  /** After the bus was away: what was seen before says nothing of how long a holder gave no sign. */
  lookAnew(): void {
    this.#locks.clear()
  }
}
