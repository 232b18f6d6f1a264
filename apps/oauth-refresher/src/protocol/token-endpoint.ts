import type { Fetch } from '@cartly/egress'
import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  clientCredentialsGrantRequest,
  customFetch,
  processAuthorizationCodeResponse,
  processClientCredentialsResponse,
  processRefreshTokenResponse,
  processRevocationResponse,
  refreshTokenGrantRequest,
  revocationRequest,
  nopkce,
  type AuthorizationServer,
  type TokenEndpointResponse,
} from 'oauth4webapi'
import type { AuthorizationCodeAuth, ClientCredentialsAuth } from '@cartly/templates'
import type { OAuthClient, OAuthSpec } from './client.ts'
import { normaliseReply, refuseError } from './normalise-reply.ts'

/** Tokens as a service gave them, after its dialect has been read. */
export interface Tokens {
  readonly accessToken: string
  readonly tokenType: string
  readonly refreshToken: string | undefined
  /** In seconds. */
  readonly expiresIn: number | undefined
  /** What was granted; undefined when it is what was asked for (RFC 6749 section 5.1). */
  readonly scopes: readonly string[] | undefined
  /** The whole reply, for the template to capture from. */
  readonly reply: Readonly<Record<string, unknown>>
}

/** Calls of one service's token and revocation endpoints, in its dialect. Failures are for `classifyFailure`. */
export class TokenEndpoint {
  readonly #fetch: Fetch
  readonly #server: AuthorizationServer
  readonly #client: OAuthClient

  constructor(fetch: Fetch, server: AuthorizationServer, client: OAuthClient) {
    this.#fetch = fetch
    this.#server = server
    this.#client = client
  }

  /** @param callback checked by `validateAuthResponse` */
  async exchangeCode(
    spec: AuthorizationCodeAuth,
    callback: URLSearchParams,
    redirectUri: string,
    verifier: string | undefined,
  ): Promise<Tokens> {
    const { client, authentication } = this.#client
    const response = await authorizationCodeGrantRequest(
      this.#server,
      client,
      authentication,
      callback,
      redirectUri,
      verifier ?? nopkce,
      { ...this.#options(spec), additionalParameters: spec.tokenParameters ?? {} },
    )
    return tokensOf(await processAuthorizationCodeResponse(this.#server, client, response))
  }

  async refresh(spec: AuthorizationCodeAuth, refreshToken: string): Promise<Tokens> {
    const { client, authentication } = this.#client
    const response = await refreshTokenGrantRequest(this.#server, client, authentication, refreshToken, {
      ...this.#options(spec),
      additionalParameters: { ...spec.tokenParameters, ...spec.refreshParameters },
    })
    return tokensOf(await processRefreshTokenResponse(this.#server, client, response))
  }

  async clientCredentials(spec: ClientCredentialsAuth): Promise<Tokens> {
    const { client, authentication } = this.#client
    const parameters = {
      ...spec.tokenParameters,
      ...(spec.scopes.length === 0
        ? {}
        : { [spec.scopeParameter ?? 'scope']: spec.scopes.join(spec.scopeSeparator ?? ' ') }),
    }
    const response = await clientCredentialsGrantRequest(
      this.#server,
      client,
      authentication,
      parameters,
      this.#options(spec),
    )
    return tokensOf(await processClientCredentialsResponse(this.#server, client, response))
  }

  /** RFC 7009. Resolves when the service has taken it, a token that it does not know included. */
  async revoke(token: string): Promise<void> {
    const { client, authentication } = this.#client
    const response = await revocationRequest(this.#server, client, authentication, token, {
      [customFetch]: async (url, options) => refuseError(await this.#fetch(url, options as RequestInit)),
      [allowInsecureRequests]: true,
    })
    await processRevocationResponse(response)
  }

  #options(spec: OAuthSpec) {
    return {
      [customFetch]: async (url: string, options: { body: URLSearchParams; headers: Record<string, string> }) => {
        const request = spec.tokenRequestFormat === 'json' ? asJson(options) : options
        return normaliseReply(spec, await this.#fetch(url, request as RequestInit))
      },
      // Whether plain http may be used is the egress's to say: in allowed networks alone.
      [allowInsecureRequests]: true,
    }
  }
}

const asJson = (options: { body: URLSearchParams; headers: Record<string, string> }) => ({
  ...options,
  body: JSON.stringify(Object.fromEntries(options.body)),
  headers: { ...options.headers, 'content-type': 'application/json' },
})

const tokensOf = (reply: TokenEndpointResponse): Tokens => ({
  accessToken: reply.access_token,
  tokenType: reply.token_type === 'bearer' ? 'Bearer' : reply.token_type,
  refreshToken: reply.refresh_token,
  expiresIn: reply.expires_in,
  scopes: reply.scope?.split(' '),
  reply,
})
