import {
  conflict,
  type ConnectorId,
  type CredentialId,
  type OAuthConnectionEvent,
  type StoreId,
} from '@cartly/contracts'

/** Whoever appended `RefreshStarted`: nobody else calls the token endpoint until it says how that went. */
export interface RefreshLock {
  readonly holder: string
  /** By the holder's clock; moves on for as long as it works at it. */
  readonly leaseUntil: string
}

/** A grant that was given, as far as it is known. */
export interface Granted {
  readonly storeId: StoreId
  readonly connectorId: ConnectorId
  readonly credentialId: CredentialId
  /** Of the tokens in the vault. */
  readonly version: number
  readonly scopes: readonly string[]
  readonly missingScopes: readonly string[]
  readonly expiresAt: string | null
  readonly refreshable: boolean
  readonly captured: Readonly<Record<string, string>>
  readonly grantedAt: string
  readonly lastRefreshAt: string | null
  /** Attempts since the last success. */
  readonly attempts: number
  /** Since when it is not known whether the refresh token has been used: a reply was lost. */
  readonly uncertainSince: string | null
  readonly refreshing: RefreshLock | null
  /** Why the last attempt failed; null after a success. */
  readonly failure: { readonly code: string; readonly message: string; readonly failedAt: string } | null
}

export type ConnectionState =
  | { readonly status: 'none' }
  | (Granted & { readonly status: 'connected' })
  /** Someone has to act; a refresh or a new authorization heals it. */
  | (Granted & { readonly status: 'access_lost'; readonly reason: string })
  | { readonly status: 'revoked' }

export type LiveConnection = ConnectionState & { readonly status: 'connected' | 'access_lost' }

type DataOf<T extends OAuthConnectionEvent['type']> = (OAuthConnectionEvent & { type: T })['data']

export type ConnectionCommand =
  | ({ readonly type: 'grant' } & { readonly granted: DataOf<'AuthorizationGranted'> })
  | {
      readonly type: 'startRefresh'
      /** Of the tokens to replace: when there are newer ones, there is nothing to do. */
      readonly version: number
      readonly holder: string
      readonly leaseUntil: string
    }
  | { readonly type: 'continueRefresh'; readonly holder: string; readonly leaseUntil: string }
  | { readonly type: 'succeed'; readonly succeeded: DataOf<'RefreshSucceeded'> }
  | {
      readonly type: 'fail'
      /** Whose attempt: another's is left alone. */
      readonly holder: string
      readonly failed: DataOf<'RefreshFailed'>
      /** Given when with this failure the access is lost. */
      readonly lost?: DataOf<'AccessLost'>
    }
  | { readonly type: 'revoke'; readonly atProvider: boolean }

/** Another is refreshing: wait for what comes of it. */
export const REFRESH_IN_PROGRESS = 'refresh_in_progress'
/** Others saw no sign of the holder for too long, or there is nothing to refresh any more. */
export const LOCK_LOST = 'lock_lost'
export const NOT_CONNECTED = 'not_connected'

/** The life of one OAuth grant. That a refresh is one's own to make is decided here, by the log's expected sequence. */
export const connectionDecider = {
  initialState: (): ConnectionState => ({ status: 'none' }),

  decide(command: ConnectionCommand, state: ConnectionState): OAuthConnectionEvent[] {
    switch (command.type) {
      case 'grant':
        // Two that fetch a token side by side may get here in the other order than to the vault: the later token counts.
        return isLive(state) && command.granted.version < state.version
          ? []
          : [{ type: 'AuthorizationGranted', data: command.granted }]
      case 'startRefresh': {
        if (!isLive(state)) throw conflict(NOT_CONNECTED, 'The connector has no authorization: connect it first')
        if (!state.refreshable) {
          throw conflict('not_refreshable', 'The service gave no refresh token: connect the connector again')
        }
        if (state.version > command.version) return []
        if (state.refreshing) throw conflict(REFRESH_IN_PROGRESS, 'The access is being refreshed already')
        const { holder, leaseUntil } = command
        return [{ type: 'RefreshStarted', data: { attempt: state.attempts + 1, holder, leaseUntil } }]
      }
      case 'continueRefresh': {
        const { holder, leaseUntil } = command
        if (!isLive(state) || state.refreshing?.holder !== holder) throw conflict(LOCK_LOST, 'The refresh was given up')
        return [{ type: 'RefreshContinued', data: { holder, leaseUntil } }]
      }
      case 'succeed':
        return isLive(state) && command.succeeded.version > state.version
          ? [{ type: 'RefreshSucceeded', data: command.succeeded }]
          : []
      case 'fail': {
        if (!isLive(state) || state.refreshing?.holder !== command.holder) return []
        const lost = command.lost && state.status === 'connected'
        return [
          { type: 'RefreshFailed', data: command.failed },
          ...(lost ? [{ type: 'AccessLost' as const, data: command.lost }] : []),
        ]
      }
      case 'revoke':
        return isLive(state) ? [{ type: 'AccessRevoked', data: { atProvider: command.atProvider } }] : []
    }
  },

  evolve(state: ConnectionState, event: OAuthConnectionEvent): ConnectionState {
    switch (event.type) {
      case 'AuthorizationGranted': {
        const { refreshAt: _refreshAt, ...granted } = event.data
        return { status: 'connected', ...granted, lastRefreshAt: null, ...untroubled }
      }
      case 'RefreshStarted': {
        if (!isLive(state)) return state
        const { holder, attempt, leaseUntil } = event.data
        return { ...state, attempts: attempt, refreshing: { holder, leaseUntil } }
      }
      case 'RefreshContinued':
        return isLive(state) ? { ...state, refreshing: event.data } : state
      case 'RefreshSucceeded': {
        if (!isLive(state)) return state
        const { version, expiresAt, scopes, missingScopes, refreshedAt } = event.data
        const { storeId, connectorId, credentialId, refreshable, captured, grantedAt } = state
        return {
          status: 'connected',
          storeId,
          connectorId,
          credentialId,
          refreshable,
          captured,
          grantedAt,
          version,
          expiresAt,
          scopes,
          missingScopes,
          lastRefreshAt: refreshedAt,
          ...untroubled,
        }
      }
      case 'RefreshFailed': {
        if (!isLive(state)) return state
        const { code, message, failedAt } = event.data
        const uncertainSince = state.uncertainSince ?? (event.data.class === 'ambiguous' ? failedAt : null)
        return { ...state, refreshing: null, uncertainSince, failure: { code, message, failedAt } }
      }
      case 'AccessLost':
        return isLive(state) ? { ...state, status: 'access_lost', reason: event.data.reason } : state
      case 'AccessRevoked':
        return { status: 'revoked' }
    }
  },
}

const untroubled = { attempts: 0, uncertainSince: null, refreshing: null, failure: null } as const

export const isLive = (state: ConnectionState): state is LiveConnection =>
  state.status === 'connected' || state.status === 'access_lost'
