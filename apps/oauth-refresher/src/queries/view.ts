import type { OAuthConnection } from '@cartly/contracts'
import { isLive, type ConnectionState } from '../domain/connection.ts'
import type { OAuthConnector } from './oauth-connectors.ts'

/** A connection as its store may see it. */
export function viewOf({ connector, spec }: OAuthConnector, state: ConnectionState): OAuthConnection {
  const { id: connectorId } = connector
  if (!isLive(state)) {
    const nothing = { scopes: [], missingScopes: [], expiresAt: null, lastRefreshAt: null, grantEndsAt: null }
    return { connectorId, status: state.status, ...nothing }
  }
  const { status, scopes, missingScopes, expiresAt, lastRefreshAt, grantedAt } = state
  const endsAfter = spec.grant === 'authorization_code' ? spec.absoluteExpirySeconds : undefined
  return {
    connectorId,
    status,
    scopes: [...scopes],
    missingScopes: [...missingScopes],
    expiresAt,
    lastRefreshAt,
    grantEndsAt: endsAfter === undefined ? null : new Date(Date.parse(grantedAt) + endsAfter * 1_000).toISOString(),
    ...(state.status === 'access_lost' ? { reason: state.reason } : {}),
  }
}
