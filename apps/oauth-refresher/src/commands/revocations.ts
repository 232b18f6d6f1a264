import { setTimeout as delay } from 'node:timers/promises'
import type { Fetch } from '@cartly/egress'
import type { Logger } from '@cartly/telemetry'
import { isLive } from '../domain/connection.ts'
import { clientOf } from '../protocol/client.ts'
import type { Servers } from '../protocol/server.ts'
import { TokenEndpoint } from '../protocol/token-endpoint.ts'
import type { OAuthConnectors } from '../queries/oauth-connectors.ts'
import type { By, Connections } from './connections.ts'
import type { Owner, TokenVault } from './token-vault.ts'

const ATTEMPTS = 3
const PAUSE_MS = 500

/** Ends access: at the service first (RFC 7009), then here. */
export class Revocations {
  readonly #connectors: OAuthConnectors
  readonly #connections: Connections
  readonly #vault: TokenVault
  readonly #servers: Servers
  readonly #fetch: Fetch
  readonly #log: Logger

  constructor(parts: {
    connectors: OAuthConnectors
    connections: Connections
    vault: TokenVault
    servers: Servers
    fetch: Fetch
    log: Logger
  }) {
    this.#connectors = parts.connectors
    this.#connections = parts.connections
    this.#vault = parts.vault
    this.#servers = parts.servers
    this.#fetch = parts.fetch
    this.#log = parts.log
  }

  /** A service that cannot be reached does not keep access alive here; the log says whether it was told. */
  async revoke(owner: Owner, by: By): Promise<void> {
    const { state } = await this.#connections.find(owner.storeId, owner.connectorId)
    if (!isLive(state)) {
      // Tokens whose grant never came into the log.
      await this.#vault.delete(owner, by.commandId)
      return
    }
    const atProvider = await this.#atService(owner).catch((error: unknown) => {
      this.#log.warn('access was not revoked at the service', { ...owner, error })
      return false
    })
    await this.#vault.delete(owner, `revoked:${state.version}`)
    await this.#connections.execute(owner, { type: 'revoke', atProvider }, by)
  }

  async #atService(owner: Owner): Promise<boolean> {
    const connector = await this.#connectors.find(owner.storeId, owner.connectorId)
    if (!connector) return false
    const { spec } = connector
    const { client, tokens } = await this.#vault.clientAndTokens(owner, 'to revoke access')
    const server = await this.#servers.of(spec)
    if (!tokens || server.revocation_endpoint === undefined) return false
    const endpoint = new TokenEndpoint(this.#fetch, server, clientOf(spec, client))
    // With the refresh token goes its grant; without one, the access token is all there is.
    const token = (tokens.refreshToken ?? tokens.accessToken).reveal()
    for (let attempt = 1; ; attempt++) {
      try {
        await endpoint.revoke(token)
        return true
      } catch (error) {
        if (attempt === ATTEMPTS) throw error
        await delay(PAUSE_MS * attempt)
      }
    }
  }
}
