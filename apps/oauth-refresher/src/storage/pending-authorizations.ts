import { createHash, timingSafeEqual } from 'node:crypto'
import type { ConnectorId, StoreId } from '@cartly/contracts'
import { statements } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import type { AuthorizationSecrets } from '../protocol/authorization-request.ts'

/** An authorization that has begun: for which connector, asked for by whom, in which browser. */
export interface PendingAuthorization {
  readonly storeId: StoreId
  readonly connectorId: ConnectorId
  readonly requestedBy: string
  /** Exactly as sent to the service: the token request must repeat it. */
  readonly redirectUri: string
  readonly expiresAt: Date
}

export class PendingAuthorizations {
  readonly #dataSource: DataSource

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource
  }

  async begin({ state, browserToken }: AuthorizationSecrets, pending: PendingAuthorization): Promise<void> {
    const { storeId, connectorId, requestedBy, redirectUri, expiresAt } = pending
    const tx = statements(this.#dataSource)
    // Long enough after their end for a late callback to be told that it is late.
    await tx.query("DELETE FROM pending_authorization WHERE expires_at < now() - interval '1 day'")
    await tx.query(
      `INSERT INTO pending_authorization
         (state_digest, browser_digest, store_id, connector_id, requested_by, redirect_uri, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [digest(state), digest(browserToken), storeId, connectorId, requestedBy, redirectUri, expiresAt],
    )
  }

  /**
   * Takes the authorization of a state away: of however many that bring the same state, one gets it. It is spent even
   * when it turns out to be the wrong browser's.
   */
  async take(state: string): Promise<(PendingAuthorization & { isFrom(browserToken: string): boolean }) | undefined> {
    const [row] = await statements(this.#dataSource).query<PendingAuthorization & { browserDigest: Buffer }>(
      `DELETE FROM pending_authorization WHERE state_digest = $1
       RETURNING browser_digest AS "browserDigest", store_id AS "storeId", connector_id AS "connectorId",
         requested_by AS "requestedBy", redirect_uri AS "redirectUri", expires_at AS "expiresAt"`,
      [digest(state)],
    )
    if (!row) return undefined
    const { browserDigest, ...pending } = row
    return { ...pending, isFrom: (browserToken) => timingSafeEqual(digest(browserToken), browserDigest) }
  }
}

const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest()
