import type { ConnectorId, OAuthConnection } from '@cartly/contracts'
import { isLive, type ConnectionState } from '../domain/connection.ts'

/** A connection as its store may see it. */
export function viewOf(connectorId: ConnectorId, state: ConnectionState): OAuthConnection {
  if (!isLive(state)) {
    return { connectorId, status: state.status, scopes: [], missingScopes: [], expiresAt: null, lastRefreshAt: null }
  }
  const { status, scopes, missingScopes, expiresAt, lastRefreshAt } = state
  return {
    connectorId,
    status,
    scopes: [...scopes],
    missingScopes: [...missingScopes],
    expiresAt,
    lastRefreshAt,
    ...(state.status === 'access_lost' ? { reason: state.reason } : {}),
  }
}
