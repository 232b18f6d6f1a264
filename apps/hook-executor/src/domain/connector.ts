import type { ConnectorEvent, ConnectorId, OAuthConnectionEvent, StoreId, TemplateRef } from '@cartly/contracts'

/** What of a connector decides how its hooks run. */
export interface ConnectorState {
  readonly connectorId: ConnectorId
  readonly storeId: StoreId
  /** Whether its hooks run. One that needs attention may be active: what ails it then shows in its results. */
  readonly active: boolean
  readonly template: TemplateRef | null
  /** The store's own definition, of a connector without a template. */
  readonly definition: unknown
  readonly settings: Readonly<Record<string, unknown>>
  readonly endpoints: { readonly baseUrl?: string }
  readonly mappings: Readonly<Record<string, unknown>>
}

export interface Attention {
  readonly code: string
  readonly since: number
}

/** A connector as of one of its events. `revision` and `sequence` are those of the log. */
export interface Connector extends ConnectorState {
  readonly revision: number
  readonly sequence: number
  /** The sequence of what last changed how its hooks run: answers from before are no longer true. */
  readonly configuredAt: number
  /** Why the registry says that it needs attention, since when (milliseconds since the epoch). */
  readonly attention: Attention | null
  /** What its authorization captured, such as `realmId`. */
  readonly connection: Readonly<Record<string, string>>
}

/** How a connector's events change what its hooks run with; `null` before it is installed and once it is removed. */
export const connectorState = {
  initialState: (): ConnectorState | null => null,

  evolve(state: ConnectorState | null, event: ConnectorEvent): ConnectorState | null {
    if (event.type === 'ConnectorInstalled') {
      const { connectorId, storeId, template, definition, settings, endpoints, mappings } = event.data
      return { connectorId, storeId, active: false, template, definition, settings, endpoints, mappings }
    }
    return state && evolveInstalled(state, event)
  },
}

function evolveInstalled(
  state: ConnectorState,
  event: Exclude<ConnectorEvent, { type: 'ConnectorInstalled' }>,
): ConnectorState | null {
  switch (event.type) {
    case 'ConnectorConfigured': {
      const { name: _, ...configured } = event.data
      return { ...state, ...configured }
    }
    case 'ConnectorUpgraded':
    case 'ConnectorRolledBack': {
      const { to, settings, mappings } = event.data
      return { ...state, settings, mappings, template: state.template && { ...state.template, version: to } }
    }
    case 'ConnectorActivated':
      return { ...state, active: true }
    case 'ConnectorDeactivated':
      return { ...state, active: false }
    case 'ConnectorRemoved':
      return null
    case 'ConnectorCredentialsAttached':
    case 'ConnectorCredentialsDetached':
    case 'ConnectorTested':
    case 'ConnectorNeedsAttention':
    case 'ConnectorRecovered':
    case 'ConnectorScopesGranted':
      return state
  }
}

/** How a connector's events change what it is said to need attention for. `at`: when, in milliseconds since the epoch. */
export function evolveAttention(attention: Attention | null, event: ConnectorEvent, at: number): Attention | null {
  if (event.type === 'ConnectorNeedsAttention') return { code: event.data.code, since: at }
  return event.type === 'ConnectorRecovered' && event.data.code === attention?.code ? null : attention
}

/** How a grant's events change what was captured. */
export function evolveConnection(
  connection: Readonly<Record<string, string>>,
  event: OAuthConnectionEvent,
): Readonly<Record<string, string>> {
  if (event.type === 'AuthorizationGranted') return event.data.captured
  return event.type === 'AccessRevoked' ? {} : connection
}
