import { CartlyError, conflict, type ConnectorId, type CredentialId } from '@cartly/contracts'
import type { Fetch } from '@cartly/egress'
import type { ConnectionState } from '../domain/connection.ts'
import { classifyFailure } from '../protocol/classify-failure.ts'
import { clientOf } from '../protocol/client.ts'
import { capture } from '../protocol/capture.ts'
import type { Servers } from '../protocol/server.ts'
import { TokenEndpoint } from '../protocol/token-endpoint.ts'
import type { OAuthConnector, OAuthConnectors } from '../queries/oauth-connectors.ts'
import type { By, Connections } from './connections.ts'
import { issuedTokens, missingScopes, timesOf } from './issued.ts'
import { CREDENTIALS_MISSING, type Owner, type TokenVault } from './token-vault.ts'

/** Connects a service that has no page to consent on: the client's own credentials are enough (RFC 6749 section 4.4). */
export class ClientCredentials {
  readonly #connectors: OAuthConnectors
  readonly #connections: Connections
  readonly #vault: TokenVault
  readonly #servers: Servers
  readonly #fetch: Fetch
  readonly #running = new Map<ConnectorId, Promise<ConnectionState>>()

  constructor(parts: {
    connectors: OAuthConnectors
    connections: Connections
    vault: TokenVault
    servers: Servers
    fetch: Fetch
  }) {
    this.#connectors = parts.connectors
    this.#connections = parts.connections
    this.#vault = parts.vault
    this.#servers = parts.servers
    this.#fetch = parts.fetch
  }

  /**
   * Fetches a token, whatever was before. Whoever asks while it is being fetched shares it.
   * @throws CartlyError `conflict` with what the service said
   */
  connect(owner: Owner, by: By): Promise<ConnectionState> {
    const running = this.#running.get(owner.connectorId)
    if (running) {
      // It may have begun before the credentials were stored that this caller knows of.
      return running.catch((error: unknown) => {
        if (error instanceof CartlyError && error.code === CREDENTIALS_MISSING) return this.connect(owner, by)
        throw error
      })
    }
    const fetched = this.#fetchToken(owner, by).finally(() => this.#running.delete(owner.connectorId))
    this.#running.set(owner.connectorId, fetched)
    return fetched
  }

  /** As `connect` for a connector that has never been connected; undefined for any other. */
  async connectFirst({ connector, spec }: OAuthConnector, by: By): Promise<ConnectionState | undefined> {
    const owner = { storeId: connector.storeId, connectorId: connector.id }
    if (spec.grant !== 'client_credentials') return undefined
    const { state } = await this.#connections.find(owner.storeId, owner.connectorId)
    return state.status === 'none' ? this.connect(owner, by) : undefined
  }

  async #fetchToken(owner: Owner, by: By): Promise<ConnectionState> {
    const { spec, service } = await this.#connectors.get(owner.storeId, owner.connectorId)
    if (spec.grant !== 'client_credentials') {
      throw conflict('needs_consent', `${service} is connected on a page of its own: begin an authorization`)
    }
    const client = clientOf(spec, await this.#vault.client(owner, 'to connect'))
    const endpoint = new TokenEndpoint(this.#fetch, await this.#servers.of(spec), client)
    const issuedAt = Date.now()
    const tokens = await endpoint.clientCredentials(spec).catch((error: unknown) => {
      const { code, message } = classifyFailure(error, service)
      throw conflict('connect_failed', `${message} (${code})`)
    })
    const issued = issuedTokens(spec, tokens, issuedAt, { scopes: spec.scopes })
    const { credentialId, version } = await this.#vault.store(owner, issued, by.commandId)
    const { state } = await this.#connections.execute(
      owner,
      {
        type: 'grant',
        granted: {
          ...owner,
          credentialId: credentialId as CredentialId,
          version,
          scopes: [...issued.scopes],
          missingScopes: missingScopes(spec, issued.scopes),
          refreshable: true,
          captured: capture(spec, new URLSearchParams(), tokens.reply),
          grantedAt: new Date(issuedAt).toISOString(),
          ...timesOf(spec, issued),
        },
      },
      by,
    )
    return state
  }
}
