import { CartlyError, oauth, type RequestOf } from '@cartly/contracts'
import type { BusClient } from '@cartly/messaging'
import type { CredentialValues } from '@cartly/request-chain'
import { credentialFields, type AuthSpec } from '@cartly/templates'
import type { Lease, LeaseHolder } from '@cartly/vault-client'
import type { Connector } from '../domain/connector.ts'

export interface CredentialsOptions {
  readonly leases: LeaseHolder
  readonly bus: BusClient
}

/** The credentials of one run of a connector's chain. */
export interface BorrowedCredentials {
  readonly values: CredentialValues
  /** After a 401: other credentials than those refused; `later` when they cannot be had just now, undefined when at all. */
  renew(deadlineAt: number): Promise<CredentialValues | 'later' | undefined>
}

/** Borrows from the vault what a connector authenticates with, and renews what a service no longer accepts. */
export class Credentials {
  readonly #leases: LeaseHolder
  readonly #bus: BusClient

  constructor({ leases, bus }: CredentialsOptions) {
    this.#leases = leases
    this.#bus = bus
  }

  /**
   * Tokens that are not there yet or whose time is over are fetched first, where that takes no consent.
   * @param reason for the audit
   * @throws CartlyError `not_found` when there are none, `conflict` when the service gives none, and what
   * `LeaseHolder.lease` throws.
   */
  async borrow(connector: Connector, auth: AuthSpec, reason: string, deadlineAt: number): Promise<BorrowedCredentials> {
    const purpose = purposeOf(auth)
    if (!purpose) return { values: {}, renew: async () => undefined }
    const lend = (): Promise<Lease> =>
      this.#leases.lease({ storeId: connector.storeId, ownerId: connector.connectorId, purpose, reason })
    const lease = await lend().catch(async (error: unknown) => {
      if (!canBeFetched(auth, error)) throw error
      await this.#refresh(connector, { expired: true }, deadlineAt)
      return lend()
    })
    return {
      values: plain(lease),
      renew: async (renewBy) => {
        this.#leases.invalidate(connector.connectorId)
        try {
          if (purpose === 'oauth_tokens') await this.#refresh(connector, { staleVersion: lease.version }, renewBy)
          const fresh = await lend()
          return fresh.version === lease.version && fresh.credentialId === lease.credentialId ? undefined : plain(fresh)
        } catch (error) {
          // The refusal is what the merchant has to know of; what kept us from mending it is in the refresher's history.
          if (error instanceof CartlyError) return passing.has(error.kind) ? 'later' : undefined
          throw error
        }
      },
    }
  }

  /** The next `borrow` of this connector asks the vault. */
  forget(connector: Connector): void {
    this.#leases.invalidate(connector.connectorId)
  }

  async #refresh({ storeId, connectorId }: Connector, known: KnownOfTokens, deadlineAt: number): Promise<void> {
    await this.#bus.request(oauth.refresh, { storeId, connectorId, ...known }, { deadlineAt })
  }
}

const passing: ReadonlySet<string> = new Set(['unavailable', 'timeout'])

type KnownOfTokens = Pick<RequestOf<typeof oauth.refresh>, 'staleVersion' | 'expired'>

/** Whether the refresher can help where the vault lends no token. */
function canBeFetched(auth: AuthSpec, error: unknown): boolean {
  if (auth.type !== 'oauth2' || !(error instanceof CartlyError)) return false
  return error.code === 'token_expired' || (error.kind === 'not_found' && auth.grant === 'client_credentials')
}

function purposeOf(auth: AuthSpec): 'connector' | 'oauth_tokens' | undefined {
  if (auth.type === 'oauth2') return 'oauth_tokens'
  return credentialFields(auth).length > 0 ? 'connector' : undefined
}

const plain = ({ values }: Lease): CredentialValues =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.reveal()]))
