import { CartlyError, conflict } from '@cartly/contracts'
import type { Fetch } from '@cartly/egress'
import { durations, type Logger } from '@cartly/telemetry'
import { setTimeout as delay } from 'node:timers/promises'
import { afterFailure, type Failure } from '../domain/after-failure.ts'
import type { LiveConnection } from '../domain/connection.ts'
import { classifyFailure } from '../protocol/classify-failure.ts'
import { clientOf } from '../protocol/client.ts'
import type { Servers } from '../protocol/server.ts'
import { TokenEndpoint } from '../protocol/token-endpoint.ts'
import type { OAuthConnector } from '../queries/oauth-connectors.ts'
import type { Connections } from './connections.ts'
import { issuedTokens, missingScopes, timesOf } from './issued.ts'
import { HeldLock, REFRESHER } from './refresh-lock.ts'
import type { IssuedTokens, Owner, StoredTokens, TokenVault } from './token-vault.ts'

const attempts = durations('cartly.oauth.refresh.duration', 'Duration of an attempt to refresh access')

const STORE_RETRY_MS = 250
const LAST_STORE_RETRY_MS = 5_000

/** One attempt to renew a connection's access: under the lock of the log, from the token endpoint into the vault (ADR 0011). */
export class RefreshAttempts {
  readonly #connections: Connections
  readonly #vault: TokenVault
  readonly #servers: Servers
  readonly #fetch: Fetch
  readonly #log: Logger
  readonly #leaseMs: number

  constructor(
    parts: { connections: Connections; vault: TokenVault; servers: Servers; fetch: Fetch; log: Logger },
    leaseMs: number,
  ) {
    this.#connections = parts.connections
    this.#vault = parts.vault
    this.#servers = parts.servers
    this.#fetch = parts.fetch
    this.#log = parts.log
    this.#leaseMs = leaseMs
  }

  /** Replaces the tokens of `state`, unless another is at it or has done so. How it ended is in the log. */
  async make(owner: Owner, connector: OAuthConnector, { version }: LiveConnection): Promise<void> {
    const parts = { connections: this.#connections, log: this.#log }
    const held = await HeldLock.take(parts, owner, version, this.#leaseMs)
    if (!held) return
    try {
      await this.#underLock(owner, connector, held.state, held.lock)
    } finally {
      held.lock.release()
    }
  }

  /**
   * Ends the attempt of a holder that gave no sign for a whole lease. Had it stored tokens, they count; if not, its request
   * may have been carried out all the same.
   */
  async giveUp(owner: Owner, connector: OAuthConnector, state: LiveConnection): Promise<void> {
    if (!state.refreshing) return
    const stored = await this.#vault.tokens(owner, 'to see how far a refresh came')
    if (stored && stored.version > state.version) return this.#succeeded(owner, connector, stored)
    const message = 'A refresh was interrupted, so it is not known whether it took place'
    const failure: Failure = { class: 'ambiguous', code: 'interrupted', message }
    await this.#failed(owner, connector, state, state.refreshing.holder, failure)
  }

  /** Reads what is stored now, calls the token endpoint, and puts what it gives into the vault. */
  async #underLock(owner: Owner, connector: OAuthConnector, state: LiveConnection, lock: HeldLock): Promise<void> {
    const begun = performance.now()
    const took = (outcome: string): void => attempts.record((performance.now() - begun) / 1_000, { outcome })
    let stored: StoredTokens | undefined
    let issued: IssuedTokens
    try {
      const read = await this.#vault.clientAndTokens(owner, 'to refresh access')
      stored = read.tokens
      if (stored && stored.version > state.version) return await this.#succeeded(owner, connector, stored)
      issued = await this.#call(connector, read.client, stored, lock)
    } catch (error) {
      const failure = failureOf(error, connector.service)
      took(failure.class)
      const siblings = failure.class === 'permanent' && stored ? await this.#newerThan(owner, stored) : undefined
      if (siblings) await this.#succeeded(owner, connector, siblings)
      else await this.#failed(owner, connector, state, lock.holder, failure)
      return
    }
    const version = await this.#store(owner, issued, lock.holder)
    await this.#succeeded(owner, connector, { ...issued, version })
    took('succeeded')
  }

  async #call(
    { spec }: OAuthConnector,
    client: Parameters<typeof clientOf>[1],
    stored: StoredTokens | undefined,
    lock: HeldLock,
  ): Promise<IssuedTokens> {
    const endpoint = new TokenEndpoint(this.#fetch, await this.#servers.of(spec), clientOf(spec, client))
    lock.assertFresh()
    const issuedAt = Date.now()
    if (spec.grant === 'client_credentials') {
      return issuedTokens(spec, await endpoint.clientCredentials(spec), issuedAt, { scopes: spec.scopes })
    }
    if (!stored?.refreshToken) throw conflict('no_refresh_token', 'There is no refresh token: connect again')
    const { refreshToken, scopes } = stored
    return issuedTokens(spec, await endpoint.refresh(spec, refreshToken.reveal()), issuedAt, { refreshToken, scopes })
  }

  /** When a refresh token is refused, someone else may have been faster with it; then newer tokens are there. */
  async #newerThan(owner: Owner, used: StoredTokens): Promise<StoredTokens | undefined> {
    const now = await this.#vault.tokens(owner, 'to see whether access was refreshed meanwhile').catch(() => undefined)
    return now && now.version > used.version ? now : undefined
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

  async #succeeded(
    owner: Owner,
    { spec }: OAuthConnector,
    tokens: Omit<StoredTokens, 'accessToken' | 'refreshToken'>,
  ): Promise<void> {
    const succeeded = {
      version: tokens.version,
      scopes: [...tokens.scopes],
      missingScopes: missingScopes(spec, tokens.scopes),
      refreshedAt: new Date(tokens.issuedAt).toISOString(),
      ...timesOf(spec, tokens),
    }
    const by = { actor: REFRESHER, commandId: `succeeded:${tokens.version}` } as const
    await this.#connections.execute(owner, { type: 'succeed', succeeded }, by)
  }

  async #failed(
    owner: Owner,
    { spec }: OAuthConnector,
    state: LiveConnection,
    holder: string,
    cause: Failure,
  ): Promise<void> {
    // Client credentials are not used up: asking again is always safe.
    const again = cause.class === 'ambiguous' && spec.grant === 'client_credentials'
    const failure: Failure = again ? { ...cause, class: 'transient' } : cause
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
      { actor: REFRESHER, commandId: `failed:${holder}` },
    )
    this.#log.warn('access was not refreshed', { ...owner, failure: failure.code, class: failure.class, lost })
  }
}

/** Without the vault or the client's secret nothing was sent. */
function failureOf(error: unknown, service: string): Failure {
  if (!(error instanceof CartlyError)) return classifyFailure(error, service)
  const passing = ['unavailable', 'timeout', 'internal'].includes(error.kind)
  return { class: passing ? 'transient' : 'permanent', code: error.code, message: error.message }
}
