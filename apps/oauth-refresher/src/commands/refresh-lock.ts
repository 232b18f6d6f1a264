import { randomUUID } from 'node:crypto'
import { CartlyError } from '@cartly/contracts'
import type { Logger } from '@cartly/telemetry'
import { isLive, LOCK_LOST, REFRESH_IN_PROGRESS, type LiveConnection } from '../domain/connection.ts'
import type { Connections } from './connections.ts'
import type { Owner } from './token-vault.ts'

export const REFRESHER = 'service:oauth-refresher'

/** The lock of one refresh, in the hands of the process that appended `RefreshStarted`; kept until it is released. */
export class HeldLock {
  readonly holder = randomUUID()
  readonly #connections: Connections
  readonly #owner: Owner
  readonly #leaseMs: number
  readonly #log: Logger
  #signs = 0
  /** When the last sign that others can have seen was sent. */
  #signAt = performance.now()
  #timer: NodeJS.Timeout | undefined

  private constructor(connections: Connections, owner: Owner, leaseMs: number, log: Logger) {
    this.#connections = connections
    this.#owner = owner
    this.#leaseMs = leaseMs
    this.#log = log
  }

  /** The lock, with the connection as it is under it; undefined when another has it, or tokens newer than `version`. */
  static async take(
    parts: { connections: Connections; log: Logger },
    owner: Owner,
    version: number,
    leaseMs: number,
  ): Promise<{ lock: HeldLock; state: LiveConnection } | undefined> {
    const lock = new HeldLock(parts.connections, owner, leaseMs, parts.log)
    const { holder } = lock
    try {
      const { state, events } = await parts.connections.execute(
        owner,
        { type: 'startRefresh', version, holder, leaseUntil: lock.#leaseUntil() },
        { actor: REFRESHER, commandId: `started:${holder}` },
      )
      if (events.length === 0 || !isLive(state)) return undefined
      lock.#keep()
      return { lock, state }
    } catch (error) {
      if (error instanceof CartlyError && error.code === REFRESH_IN_PROGRESS) return undefined
      throw error
    }
  }

  /**
   * To be asked before a request that takes two thirds of the lease at most: it then ends before anybody gives the lock up.
   * @throws CartlyError `unavailable` when it has taken too long to get here
   */
  assertFresh(): void {
    if (performance.now() - this.#signAt < this.#leaseMs / 3) return
    throw new CartlyError(
      'unavailable',
      'refresh_held_up',
      'The refresh was held up before its request; it is tried again',
    )
  }

  release(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #leaseUntil(): string {
    return new Date(Date.now() + this.#leaseMs).toISOString()
  }

  #keep(): void {
    this.#timer = setTimeout(() => void this.#giveSign(), this.#leaseMs / 4)
  }

  async #giveSign(): Promise<void> {
    const at = performance.now()
    const timer = this.#timer
    try {
      await this.#connections.execute(
        this.#owner,
        { type: 'continueRefresh', holder: this.holder, leaseUntil: this.#leaseUntil() },
        { actor: REFRESHER, commandId: `continued:${this.holder}:${(this.#signs += 1)}` },
      )
      this.#signAt = at
    } catch (error) {
      if (this.#timer !== timer) return
      this.#log.warn('others may take a refresh for given up', { ...this.#owner, error })
      if (error instanceof CartlyError && error.code === LOCK_LOST) return
    }
    if (this.#timer === timer) this.#keep()
  }
}
