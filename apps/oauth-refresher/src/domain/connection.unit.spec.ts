import { describe, test } from '@jest/globals'
import { newId, type ConnectorId, type CredentialId, type OAuthConnectionEvent, type StoreId } from '@cartly/contracts'
import { specify } from '@cartly/event-store/testing'
import { connectionDecider, type ConnectionCommand } from './connection.ts'

const at = '2026-11-24T10:00:00.000Z'
const granted = (more: object = {}) => ({
  connectorId: newId('conn') as ConnectorId,
  storeId: 'store-1' as StoreId,
  credentialId: newId('cred') as CredentialId,
  version: 1,
  scopes: ['read'],
  missingScopes: [],
  expiresAt: at,
  refreshable: true,
  captured: {},
  grantedAt: at,
  refreshAt: at,
  ...more,
})
const connection = specify(connectionDecider)
const given: OAuthConnectionEvent = { type: 'AuthorizationGranted', data: granted() }
const started: OAuthConnectionEvent = { type: 'RefreshStarted', data: { attempt: 1, holder: 'me', leaseUntil: at } }
const startRefresh = { type: 'startRefresh', version: 1, holder: 'me', leaseUntil: at } as const
const success = { version: 2, expiresAt: at, scopes: ['read'], missingScopes: [], refreshedAt: at, refreshAt: at }
const succeeded: OAuthConnectionEvent = { type: 'RefreshSucceeded', data: success }
const failure = { class: 'ambiguous', code: 'x', message: 'x', retryAt: at, failedAt: at } as const
const failed: OAuthConnectionEvent = { type: 'RefreshFailed', data: failure }
const lost = { code: 'x', reason: 'x' }
const fail = (holder: string, more: object = {}): ConnectionCommand => ({
  type: 'fail',
  holder,
  failed: failure,
  ...more,
})

describe('a connection', () => {
  test('is refreshed by one at a time', () => {
    connection.given([given]).when(startRefresh).thenEvents([started])
    connection.given([given, started]).when(startRefresh).thenRefused('refresh_in_progress')
    connection
      .given([given, started, succeeded])
      .when({ ...startRefresh, version: 2 })
      .thenEvents([started])
  })

  test('is not refreshed by one who has not seen that it was', () => {
    connection.given([given, started, succeeded]).when(startRefresh).thenNothing()
  })

  test('is kept by its holder for as long as that takes, and by nobody else', () => {
    const later = '2026-11-24T10:01:00.000Z'
    const goOn = (holder: string): ConnectionCommand => ({ type: 'continueRefresh', holder, leaseUntil: later })
    const continued: OAuthConnectionEvent = { type: 'RefreshContinued', data: { holder: 'me', leaseUntil: later } }
    connection.given([given, started]).when(goOn('me')).thenEvents([continued])
    connection.given([given, started, continued]).when(startRefresh).thenRefused('refresh_in_progress')
    connection.given([given, started]).when(goOn('another')).thenRefused('lock_lost')
    connection.given([given, started, succeeded]).when(goOn('me')).thenRefused('lock_lost')
  })

  test('counts the attempts since it last went well', () => {
    const second: OAuthConnectionEvent = { type: 'RefreshStarted', data: { attempt: 2, holder: 'me', leaseUntil: at } }
    connection.given([given, started, failed]).when(startRefresh).thenEvents([second])
  })

  test('is not refreshed without a grant, or without a refresh token', () => {
    connection.given([]).when(startRefresh).thenRefused('not_connected')
    const once: OAuthConnectionEvent = { type: 'AuthorizationGranted', data: granted({ refreshable: false }) }
    connection.given([once]).when(startRefresh).thenRefused('not_refreshable')
  })

  test('takes newer tokens from whoever brings them, even late, and no older ones', () => {
    const late = connection.given([given, started, failed])
    late.when({ type: 'succeed', succeeded: success }).thenEvents([succeeded])
    connection.given([given, started, succeeded]).when({ type: 'succeed', succeeded: success }).thenNothing()
  })

  test('fails for its holder only, and may be lost by that', () => {
    const refreshing = connection.given([given, started])
    refreshing.when(fail('another')).thenNothing()
    refreshing.when(fail('me')).thenEvents([failed])
    refreshing.when(fail('me', { lost })).thenEvents([failed, { type: 'AccessLost', data: lost }])
  })

  test('that is lost is healed by a refresh or a new grant', () => {
    const gone = connection.given([given, started, failed, { type: 'AccessLost', data: lost }])
    gone.when({ type: 'succeed', succeeded: success }).thenEvents([succeeded])
    gone.when({ type: 'grant', granted: given.data as never }).thenEvents([given])
  })

  test('is revoked once, and then has nothing to refresh', () => {
    const revoked: OAuthConnectionEvent = { type: 'AccessRevoked', data: { atProvider: true } }
    connection.given([given]).when({ type: 'revoke', atProvider: true }).thenEvents([revoked])
    connection.given([given, revoked]).when({ type: 'revoke', atProvider: true }).thenNothing()
    connection.given([given, revoked]).when(startRefresh).thenRefused('not_connected')
  })
})
