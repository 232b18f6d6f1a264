import { randomUUID } from 'node:crypto'
import {
  CartlyError,
  conflict,
  type ConnectorId,
  type CredentialId,
  type RequestOf,
  type ResponseOf,
  type oauth,
} from '@cartly/contracts'
import type { Fetch } from '@cartly/egress'
import type { Actor } from '@cartly/event-store'
import type { Logger } from '@cartly/telemetry'
import type { AuthorizationCodeAuth } from '@cartly/templates'
import { AuthorizationResponseError, validateAuthResponse } from 'oauth4webapi'
import { authorizationUrl, newAuthorizationSecrets, verifierOf } from '../protocol/authorization-request.ts'
import { inStandardNames } from '../protocol/callback-names.ts'
import { capture, CaptureMismatch } from '../protocol/capture.ts'
import { classifyFailure } from '../protocol/classify-failure.ts'
import { clientOf } from '../protocol/client.ts'
import type { Servers } from '../protocol/server.ts'
import { TokenEndpoint } from '../protocol/token-endpoint.ts'
import type { OAuthConnector, OAuthConnectors } from '../queries/oauth-connectors.ts'
import type { PendingAuthorization, PendingAuthorizations } from '../storage/pending-authorizations.ts'
import type { Connections } from './connections.ts'
import { issuedTokens, missingScopes, timesOf } from './issued.ts'
import { outcomes, type Outcome } from './outcomes.ts'
import type { TokenVault } from './token-vault.ts'

type AuthorizeRequest = RequestOf<typeof oauth.authorize>
type AuthorizeReply = ResponseOf<typeof oauth.authorize>
type CallbackRequest = RequestOf<typeof oauth.callback>
type CallbackReply = ResponseOf<typeof oauth.callback>

const GOOD_FOR_MS = 10 * 60_000

type ByCode = OAuthConnector & { readonly spec: AuthorizationCodeAuth }

/**
 * The authorization code flow (RFC 6749 section 4.1, RFC 9700). An authorization is bound to one connector by a redirect
 * URI of its own, to the browser that began it by a cookie, and to one use by the row that its callback takes away.
 */
export class Authorizations {
  readonly #connectors: OAuthConnectors
  readonly #connections: Connections
  readonly #pending: PendingAuthorizations
  readonly #vault: TokenVault
  readonly #servers: Servers
  readonly #fetch: Fetch
  readonly #log: Logger

  constructor(parts: {
    connectors: OAuthConnectors
    connections: Connections
    pending: PendingAuthorizations
    vault: TokenVault
    servers: Servers
    fetch: Fetch
    log: Logger
  }) {
    this.#connectors = parts.connectors
    this.#connections = parts.connections
    this.#pending = parts.pending
    this.#vault = parts.vault
    this.#servers = parts.servers
    this.#fetch = parts.fetch
    this.#log = parts.log
  }

  /** Where to send the merchant's browser. */
  async authorize({ storeId, connectorId, user, publicUrl }: AuthorizeRequest): Promise<AuthorizeReply> {
    const { spec } = byCode(await this.#connectors.get(storeId, connectorId))
    const { client } = clientOf(spec, await this.#vault.client({ storeId, connectorId }, 'to begin an authorization'))
    const secrets = newAuthorizationSecrets()
    const expiresAt = new Date(Date.now() + GOOD_FOR_MS)
    const redirectUri = redirectUriOf(publicUrl, connectorId)
    await this.#pending.begin(secrets, { storeId, connectorId, requestedBy: user, redirectUri, expiresAt })
    return {
      authorizationUrl: await authorizationUrl(spec, spec.authorizationUrl, client.client_id, redirectUri, secrets),
      connectionKey: connectorId,
      browserToken: secrets.browserToken,
      expiresAt: expiresAt.toISOString(),
    }
  }

  /** What the merchant is told at the end of it. Whatever is wrong, it is an outcome and not an error. */
  async callback({ connectionKey, parameters, browserToken }: CallbackRequest): Promise<CallbackReply> {
    const pending = parameters['state'] ? await this.#pending.take(parameters['state']) : undefined
    if (!pending) return outcomes.unknown()
    if (pending.connectorId !== connectionKey) return outcomes.otherConnection()
    if (browserToken === undefined || !pending.isFrom(browserToken)) return outcomes.otherBrowser()
    const about = { storeId: pending.storeId, connectorId: pending.connectorId }
    if (pending.expiresAt.getTime() < Date.now()) return { ...outcomes.expired(), ...about }
    return { ...(await this.#complete(pending, parameters, browserToken)), ...about }
  }

  async #complete(
    pending: PendingAuthorization,
    parameters: Record<string, string>,
    browserToken: string,
  ): Promise<Outcome> {
    const { storeId, connectorId } = pending
    let service = 'The service'
    try {
      const connector = byCode(await this.#connectors.get(storeId, connectorId))
      service = connector.service
      return await this.#redeem(connector, pending, parameters, browserToken)
    } catch (error) {
      if (error instanceof AuthorizationResponseError) {
        return error.error === 'access_denied'
          ? outcomes.denied(service)
          : outcomes.refusedByService(service, error.error)
      }
      this.#log.warn('an authorization was not completed', { storeId, connectorId, error })
      const said = error instanceof CartlyError || error instanceof CaptureMismatch
      return outcomes.failed(said ? error.message : classifyFailure(error, service).message)
    }
  }

  async #redeem(
    connector: ByCode,
    pending: PendingAuthorization,
    parameters: Record<string, string>,
    browserToken: string,
  ): Promise<Outcome> {
    const { spec, service } = connector
    const { storeId, connectorId, redirectUri, requestedBy } = pending
    const owner = { storeId, connectorId }
    const state = parameters['state'] as string
    const server = await this.#servers.of(spec)
    const oauthClient = clientOf(spec, await this.#vault.client(owner, 'to redeem an authorization'))
    let callback: URLSearchParams
    try {
      callback = validateAuthResponse(server, oauthClient.client, inStandardNames(spec, parameters), state)
    } catch (error) {
      if (error instanceof AuthorizationResponseError) throw error
      return outcomes.untrusted(service)
    }
    const endpoint = new TokenEndpoint(this.#fetch, server, oauthClient)
    const verifier = spec.pkce === false ? undefined : verifierOf({ state, browserToken })
    const issuedAt = Date.now()
    const tokens = await endpoint.exchangeCode(spec, callback, redirectUri, verifier)
    const captured = capture(spec, new URLSearchParams(parameters), tokens.reply)
    const issued = issuedTokens(spec, tokens, issuedAt, { scopes: spec.scopes })
    const stored = await this.#vault.store(owner, issued, randomUUID())
    const missing = missingScopes(spec, issued.scopes)
    await this.#connections.execute(
      owner,
      {
        type: 'grant',
        granted: {
          ...owner,
          credentialId: stored.credentialId as CredentialId,
          version: stored.version,
          scopes: [...issued.scopes],
          missingScopes: missing,
          refreshable: issued.refreshToken !== undefined,
          captured,
          grantedAt: new Date(issuedAt).toISOString(),
          ...timesOf(spec, issued),
        },
      },
      { actor: actorOf(requestedBy), commandId: `granted:${stored.version}` },
    )
    return outcomes.connected(service, missing)
  }
}

function byCode(connector: OAuthConnector): ByCode {
  const { spec } = connector
  if (spec.grant !== 'authorization_code') {
    throw conflict('no_authorization_page', 'This service is connected without a page to consent on')
  }
  return { ...connector, spec }
}

/** Callers name the person with or without saying that it is one. */
const actorOf = (requestedBy: string): Actor =>
  requestedBy.startsWith('user:') ? (requestedBy as Actor) : `user:${requestedBy}`

/** The last part is the connector's alone, so a code meant for one connector cannot be brought to another (COAT). */
const redirectUriOf = (publicUrl: string, connectorId: ConnectorId): string =>
  `${publicUrl.replace(/\/$/, '')}/oauth/callback/${connectorId}`
