import { CartlyError, vault, type ConnectorId, type Secret, type StoreId } from '@cartly/contracts'
import type { BusClient } from '@cartly/messaging'
import { requestLeases, sealToVault, type Lease } from '@cartly/vault-client'

export interface Owner {
  readonly storeId: StoreId
  readonly connectorId: ConnectorId
}

/** The tokens of a connection as they lie in the vault. */
export interface StoredTokens {
  readonly version: number
  readonly accessToken: Secret
  readonly refreshToken: Secret | undefined
  /** When they were issued, and when the access token ends; milliseconds since the epoch. */
  readonly issuedAt: number
  readonly expiresAt: number | null
  readonly scopes: readonly string[]
}

/** Tokens that are to be stored. */
export type IssuedTokens = Omit<StoredTokens, 'version'> & { readonly tokenType: string }

/** Where client secrets and tokens are. They are asked for each time, so that what is read is what is true now. */
export class TokenVault {
  readonly #bus: BusClient

  constructor(bus: BusClient) {
    this.#bus = bus
  }

  /**
   * The store's own client at the service.
   * @throws CartlyError `conflict` when it has not been stored
   */
  async client(owner: Owner, reason: string): Promise<Readonly<Record<string, Secret>>> {
    const [client] = await this.#lease(owner, ['connector'], reason)
    if (client === undefined) throw credentialsMissing()
    return client.values
  }

  /** The client and the tokens, the latter undefined when there are none. */
  async clientAndTokens(
    owner: Owner,
    reason: string,
  ): Promise<{ client: Readonly<Record<string, Secret>>; tokens: StoredTokens | undefined }> {
    const [client, tokens] = await this.#lease(owner, ['connector', 'oauth_tokens'], reason)
    if (client === undefined) throw credentialsMissing()
    return { client: client.values, tokens: tokens && storedTokens(tokens) }
  }

  async tokens(owner: Owner, reason: string): Promise<StoredTokens | undefined> {
    const [tokens] = await this.#lease(owner, ['oauth_tokens'], reason)
    return tokens && storedTokens(tokens)
  }

  /** Stores them as the next version. @param commandId makes a second try the same */
  async store(
    { storeId, connectorId }: Owner,
    issued: IssuedTokens,
    commandId: string,
  ): Promise<{ credentialId: string; version: number }> {
    const { accessToken, refreshToken, tokenType, issuedAt, expiresAt, scopes } = issued
    const sealed = await sealToVault(
      this.#bus,
      { storeId, ownerId: connectorId, purpose: 'oauth_tokens' },
      {
        accessToken: accessToken.reveal(),
        tokenType,
        ...(refreshToken ? { refreshToken: refreshToken.reveal() } : {}),
        issued: JSON.stringify({ issuedAt, expiresAt, scopes }),
      },
    )
    const validForMs = expiresAt === null ? null : expiresAt - Date.now()
    return this.#bus.request(vault.putTokens, { storeId, connectorId, sealed, validForMs }, { commandId })
  }

  async delete({ storeId, connectorId }: Owner, commandId: string): Promise<void> {
    await this.#bus.request(vault.deleteTokens, { storeId, connectorId }, { commandId })
  }

  async #lease(
    { storeId, connectorId }: Owner,
    purposes: readonly ('connector' | 'oauth_tokens')[],
    reason: string,
  ): Promise<(Lease | undefined)[]> {
    const asks = purposes.map((purpose) => ({ storeId, ownerId: connectorId, purpose, reason }))
    const leases = await requestLeases(this.#bus, vault.leaseToRefresher, asks)
    return leases.map((lease) => {
      if (!(lease instanceof CartlyError)) return lease
      if (lease.kind === 'not_found') return undefined
      throw lease
    })
  }
}

export const CREDENTIALS_MISSING = 'credentials_missing'

const credentialsMissing = (): CartlyError =>
  new CartlyError('conflict', CREDENTIALS_MISSING, 'Store the client ID and secret of the service first')

function storedTokens({ version, values }: Lease): StoredTokens {
  const { accessToken, refreshToken, issued } = values
  if (!accessToken || !issued) throw new Error('The vault has tokens that were not stored by this service')
  return {
    version,
    accessToken,
    refreshToken,
    ...(JSON.parse(issued.reveal()) as Pick<StoredTokens, 'issuedAt' | 'expiresAt' | 'scopes'>),
  }
}
