import { setTimeout as delay } from 'node:timers/promises'
import { CartlyError, conflict } from '@cartly/contracts'
import type { Logger } from '@cartly/telemetry'
import { refreshTime } from '../domain/refresh-time.ts'
import { isLive, NOT_CONNECTED, type LiveConnection } from '../domain/connection.ts'
import type { DueRefresh } from '../projections/schedule.ts'
import type { OAuthConnectors } from '../queries/oauth-connectors.ts'
import type { ConnectionWatch } from './connection-watch.ts'
import type { Connections } from './connections.ts'
import type { RefreshAttempts } from './refresh-attempts.ts'
import type { Owner } from './token-vault.ts'

export interface RefreshAsked {
  /** The version of the tokens that the service refused. */
  readonly staleVersion?: number
  /** The vault lends the tokens no more, because their time is over. */
  readonly expired?: boolean
  readonly deadlineAt: number
}

const LEAVE_ALONE_MS = 5_000

/**
 * Renews access for whoever asks, and when it is due. That only one of all replicas calls the token endpoint for a
 * connection is settled by the log: whoever appends `RefreshStarted` at the expected sequence does it, the others wait for
 * what comes of it (ADR 0011).
 */
export class Refresher {
  readonly #connectors: OAuthConnectors
  readonly #connections: Connections
  readonly #attempts: RefreshAttempts
  readonly #watch: ConnectionWatch
  readonly #log: Logger
  /** One attempt at a time in this process; across processes the log decides. */
  readonly #running = new Map<string, Promise<void>>()
  /** Those who ask for the same share the answer. */
  readonly #asked = new Map<string, Promise<LiveConnection>>()

  constructor(parts: {
    connectors: OAuthConnectors
    connections: Connections
    attempts: RefreshAttempts
    watch: ConnectionWatch
    log: Logger
  }) {
    this.#connectors = parts.connectors
    this.#connections = parts.connections
    this.#attempts = parts.attempts
    this.#watch = parts.watch
    this.#log = parts.log
  }

  /**
   * Sees to it that the connection has newer tokens than `staleVersion`, and says how it then is. Whoever asks while
   * another asks shares the one attempt. `expired` means the present version, should its time be near its end. Without either,
   * someone asks by hand, and it is tried whatever was before.
   * @throws CartlyError `not_found`; `conflict`: there is nothing to refresh, or the service refused; `unavailable` when it
   * failed and will be tried again; `timeout` when it is not done by `deadlineAt`
   */
  refresh(owner: Owner, { staleVersion, expired = false, deadlineAt }: RefreshAsked): Promise<LiveConnection> {
    const key = `${owner.storeId}/${owner.connectorId}/${expired ? 'expired' : (staleVersion ?? 'now')}`
    let asked = this.#asked.get(key)
    if (!asked) {
      asked = this.#renew(owner, { staleVersion, expired }).finally(() => this.#asked.delete(key))
      this.#asked.set(key, asked)
    }
    return within(asked, deadlineAt)
  }

  /** What the schedule asks for: an attempt, unless something has happened since it was put down. Never throws. */
  async refreshWhenDue({ storeId, connectorId, sequence: putDownAt }: DueRefresh): Promise<void> {
    const owner = { storeId, connectorId }
    try {
      const { state, sequence } = await this.#connections.find(storeId, connectorId)
      if (!isLive(state) || sequence !== putDownAt) return
      if (state.refreshing && this.#watch.lockLeft(connectorId, state.refreshing) > 0) return
      await this.#attempt(owner, state)
    } catch (error) {
      this.#log.warn('a scheduled refresh was not made', { ...owner, error })
    }
  }

  /** Waits for the attempts that are under way here. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#running.values())
  }

  async #renew(
    owner: Owner,
    { staleVersion, expired }: { staleVersion: number | undefined; expired: boolean },
  ): Promise<LiveConnection> {
    await this.#connectors.get(owner.storeId, owner.connectorId)
    const waiting = new AbortController()
    try {
      let happened = this.#watch.next(owner.connectorId, waiting.signal)
      let state = await this.#live(owner)
      if (expired && !isDue(state)) return state
      const stale = staleVersion ?? state.version
      const byHand = staleVersion === undefined && !expired
      if (!byHand && state.version <= stale) refuseHopeless(state)
      while (state.version <= stale) {
        const lockLeft = state.refreshing ? this.#watch.lockLeft(owner.connectorId, state.refreshing) : 0
        if (lockLeft > 0) await Promise.race([happened, delay(lockLeft, undefined, { signal: waiting.signal })])
        else await this.#attempt(owner, state)
        // Before it is read again, so that nothing is missed.
        happened = this.#watch.next(owner.connectorId, waiting.signal)
        state = await this.#live(owner)
        if (state.version <= stale && state.refreshing === null && state.failure)
          throw refreshFailed(state, state.failure)
      }
      return state
    } finally {
      waiting.abort()
    }
  }

  #attempt(owner: Owner, state: LiveConnection): Promise<void> {
    const running = this.#running.get(owner.connectorId)
    if (running) return running
    const attempt = this.#makeAttempt(owner, state).finally(() => this.#running.delete(owner.connectorId))
    this.#running.set(owner.connectorId, attempt)
    return attempt
  }

  async #makeAttempt(owner: Owner, state: LiveConnection): Promise<void> {
    const connector = await this.#connectors.get(owner.storeId, owner.connectorId)
    await (state.refreshing
      ? this.#attempts.giveUp(owner, connector, state)
      : this.#attempts.make(owner, connector, state))
  }

  async #live({ storeId, connectorId }: Owner): Promise<LiveConnection> {
    const { state } = await this.#connections.find(storeId, connectorId)
    if (!isLive(state)) throw conflict(NOT_CONNECTED, 'The connector has no authorization: connect it first')
    return state
  }
}

/** That a token's time is over is the vault's to say; by another clock it need not be, so it is believed once it is due. */
function isDue({ expiresAt, lastRefreshAt, grantedAt }: LiveConnection): boolean {
  if (expiresAt === null) return false
  const due = refreshTime(Date.parse(lastRefreshAt ?? grantedAt), Date.parse(expiresAt), {})
  return due !== null && due <= Date.now()
}

/** An executor asks after each 401: a service that has just failed, or has ended the grant, is not asked as often. */
function refuseHopeless(state: LiveConnection): void {
  if (state.status === 'access_lost') throw conflict('access_lost', state.reason)
  const { failure } = state
  if (failure && Date.now() - Date.parse(failure.failedAt) < LEAVE_ALONE_MS) throw refreshFailed(state, failure)
}

/** What is lost is the merchant's to mend; anything else passes. */
function refreshFailed({ status }: LiveConnection, { code, message }: { code: string; message: string }): CartlyError {
  const text = `${message} (${code})`
  if (status === 'access_lost') return conflict('refresh_failed', text)
  return new CartlyError('unavailable', 'refresh_failed', text, { retryAfterMs: LEAVE_ALONE_MS })
}

async function within<T>(work: Promise<T>, deadlineAt: number): Promise<T> {
  const late = Promise.withResolvers<never>()
  const message = 'The access was not refreshed in time; it goes on in the background'
  const timer = setTimeout(
    () => late.reject(new CartlyError('timeout', 'timeout', message)),
    Math.max(0, deadlineAt - Date.now()),
  )
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
