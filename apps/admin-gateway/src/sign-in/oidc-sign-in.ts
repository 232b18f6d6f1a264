import {
  allowInsecureRequests,
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  ResponseBodyError,
  type Configuration,
} from 'openid-client'
import { CartlyError } from '@cartly/contracts'
import type { Logger } from '@cartly/telemetry'
import type { Caller } from '../auth/caller.ts'
import { assertFitsCookie } from '../auth/session.ts'
import type { TokenRules, TokenVerifier } from '../auth/token-verifier.ts'
import type { PendingSignIn } from './pending-sign-in.ts'

/** How the gateway is known to the issuer of tokens. */
export interface OidcClient {
  readonly clientId: string
  /** Absent for a public client, which PKCE alone protects. */
  readonly clientSecret: string | undefined
  /** What is asked for, separated by spaces; `openid` among it. */
  readonly scope: string
}

/** Why nobody was signed in. */
export type SignInFailure = 'not_begun_here' | 'denied' | 'expired' | 'no_access' | 'failed'

/** Who was signed in, by which token, and where they wanted to go; or why nobody was. */
export type SignInOutcome =
  | { readonly token: string; readonly caller: Caller; readonly returnTo: string }
  | { readonly failure: SignInFailure }

const TIMEOUT_S = 5

/**
 * Signs people in at the issuer of tokens: OpenID Connect, authorization code with PKCE
 * (https://openid.net/specs/openid-connect-core-1_0.html, RFC 7636, RFC 9700). The access token that comes of it is held
 * to the same rules as any other.
 */
export class OidcSignIn {
  readonly #client: OidcClient
  readonly #rules: TokenRules
  readonly #verifier: Pick<TokenVerifier, 'verify'>
  readonly #publicUrl: string
  readonly #log: Logger
  #known: Promise<Configuration> | undefined

  constructor(
    client: OidcClient,
    parts: { rules: TokenRules; verifier: Pick<TokenVerifier, 'verify'>; publicUrl: string; log: Logger },
  ) {
    this.#client = client
    this.#rules = parts.rules
    this.#verifier = parts.verifier
    this.#publicUrl = parts.publicUrl
    this.#log = parts.log
  }

  /**
   * Where to send the browser, and what it has to bring back.
   * @throws CartlyError `unavailable` when the issuer does not say how to sign in.
   */
  async begin(returnTo: string): Promise<{ url: string; pending: PendingSignIn }> {
    const issuer = await this.#issuer()
    const pending = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier(), returnTo }
    const url = buildAuthorizationUrl(issuer, {
      redirect_uri: `${this.#publicUrl}/auth/callback`,
      scope: this.#client.scope,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
      ...this.#resource(),
    })
    return { url: url.href, pending }
  }

  /** What became of a sign-in, by the parameters that the browser came back with and what it remembered. */
  async finish(parameters: Record<string, string>, pending: PendingSignIn | undefined): Promise<SignInOutcome> {
    if (pending === undefined || parameters['state'] !== pending.state) return { failure: 'not_begun_here' }
    try {
      const cameBack = new URL(`${this.#publicUrl}/auth/callback?${new URLSearchParams(parameters)}`)
      const checks = {
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.verifier,
        idTokenExpected: true,
      }
      const { access_token: token } = await authorizationCodeGrant(
        await this.#issuer(),
        cameBack,
        checks,
        this.#resource(),
      )
      const caller = await this.#verifier.verify(token, 'cookie')
      assertFitsCookie(token)
      return { token, caller, returnTo: pending.returnTo }
    } catch (error) {
      const failure = failureOf(error)
      this.#log.warn('a sign-in failed', { failure, reason: error instanceof Error ? error.message : String(error) })
      return { failure }
    }
  }

  /** Where the browser ends its session at the issuer, if that is possible there. */
  async signOutUrl(): Promise<string | undefined> {
    const issuer = await this.#issuer()
    if (issuer.serverMetadata().end_session_endpoint === undefined) return undefined
    return buildEndSessionUrl(issuer, { post_logout_redirect_uri: `${this.#publicUrl}/` }).href
  }

  /** Tokens for the gateway, where the audience is one that RFC 8707 can name. */
  #resource(): Record<string, string> {
    return URL.canParse(this.#rules.audience) ? { resource: this.#rules.audience } : {}
  }

  /** Asked for when first needed: an issuer that is away must not keep the gateway from starting. */
  async #issuer(): Promise<Configuration> {
    try {
      return await (this.#known ??= this.#discover())
    } catch (error) {
      this.#known = undefined
      const message = 'The identity provider cannot be reached at the moment'
      throw new CartlyError('unavailable', 'issuer_unavailable', message, { cause: error, retryAfterMs: 2_000 })
    }
  }

  #discover(): Promise<Configuration> {
    const { clientId, clientSecret } = this.#client
    const issuer = new URL(this.#rules.issuer)
    return discovery(issuer, clientId, clientSecret, undefined, {
      timeout: TIMEOUT_S,
      execute: loopback.has(issuer.hostname) ? [allowInsecureRequests] : [],
    })
  }
}

/** Only there plain http is no risk. */
const loopback = new Set(['127.0.0.1', '[::1]', 'localhost'])

function failureOf(error: unknown): SignInFailure {
  if (error instanceof AuthorizationResponseError) return error.error === 'access_denied' ? 'denied' : 'failed'
  if (error instanceof ResponseBodyError) return error.error === 'invalid_grant' ? 'expired' : 'failed'
  return error instanceof CartlyError && error.kind === 'unauthenticated' ? 'no_access' : 'failed'
}
