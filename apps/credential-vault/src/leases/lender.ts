import {
  CartlyError,
  newId,
  notFound,
  type LeaseContent,
  type LeaseContents,
  type LeaseReply,
  type LeaseRequest,
} from '@cartly/contracts'
import { counter, errorCode, type Logger } from '@cartly/telemetry'
import { seal } from '@cartly/vault-client'
import { credentialIdOf, type CredentialKey } from '../domain/credential-id.ts'
import { entitlement, granted, type Grant, type Holder } from '../domain/entitlement.ts'
import type { KnownConnector } from '../projections/connectors.ts'
import type { ConnectorDirectory } from '../queries/connector-directory.ts'
import type { Audit, AuditEntry } from './audit.ts'
import type { LiveVersions, SealedVersion } from './live-versions.ts'

type Ask = LeaseRequest['leases'][number]

const leases = counter('cartly.vault.leases', 'Credentials asked for, by what became of it', '{lease}')

const unopenable = new CartlyError(
  'internal',
  'unopenable',
  'The credential cannot be opened; it has been recorded. Store it again',
)

/** Lends credentials to the services that are entitled to them: checks, opens, records, seals; in that order. */
export class Lender {
  readonly #versions: LiveVersions
  readonly #connectors: ConnectorDirectory
  readonly #audit: Audit
  readonly #log: Logger
  readonly #leaseMs: number

  /** @param leaseMs how long a holder may keep what it was lent, unless the token in it ends earlier */
  constructor(versions: LiveVersions, connectors: ConnectorDirectory, audit: Audit, log: Logger, leaseMs: number) {
    this.#versions = versions
    this.#connectors = connectors
    this.#audit = audit
    this.#log = log
    this.#leaseMs = leaseMs
  }

  /**
   * @param holder the service that asks, as the bus vouches for
   * @throws CartlyError `unavailable` when the audit cannot be written, `conflict` for a nonce seen before. What is wrong
   * with one of the leases stands in its place of the reply.
   */
  async lend(holder: Holder, { leases: asked, publicKey, nonce }: LeaseRequest, actor: string): Promise<LeaseReply> {
    const contents = await this.#contents(holder, asked)
    await this.#audit
      .write(
        `${holder}/${nonce}`,
        contents.map((content, index) => auditEntry(holder, actor, asked[index] as Ask, content)),
      )
      .catch((error: unknown) => {
        leases.add(asked.length, { holder, outcome: errorCode(error) })
        throw error
      })
    const sealed = seal(JSON.stringify(contents), publicKey, {
      audience: holder,
      subject: nonce,
      expiresAt: Date.now() + this.#leaseMs,
    })
    for (const content of contents) leases.add(1, { holder, outcome: 'error' in content ? content.error.code : 'lent' })
    return { sealed }
  }

  async #contents(holder: Holder, asks: readonly Ask[]): Promise<LeaseContents> {
    const owners = [...new Set(asks.filter(isConnectors).map(({ ownerId }) => ownerId))]
    const [versions, connectors] = await Promise.all([this.#versions.find(asks), this.#connectors.find(owners)])
    const content = async (ask: Ask): Promise<LeaseContents[number]> => {
      try {
        const connector = connectors.get(ask.ownerId)
        if (isConnectors(ask)) checkConnector(ask, holder, connector)
        const grant = entitlement(holder, ask.purpose, connector?.spec?.kind ?? 'oauth_client')
        return await this.#content(ask, holder, grant, versions.get(credentialIdOf(ask)) ?? [])
      } catch (error) {
        if (error instanceof CartlyError) return { error: error.toBus() }
        // One credential that cannot be opened must not keep the others from being lent.
        const { storeId, ownerId, purpose } = ask
        this.#log.error('a credential cannot be opened', { storeId, ownerId, purpose, error })
        return { error: unopenable.toBus() }
      }
    }
    return Promise.all(asks.map(content))
  }

  async #content(ask: Ask, holder: Holder, grant: Grant, sealed: readonly SealedVersion[]): Promise<LeaseContent> {
    const [present, ...older] = await Promise.all(sealed.map((version) => this.#versions.openVersion(version)))
    if (!present) throw notFound(`${ask.purpose} credential for`, ask.ownerId)
    // The refresher is lent the refresh token, which outlives the access token beside it.
    const validForMs = Math.floor(Math.min(this.#leaseMs, holder === 'oauth-refresher' ? Infinity : present.lifeLeftMs))
    if (validForMs <= 0) {
      throw new CartlyError(
        'conflict',
        'token_expired',
        'The access token has expired: have it refreshed, then ask anew',
      )
    }
    return {
      leaseId: newId('msg'),
      credentialId: credentialIdOf(ask),
      version: present.version,
      values: granted(present.values, grant),
      older: older.map(({ version, validUntil, values }) => ({
        version,
        validUntil: validUntil as string,
        values: granted(values, grant),
      })),
      expiresAt: new Date(Date.now() + validForMs).toISOString(),
      validForMs,
    }
  }
}

function checkConnector(ask: Ask, holder: Holder, connector: KnownConnector | undefined): void {
  const gone = connector?.removed && holder !== 'oauth-refresher'
  if (connector?.storeId !== ask.storeId || gone) throw notFound('connector', ask.ownerId)
}

const isConnectors = ({ purpose }: CredentialKey): boolean => purpose === 'connector' || purpose === 'oauth_tokens'

function auditEntry(holder: Holder, actor: string, ask: Ask, content: LeaseContents[number]): AuditEntry {
  const { storeId, ownerId, purpose, reason } = ask
  const credentialId = credentialIdOf(ask)
  const outcome: AuditEntry['outcome'] =
    'error' in content
      ? { lent: false, code: content.error.code }
      : { lent: true, leaseId: content.leaseId, version: content.version, expiresAt: content.expiresAt }
  return { storeId, ownerId, purpose, credentialId, holder, actor, reason, outcome }
}
