import {
  CartlyError,
  conflict,
  type ConnectorEvent,
  type ConnectorId,
  type ConnectorStatus,
  type CredentialId,
  type CredentialPurpose,
  type StoreId,
  type TemplateRef,
} from '@cartly/contracts'

/** What of a connector its owner may set. */
export interface Configuration {
  readonly name: string
  readonly settings: Record<string, unknown>
  readonly endpoints: { baseUrl?: string }
  readonly mappings: Record<string, unknown>
}

export interface TestOutcome {
  readonly at: string
  readonly ok: boolean
  readonly latencyMs: number
  readonly checks: { name: string; ok: boolean; detail: string }[]
  readonly error?: { code: string; message: string }
}

/** A connector's pin before its last upgrade: what a rollback goes back to. */
export interface PreviousPin {
  readonly version: string
  readonly settings: Record<string, unknown>
  readonly mappings: Record<string, unknown>
}

export interface Installed extends Configuration {
  readonly kind: 'installed'
  readonly connectorId: ConnectorId
  readonly storeId: StoreId
  readonly template: TemplateRef | null
  readonly definition: unknown
  readonly installedAt: string
  readonly phase: 'new' | 'active' | 'inactive'
  readonly credentials: Partial<Record<CredentialPurpose, { credentialId: CredentialId; version: number }>>
  /** Counts what a test would have to be repeated for. */
  readonly changes: number
  readonly lastTest: TestOutcome | null
  /** `changes` at the last test. */
  readonly testedAt: number | null
  readonly attention: { code: string; reason: string } | null
  /** What its service grants it; null when it has no such grant. */
  readonly grant: { scopes: string[]; missing: string[] } | null
  readonly previous: PreviousPin | null
}

export type ConnectorState =
  | { readonly kind: 'none' }
  | Installed
  | { readonly kind: 'removed'; readonly connectorId: ConnectorId; readonly storeId: StoreId }

export type ConnectorCommand =
  | {
      type: 'install'
      connectorId: ConnectorId
      storeId: StoreId
      template: TemplateRef | null
      definition: unknown
      configuration: Configuration
      at: string
    }
  | { type: 'configure'; change: Partial<Configuration> }
  | { type: 'attachCredentials'; purpose: CredentialPurpose; credentialId: CredentialId; version: number }
  | { type: 'detachCredentials'; purpose: CredentialPurpose; credentialId: CredentialId }
  /** `changes`: the count when the test began; a result that a change has overtaken says nothing. */
  | { type: 'recordTest'; changes: number; outcome: TestOutcome }
  /** `needs`: the credentials that the template's way of authenticating asks for. */
  | { type: 'activate'; needs: readonly CredentialPurpose[] }
  | { type: 'deactivate'; reason?: string }
  | { type: 'needAttention'; code: string; reason: string }
  | { type: 'recover'; code: string }
  /** Its grant is there: given, or renewed. */
  | { type: 'noteGrant'; scopes: string[]; missing: string[] }
  | { type: 'upgrade'; to: string; settings: Record<string, unknown>; mappings: Record<string, unknown> }
  | { type: 'rollback' }
  | { type: 'remove' }

const passed = (state: Installed): boolean => state.testedAt === state.changes && state.lastTest?.ok === true

/** The status that the outside sees. */
export function statusOf(state: ConnectorState): ConnectorStatus {
  if (state.kind !== 'installed') return 'removed'
  if (state.attention) return 'needs_attention'
  if (state.phase !== 'new') return state.phase
  return passed(state) ? 'ready' : 'installed'
}

export const connector = {
  initialState: (): ConnectorState => ({ kind: 'none' }),

  decide(command: ConnectorCommand, state: ConnectorState): ConnectorEvent[] {
    if (command.type === 'install') {
      if (state.kind !== 'none')
        throw conflict('already_installed', `The connector ${command.connectorId} exists already`)
      const { connectorId, storeId, template, definition, configuration, at } = command
      const data = { connectorId, storeId, template, definition, ...configuration, at }
      return [{ type: 'ConnectorInstalled', data }]
    }
    if (state.kind === 'removed' && command.type === 'remove') return []
    if (state.kind !== 'installed')
      throw new CartlyError('not_found', 'not_found', 'There is no such connector in this store')
    return decideInstalled(command, state)
  },

  evolve(state: ConnectorState, event: ConnectorEvent): ConnectorState {
    if (event.type === 'ConnectorInstalled') {
      const { at, ...data } = event.data
      return {
        kind: 'installed',
        ...data,
        installedAt: at,
        phase: 'new',
        credentials: {},
        changes: 0,
        lastTest: null,
        testedAt: null,
        attention: null,
        grant: null,
        previous: null,
      }
    }
    return state.kind === 'installed' ? evolveInstalled(state, event) : state
  },
}

function decideInstalled(command: Exclude<ConnectorCommand, { type: 'install' }>, state: Installed): ConnectorEvent[] {
  switch (command.type) {
    case 'configure': {
      const data = changed(command.change, state)
      return Object.keys(data).length === 0 ? [] : [{ type: 'ConnectorConfigured', data }]
    }
    case 'attachCredentials': {
      const { purpose, credentialId, version } = command
      const present = state.credentials[purpose]
      // A refresh is no change to the connector: that it has tokens is all there is to know.
      const known = purpose === 'oauth_tokens' || (present !== undefined && present.version >= version)
      if (present?.credentialId === credentialId && known) return recovered(state, without(purpose).code)
      return [
        { type: 'ConnectorCredentialsAttached', data: { purpose, credentialId, version } },
        ...recovered(state, without(purpose).code),
      ]
    }
    case 'detachCredentials': {
      const { purpose, credentialId } = command
      if (state.credentials[purpose]?.credentialId !== credentialId) return []
      return [
        { type: 'ConnectorCredentialsDetached', data: { purpose, credentialId } },
        ...(state.phase === 'active' ? attention(state, without(purpose)) : []),
      ]
    }
    case 'recordTest':
      return command.changes === state.changes ? [{ type: 'ConnectorTested', data: command.outcome }] : []
    case 'activate':
      return activate(command.needs, state)
    case 'deactivate':
      if (state.phase !== 'active') return []
      return [{ type: 'ConnectorDeactivated', data: command.reason ? { reason: command.reason } : {} }]
    case 'needAttention': {
      const { code, reason } = command
      return attention(state, { code, reason })
    }
    case 'recover':
      return recovered(state, command.code)
    case 'noteGrant': {
      const { scopes, missing } = command
      const same = JSON.stringify(state.grant) === JSON.stringify({ scopes, missing })
      return [
        ...recovered(state, 'access_lost'),
        ...(same ? [] : [{ type: 'ConnectorScopesGranted' as const, data: { scopes, missing } }]),
      ]
    }
    case 'upgrade': {
      const { to, settings, mappings } = command
      const from = state.template?.version
      if (from === undefined) throw conflict('custom_connector', 'A custom connector has no template to upgrade from')
      if (from === to) return []
      return [{ type: 'ConnectorUpgraded', data: { from, to, settings, mappings } }]
    }
    case 'rollback': {
      if (!state.template || !state.previous) {
        throw conflict(
          'nothing_to_roll_back',
          'This connector has not been upgraded, so there is nothing to go back to',
        )
      }
      const { version: to, settings, mappings } = state.previous
      return [{ type: 'ConnectorRolledBack', data: { from: state.template.version, to, settings, mappings } }]
    }
    case 'remove':
      return [{ type: 'ConnectorRemoved', data: {} }]
  }
}

/** A connector needs its credentials, and a test passed since the last change, before it is active. */
function activate(needs: readonly CredentialPurpose[], state: Installed): ConnectorEvent[] {
  if (state.phase === 'active') return []
  if (needs.includes('connector') && !state.credentials.connector) {
    throw conflict('credentials_missing', 'Enter the credentials first: PUT …/credentials')
  }
  if (needs.includes('oauth_tokens') && !state.credentials.oauth_tokens) {
    throw conflict('not_authorized', 'Connect the account first: POST …/oauth/authorize')
  }
  if (passed(state)) return [{ type: 'ConnectorActivated', data: {} }]
  if (!state.lastTest) throw conflict('test_missing', 'Test the connection first: POST …/test')
  if (state.testedAt !== state.changes) {
    throw conflict('test_outdated', 'The connector has changed since its last test. Test it again: POST …/test')
  }
  throw conflict(
    'test_failed',
    `The last test failed. Put this right and test again: ${state.lastTest.error?.message ?? 'the connection does not work'}`,
  )
}

/** What is wrong with an active connector that this credential was taken from, until there is another. */
const without = (purpose: CredentialPurpose): { code: string; reason: string } =>
  purpose === 'oauth_tokens'
    ? { code: 'access_lost', reason: 'Its access to the account was given up. Connect the account again.' }
    : { code: 'credentials_missing', reason: 'Its credentials were deleted. Enter new ones.' }

const attention = (state: Installed, what: { code: string; reason: string }): ConnectorEvent[] =>
  state.attention?.code === what.code ? [] : [{ type: 'ConnectorNeedsAttention', data: what }]

const recovered = (state: Installed, code: string): ConnectorEvent[] =>
  state.attention?.code === code ? [{ type: 'ConnectorRecovered', data: { code } }] : []

/** The parts that differ from what there is. */
function changed(change: Partial<Configuration>, state: Installed): Partial<Configuration> {
  return Object.fromEntries(
    (Object.keys(change) as (keyof Configuration)[])
      .filter((key) => change[key] !== undefined && JSON.stringify(change[key]) !== JSON.stringify(state[key]))
      .map((key) => [key, change[key]]),
  )
}

function evolveInstalled(
  state: Installed,
  event: Exclude<ConnectorEvent, { type: 'ConnectorInstalled' }>,
): ConnectorState {
  switch (event.type) {
    case 'ConnectorConfigured': {
      const onlyName = Object.keys(event.data).every((key) => key === 'name')
      return { ...state, ...event.data, changes: state.changes + (onlyName ? 0 : 1) }
    }
    case 'ConnectorCredentialsAttached': {
      const { purpose, credentialId, version } = event.data
      // No test passes without a token, and losing it is a change: so its coming, refreshed or first, needs no other test.
      const untested = purpose !== 'oauth_tokens'
      return {
        ...state,
        credentials: { ...state.credentials, [purpose]: { credentialId, version } },
        changes: state.changes + (untested ? 1 : 0),
      }
    }
    case 'ConnectorCredentialsDetached': {
      const { [event.data.purpose]: _, ...credentials } = state.credentials
      const grant = event.data.purpose === 'oauth_tokens' ? null : state.grant
      return { ...state, credentials, grant, changes: state.changes + 1 }
    }
    case 'ConnectorTested':
      return { ...state, lastTest: event.data, testedAt: state.changes }
    case 'ConnectorActivated':
      return { ...state, phase: 'active' }
    case 'ConnectorDeactivated':
      return { ...state, phase: 'inactive' }
    case 'ConnectorNeedsAttention':
      return { ...state, attention: event.data }
    case 'ConnectorRecovered':
      return { ...state, attention: null }
    case 'ConnectorScopesGranted':
      return { ...state, grant: event.data }
    case 'ConnectorUpgraded':
      return {
        ...repinned(state, event.data),
        previous: { version: event.data.from, settings: state.settings, mappings: state.mappings },
      }
    case 'ConnectorRolledBack':
      return { ...repinned(state, event.data), previous: null }
    case 'ConnectorRemoved':
      return { kind: 'removed', connectorId: state.connectorId, storeId: state.storeId }
  }
}

const repinned = (
  state: Installed,
  { to, settings, mappings }: { to: string; settings: Record<string, unknown>; mappings: Record<string, unknown> },
): Installed => ({
  ...state,
  settings,
  mappings,
  template: state.template && { ...state.template, version: to },
  changes: state.changes + 1,
})
