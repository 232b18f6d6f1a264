import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { CartlyError, conflict } from '@cartly/contracts'
import type { Fetch } from '@cartly/egress'
import { durations, type Logger } from '@cartly/telemetry'
import { afterFailure, type Failure } from '../domain/after-failure.ts'
import { isLive, NOT_CONNECTED, REFRESH_IN_PROGRESS, type LiveConnection } from '../domain/connection.ts'
import { classifyFailure } from '../protocol/classify-failure.ts'
import { clientOf } from '../protocol/client.ts'
import type { Servers } from '../protocol/server.ts'
import { TokenEndpoint, type Tokens } from '../protocol/token-endpoint.ts'
import type { OAuthConnector, OAuthConnectors } from '../queries/oauth-connectors.ts'
import type { Connections } from './connections.ts'
import { issuedTokens, missingScopes, timesOf } from './issued.ts'
import type { IssuedTokens, Owner, StoredTokens, TokenVault } from './token-vault.ts'

export interface RefresherOptions {
  /** How long an attempt may take, in milliseconds; longer than a token request may (`fetchTimeoutMs` of the egress). */
  readonly leaseMs: number
}

export interface RefreshAsked {
  /** The version of the tokens that the service refused. */
  readonly staleVersion?: number
  /** The vault lends the tokens no more, because their time is over. */
  readonly expired?: boolean
  readonly deadlineAt: number
}

const attempts = durations('cartly.oauth.refresh.duration', 'Duration of an attempt to refresh access')

const LOOK_AGAIN_MS = 50
const STORE_RETRY_MS = 250
const LAST_STORE_RETRY_MS = 5_000
const LEAVE_ALONE_MS = 5_000
const SELF = 'service:oauth-refresher'

/**
 * Renews access. That only one of all replicas calls the token endpoint for a connection is settled by the log: whoever
 * appends `RefreshStarted` at the expected sequence does it, the others wait for what comes of it (ADR 0011).
 */
export class Refresher {
  readonly #connectors: OAuthConnectors
  readonly #connections: Connections
  readonly #vault: TokenVault
  readonly #servers: Servers
  readonly #fetch: Fetch
  readonly #log: Logger
  readonly #leaseMs: number
  /** Attempts of others, and since when this process has seen them: clocks differ, so theirs is not asked. */
  readonly #seen = new Map<string, { readonly holder: string; readonly since: number }>()
  readonly #running = new Map<string, Promise<void>>()

  constructor(
    parts: {
      connectors: OAuthConnectors
      connections: Connections
      vault: TokenVault
      servers: Servers
      fetch: Fetch
      log: Logger
    },
    { leaseMs }: RefresherOptions,
  ) {
    this.#connectors = parts.connectors
    this.#connections = parts.connections
    this.#vault = parts.vault
    this.#servers = parts.servers
    this.#fetch = parts.fetch
    this.#log = parts.log
    this.#leaseMs = leaseMs
  }

  /**
   * Sees to it that the connection has newer tokens than `staleVersion`, and says how it then is. Whoever asks while
   * another asks shares the one attempt. `expired` means the present version, should its time be over. Without either,
   * someone asks by hand, and it is tried whatever was before.
   * @throws CartlyError `not_found`; `conflict`: there is nothing to refresh, or the service refused; `timeout` when it is
   * not done by `deadlineAt`
   */
  async refresh(owner: Owner, { deadlineAt, ...known }: RefreshAsked): Promise<LiveConnection> {
    await this.#connectors.get(owner.storeId, owner.connectorId)
    const before = await this.#live(owner)
    if (known.expired && !isOver(before)) return before
    const staleVersion = known.expired ? before.version : known.staleVersion
    if (staleVersion !== undefined && before.version <= staleVersion) refuseHopeless(before)
    const stale = staleVersion ?? before.version
    let current = before
    while (current.version <= stale) {
      await this.#attemptOrWait(owner, current, deadlineAt)
      const next = await this.#live(owner)
      if (next.version <= stale && next.refreshing === null && next.failure) throw refreshFailed(next.failure)
      current = next
    }
    return current
  }

  /** What the schedule asks for: an attempt, unless another is at it. Never throws. */
  async refreshWhenDue(owner: Owner): Promise<void> {
    try {
      const state = await this.#connections.find(owner.storeId, owner.connectorId)
      if (!isLive(state)) return
      if (state.refreshing && !this.#isAbandoned(owner, state)) return
      await this.#single(owner)
    } catch (error) {
      this.#log.warn('a scheduled refresh was not made', { ...owner, error })
    }
  }

  /** After the bus was away: what was seen before says nothing of how long an attempt could have ended by now. */
  lookAnew(): void {
    this.#seen.clear()
  }

  /** Waits for the attempts that are under way here. */
  async drain(): Promise<void> {
    await Promise.allSettled(this.#running.values())
  }

  async #live({ storeId, connectorId }: Owner): Promise<LiveConnection> {
    const state = await this.#connections.find(storeId, connectorId)
    if (!isLive(state)) throw conflict(NOT_CONNECTED, 'The connector has no authorization: connect it first')
    return state
  }

  async #attemptOrWait(owner: Owner, state: LiveConnection, deadlineAt: number): Promise<void> {
    const running = this.#running.get(owner.connectorId)
    if (running || !state.refreshing || this.#isAbandoned(owner, state)) {
      await within(running ?? this.#single(owner), deadlineAt)
    } else {
      await within(delay(LOOK_AGAIN_MS), deadlineAt)
    }
  }

  /** One attempt at a time in this process; across processes the log decides. */
  #single(owner: Owner): Promise<void> {
    const running = this.#running.get(owner.connectorId)
    if (running) return running
    const attempt = this.#attempt(owner).finally(() => this.#running.delete(owner.connectorId))
    this.#running.set(owner.connectorId, attempt)
    return attempt
  }

  async #attempt(owner: Owner): Promise<void> {
    const connector = await this.#connectors.get(owner.storeId, owner.connectorId)
    const state = await this.#live(owner)
    if (state.refreshing) return this.#settleAbandoned(owner, connector, state)
    const holder = randomUUID()
    const leaseUntil = new Date(Date.now() + this.#leaseMs).toISOString()
    try {
      const started = await this.#connections.execute(
        owner,
        { type: 'startRefresh', holder, leaseUntil },
        { actor: SELF, commandId: `started:${holder}` },
      )
      await this.#hold(owner, connector, started.state as LiveConnection, holder)
    } catch (error) {
      // Another was faster: what is asked for is under way.
      if (error instanceof CartlyError && error.code === REFRESH_IN_PROGRESS) return
      throw error
    }
  }

  /** With the lock: reads what is stored now, calls the token endpoint, and puts what it gives into the vault. */
  async #hold(owner: Owner, connector: OAuthConnector, state: LiveConnection, holder: string): Promise<void> {
    const begun = performance.now()
    const took = (outcome: string): void => attempts.record((performance.now() - begun) / 1_000, { outcome })
    let stored: StoredTokens | undefined
    let issued: IssuedTokens
    try {
      const read = await this.#vault.clientAndTokens(owner, 'to refresh access')
      stored = read.tokens
      if (stored && stored.version > state.version) return await this.#record(owner, connector, stored)
      issued = await this.#call(connector, read.client, stored)
    } catch (error) {
      const failure = failureOf(error, connector.service)
      took(failure.class)
      await this.#failed(owner, connector, state, holder, stored, failure)
      return
    }
    const version = await this.#store(owner, issued, holder)
    await this.#record(owner, connector, { ...issued, version })
    took('succeeded')
  }

  async #call(
    { spec }: OAuthConnector,
    client: Parameters<typeof clientOf>[1],
    stored: StoredTokens | undefined,
  ): Promise<IssuedTokens> {
    const endpoint = new TokenEndpoint(this.#fetch, await this.#servers.of(spec), clientOf(spec, client))
    const issuedAt = Date.now()
    const scopes = stored?.scopes ?? spec.scopes
    if (spec.grant === 'client_credentials') {
      return issuedTokens(spec, await endpoint.clientCredentials(spec), issuedAt, { scopes: spec.scopes })
    }
    if (!stored?.refreshToken) throw conflict('no_refresh_token', 'There is no refresh token: connect again')
    const tokens: Tokens = await endpoint.refresh(spec, stored.refreshToken.reveal())
    return issuedTokens(spec, tokens, issuedAt, { refreshToken: stored.refreshToken, scopes })
  }

  /** These tokens exist nowhere else, so it is tried until the vault has them, whatever it takes. */
  async #store(owner: Owner, issued: IssuedTokens, holder: string): Promise<number> {
    for (let wait = STORE_RETRY_MS; ; wait = Math.min(wait * 2, LAST_STORE_RETRY_MS)) {
      try {
        return (await this.#vault.store(owner, issued, `refreshed:${holder}`)).version
      } catch (error) {
        if (error instanceof CartlyError && error.kind === 'not_found') throw error
        this.#log.error('new tokens cannot be stored yet', { ...owner, error })
        await delay(wait)
      }
    }
  }

  async #record(owner: Owner, { spec }: OAuthConnector, tokens: Omit<StoredTokens, 'accessToken' | 'refreshToken'>) {
    await this.#connections.execute(
      owner,
      {
        type: 'succeed',
        succeeded: {
          version: tokens.version,
          scopes: [...tokens.scopes],
          missingScopes: missingScopes(spec, tokens.scopes),
          refreshedAt: new Date(tokens.issuedAt).toISOString(),
          ...timesOf(spec, tokens),
        },
      },
      { actor: SELF, commandId: `succeeded:${tokens.version}` },
    )
  }

  async #failed(
    owner: Owner,
    connector: OAuthConnector,
    state: LiveConnection,
    holder: string,
    used: StoredTokens | undefined,
    cause: Failure,
  ): Promise<void> {
    const { spec } = connector
    // Client credentials are not used up: asking again is always safe.
    const again = cause.class === 'ambiguous' && spec.grant === 'client_credentials'
    const failure: Failure = again ? { ...cause, class: 'transient' } : cause
    if (failure.class === 'permanent' && used) {
      // A sibling may have been faster with this refresh token; then its tokens are there.
      const now = await this.#vault
        .tokens(owner, 'to see whether access was refreshed meanwhile')
        .catch(() => undefined)
      if (now && now.version > used.version) return this.#record(owner, connector, now)
    }
    const now = Date.now()
    const { retryAt, lost } = afterFailure({
      failure,
      now,
      attempts: state.attempts,
      uncertainSince: state.uncertainSince === null ? null : Date.parse(state.uncertainSince),
      expiresAt: state.expiresAt === null ? null : Date.parse(state.expiresAt),
      replayWindowMs: spec.grant === 'authorization_code' ? (spec.replayWindowSeconds ?? 0) * 1_000 : 0,
    })
    await this.#connections.execute(
      owner,
      {
        type: 'fail',
        holder,
        failed: {
          class: failure.class,
          code: failure.code,
          message: failure.message,
          retryAt: retryAt === null ? null : new Date(retryAt).toISOString(),
          failedAt: new Date(now).toISOString(),
        },
        ...(lost ? { lost: { code: failure.code, reason: failure.message } } : {}),
      },
      { actor: SELF, commandId: `failed:${holder}` },
    )
    this.#log.warn('access was not refreshed', { ...owner, failure: failure.code, class: failure.class, lost })
  }

  /** Whether an attempt has been under way, before the eyes of this process, for longer than one may take. */
  #isAbandoned({ connectorId }: Owner, { refreshing }: LiveConnection): boolean {
    if (!refreshing) return false
    const seen = this.#seen.get(connectorId)
    if (seen?.holder !== refreshing.holder) {
      this.#seen.set(connectorId, { holder: refreshing.holder, since: performance.now() })
      return false
    }
    return performance.now() - seen.since > this.#leaseMs
  }

  /** Its holder is gone. Had it stored tokens, they count; if not, its request may have been carried out all the same. */
  async #settleAbandoned(owner: Owner, connector: OAuthConnector, state: LiveConnection): Promise<void> {
    if (!state.refreshing || !this.#isAbandoned(owner, state)) return
    const stored = await this.#vault.tokens(owner, 'to see how far a refresh came')
    if (stored && stored.version > state.version) return this.#record(owner, connector, stored)
    const message = 'A refresh was interrupted, so it is not known whether it took place'
    const failure: Failure = { class: 'ambiguous', code: 'interrupted', message }
    await this.#failed(owner, connector, state, state.refreshing.holder, undefined, failure)
  }
}

const isOver = ({ expiresAt }: LiveConnection): boolean => expiresAt !== null && Date.parse(expiresAt) <= Date.now()

/** An executor asks after each 401: a service that has just failed, or has ended the grant, is not asked as often. */
function refuseHopeless(state: LiveConnection): void {
  if (state.status === 'access_lost') throw conflict('access_lost', state.reason)
  const { failure } = state
  if (failure && Date.now() - Date.parse(failure.failedAt) < LEAVE_ALONE_MS) throw refreshFailed(failure)
}

const refreshFailed = ({ code, message }: { code: string; message: string }): CartlyError =>
  conflict('refresh_failed', `${message} (${code})`)

/** Without the vault or the client's secret nothing was sent. */
function failureOf(error: unknown, service: string): Failure {
  if (!(error instanceof CartlyError)) return classifyFailure(error, service)
  const passing = ['unavailable', 'timeout', 'internal'].includes(error.kind)
  return { class: passing ? 'transient' : 'permanent', code: error.code, message: error.message }
}

async function within(work: Promise<unknown>, deadlineAt: number): Promise<void> {
  const late = new AbortController()
  const timeout = delay(Math.max(0, deadlineAt - Date.now()), undefined, { signal: late.signal }).then(
    () => {
      throw new CartlyError('timeout', 'timeout', 'The access was not refreshed in time; it goes on in the background')
    },
    () => undefined,
  )
  try {
    await Promise.race([work, timeout])
  } finally {
    late.abort()
  }
}
