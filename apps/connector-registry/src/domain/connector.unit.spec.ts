import { describe, expect, it } from '@jest/globals'
import type { ConnectorEvent, ConnectorId, CredentialId, StoreId } from '@cartly/contracts'
import { specify } from '@cartly/event-store/testing'
import { connector, statusOf, type ConnectorCommand, type ConnectorState } from './connector.ts'

const connectorId = 'conn_00000001' as ConnectorId
const storeId = 'store_1' as StoreId
const credentialId = 'cred_00000001' as CredentialId
const at = '2026-11-24T10:00:00.000Z'
const configuration = { name: 'Shippo', settings: {}, endpoints: {}, mappings: {} }
const template = { slug: 'shippo', version: '1.0.0' }

const installed: ConnectorEvent = {
  type: 'ConnectorInstalled',
  data: { connectorId, storeId, template, definition: null, ...configuration, at },
}
const attached: ConnectorEvent = {
  type: 'ConnectorCredentialsAttached',
  data: { purpose: 'connector', credentialId, version: 1 },
}
const tokens: ConnectorEvent = {
  type: 'ConnectorCredentialsAttached',
  data: { purpose: 'oauth_tokens', credentialId, version: 1 },
}
const outcome = (ok: boolean) => ({ at, ok, latencyMs: 12, checks: [] })
const tested = (ok = true): ConnectorEvent => ({ type: 'ConnectorTested', data: outcome(ok) })
const configured: ConnectorEvent = { type: 'ConnectorConfigured', data: { settings: { format: 'pdf' } } }
const activated: ConnectorEvent = { type: 'ConnectorActivated', data: {} }
const lost: ConnectorEvent = { type: 'ConnectorNeedsAttention', data: { code: 'access_lost', reason: 'Revoked' } }
const upgraded: ConnectorEvent = {
  type: 'ConnectorUpgraded',
  data: { from: '1.0.0', to: '2.0.0', settings: { a: 2 }, mappings: {} },
}
const removed: ConnectorEvent = { type: 'ConnectorRemoved', data: {} }

const activate: ConnectorCommand = { type: 'activate', needs: ['connector'] }
const given = specify(connector).given
const after = (...events: ConnectorEvent[]): ConnectorState =>
  events.reduce<ConnectorState>((state, event) => connector.evolve(state, event), connector.initialState())

describe('activation', () => {
  it('needs credentials', () => given([installed, tested()]).when(activate).thenRefused('credentials_missing'))

  it('needs a test', () => given([installed, attached]).when(activate).thenRefused('test_missing'))

  it('needs the test to have passed', () =>
    given([installed, attached, tested(false)])
      .when(activate)
      .thenRefused('test_failed'))

  it('needs the test to be newer than the last change', () => {
    given([installed, attached, tested(), configured]).when(activate).thenRefused('test_outdated')
    given([installed, tested(), attached]).when(activate).thenRefused('test_outdated')
    given([installed, attached, tested(false), configured])
      .when(activate)
      .thenRefused('test_outdated')
    given([installed, attached, tested(), upgraded]).when(activate).thenRefused('test_outdated')
  })

  it('needs the account to be connected where there is OAuth', () =>
    given([installed, attached])
      .when({ type: 'activate', needs: ['connector', 'oauth_tokens'] })
      .thenRefused('not_authorized'))

  it('follows from credentials and a passed test', () =>
    given([installed, attached, tested()]).when(activate).thenEvents([activated]))

  it('happens once', () => given([installed, attached, tested(), activated]).when(activate).thenNothing())

  it('is not undone by a new name', () =>
    given([installed, attached, tested(), { type: 'ConnectorConfigured', data: { name: 'Other' } }])
      .when(activate)
      .thenEvents([activated]))

  it('is not undone by a refreshed token', () =>
    given([
      installed,
      attached,
      tokens,
      tested(),
      { ...tokens, data: { ...tokens.data, version: 2 } } as ConnectorEvent,
    ])
      .when({ type: 'activate', needs: ['connector', 'oauth_tokens'] })
      .thenEvents([activated]))
})

describe('a test', () => {
  it('counts though the token that it was made with is told of later', () =>
    given([installed, attached, tokens])
      .when({ type: 'recordTest', changes: 1, outcome: outcome(true) })
      .thenEvents([tested()]))

  it('is recorded when nothing has changed since it began', () =>
    given([installed, attached])
      .when({ type: 'recordTest', changes: 1, outcome: outcome(true) })
      .thenEvents([tested()]))

  it('says nothing of a connector that changed while it ran', () =>
    given([installed, attached, configured])
      .when({ type: 'recordTest', changes: 1, outcome: outcome(true) })
      .thenNothing())
})

describe('status', () => {
  it.each<[string, ConnectorEvent[], string]>([
    ['installed', [installed], 'installed'],
    ['installed with credentials', [installed, attached], 'installed'],
    ['tested', [installed, attached, tested()], 'ready'],
    ['changed after its test', [installed, attached, tested(), configured], 'installed'],
    ['active', [installed, attached, tested(), activated], 'active'],
    ['active and changed', [installed, attached, tested(), activated, configured], 'active'],
    ['deactivated', [installed, attached, tested(), activated, { type: 'ConnectorDeactivated', data: {} }], 'inactive'],
    ['without access', [installed, attached, tested(), activated, lost], 'needs_attention'],
    ['removed', [installed, removed], 'removed'],
  ])('of one that is %s', (_, events, status) => expect(statusOf(after(...events))).toBe(status))
})

describe('attention', () => {
  it('ends when new tokens come', () =>
    given([installed, attached, tokens, lost])
      .when({ type: 'attachCredentials', purpose: 'oauth_tokens', credentialId, version: 2 })
      .thenEvents([{ type: 'ConnectorRecovered', data: { code: 'access_lost' } }]))

  it('is what an active connector needs that loses its credentials, until it has new ones', () => {
    const detach = { type: 'detachCredentials', purpose: 'connector', credentialId } as const
    const missing: ConnectorEvent = {
      type: 'ConnectorNeedsAttention',
      data: { code: 'credentials_missing', reason: 'Its credentials were deleted. Enter new ones.' },
    }
    const detached: ConnectorEvent = {
      type: 'ConnectorCredentialsDetached',
      data: { purpose: 'connector', credentialId },
    }
    const again = { ...attached, data: { ...attached.data, version: 2 } } as ConnectorEvent

    given([installed, attached, tested(), activated]).when(detach).thenEvents([detached, missing])
    given([installed, attached, tested()]).when(detach).thenEvents([detached])
    given([installed, attached, tested(), activated, detached, missing])
      .when({ type: 'attachCredentials', purpose: 'connector', credentialId, version: 2 })
      .thenEvents([again, { type: 'ConnectorRecovered', data: { code: 'credentials_missing' } }])
  })

  it('is not ended by something else', () =>
    given([installed, lost]).when({ type: 'recover', code: 'breaker_open' }).thenNothing())
})

describe("a service's grant", () => {
  const grant = (scopes: string[], missing: string[]) => ({ type: 'noteGrant', scopes, missing }) as const
  const noted = (scopes: string[], missing: string[]): ConnectorEvent => ({
    type: 'ConnectorScopesGranted',
    data: { scopes, missing },
  })

  it('is noted when it is another than before', () => {
    given([installed])
      .when(grant(['read'], ['write']))
      .thenEvents([noted(['read'], ['write'])])
    given([installed, noted(['read'], ['write'])])
      .when(grant(['read'], ['write']))
      .thenNothing()
    given([installed, noted(['read'], ['write'])])
      .when(grant(['read', 'write'], []))
      .thenEvents([noted(['read', 'write'], [])])
  })

  it('ends the lack of one', () =>
    given([installed, lost, noted(['read'], [])])
      .when(grant(['read'], []))
      .thenEvents([{ type: 'ConnectorRecovered', data: { code: 'access_lost' } }]))

  it('is forgotten with its tokens', () => {
    const detached: ConnectorEvent = {
      type: 'ConnectorCredentialsDetached',
      data: { purpose: 'oauth_tokens', credentialId },
    }
    given([installed, tokens, noted(['read'], []), detached])
      .when(grant(['read'], []))
      .thenEvents([noted(['read'], [])])
  })

  it('that is refreshed leaves the connector as it is', () =>
    given([installed, tokens])
      .when({ type: 'attachCredentials', purpose: 'oauth_tokens', credentialId, version: 2 })
      .thenNothing())
})

describe('upgrade', () => {
  it('keeps what a rollback goes back to', () =>
    given([installed, configured, upgraded])
      .when({ type: 'rollback' })
      .thenEvents([
        {
          type: 'ConnectorRolledBack',
          data: { from: '2.0.0', to: '1.0.0', settings: { format: 'pdf' }, mappings: {} },
        },
      ]))

  it('cannot be undone when there was none', () =>
    given([installed]).when({ type: 'rollback' }).thenRefused('nothing_to_roll_back'))
})

describe('removal', () => {
  it('is final', () => {
    given([installed, removed]).when(activate).thenRefused('not_found')
    given([installed, removed]).when({ type: 'remove' }).thenNothing()
  })
})

it('does not attach an older version of a credential', () =>
  given([installed, { ...attached, data: { ...attached.data, version: 3 } } as ConnectorEvent])
    .when({ type: 'attachCredentials', purpose: 'connector', credentialId, version: 2 })
    .thenNothing())
