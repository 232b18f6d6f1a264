import { newId, type ConnectorEvent, type StoreId } from '@cartly/contracts'
import { describe, expect, it } from '@jest/globals'
import { connectorState, evolveConnection, type ConnectorState } from './connector.ts'

const installed: ConnectorEvent = {
  type: 'ConnectorInstalled',
  data: {
    connectorId: newId('conn'),
    storeId: 'store_1' as StoreId,
    name: 'Shippo',
    template: { slug: 'shippo', version: '1.0.0' },
    definition: null,
    settings: { labelFormat: 'PDF' },
    endpoints: {},
    mappings: {},
    at: '2026-11-24T09:30:00Z',
  },
}
const after = (...events: ConnectorEvent[]): ConnectorState | null =>
  [installed, ...events].reduce(connectorState.evolve, connectorState.initialState())

describe('what a connector runs with', () => {
  it('is what was configured, at the pinned version', () => {
    const state = after(
      {
        type: 'ConnectorConfigured',
        data: { name: 'Mine', settings: { labelFormat: 'PNG' }, endpoints: { baseUrl: 'https://a.example' } },
      },
      {
        type: 'ConnectorUpgraded',
        data: { from: '1.0.0', to: '2.0.0', settings: { format: 'PNG' }, mappings: { rates: {} } },
      },
    )

    expect(state).toMatchObject({
      active: false,
      template: { slug: 'shippo', version: '2.0.0' },
      settings: { format: 'PNG' },
      endpoints: { baseUrl: 'https://a.example' },
      mappings: { rates: {} },
    })
    expect(state).not.toHaveProperty('name')
  })

  it('runs from its activation to its deactivation, attention needed or not', () => {
    const attention = { type: 'ConnectorNeedsAttention', data: { code: 'access_lost', reason: 'revoked' } } as const

    expect(after({ type: 'ConnectorActivated', data: {} }, attention)?.active).toBe(true)
    expect(after({ type: 'ConnectorActivated', data: {} }, { type: 'ConnectorDeactivated', data: {} })?.active).toBe(
      false,
    )
  })

  it('is nothing once it is removed', () => {
    expect(after({ type: 'ConnectorRemoved', data: {} })).toBeNull()
  })

  it('does not change by what changes only how it is seen', () => {
    const before = after()!
    const seen: ConnectorEvent = { type: 'ConnectorNeedsAttention', data: { code: 'x', reason: 'y' } }

    expect(connectorState.evolve(before, seen)).toBe(before)
  })
})

describe('what an authorization captured', () => {
  it('holds until access is revoked', () => {
    const granted = { realmId: '9' }

    expect(evolveConnection(granted, { type: 'AccessLost', data: { code: 'x', reason: 'y' } })).toBe(granted)
    expect(evolveConnection(granted, { type: 'AccessRevoked', data: { atProvider: true } })).toEqual({})
  })
})
