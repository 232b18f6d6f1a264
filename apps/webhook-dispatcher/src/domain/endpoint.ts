import {
  CartlyError,
  conflict,
  type CredentialId,
  type EndpointChange,
  type EndpointConfig,
  type EndpointEvent,
  type EndpointId,
  type StoreId,
} from '@cartly/contracts'

/** Why an endpoint takes no more: its owner said so, it answered 410, or everything failed for days. */
export interface Disabled {
  readonly cause: 'user' | 'gone' | 'failing'
  readonly reason: string
  readonly at: string
}

export interface Endpoint {
  readonly kind: 'enabled' | 'disabled'
  readonly endpointId: EndpointId
  readonly storeId: StoreId
  readonly config: EndpointConfig
  readonly credentialId: CredentialId
  readonly publicKey: string | null
  /** The version of the headers' values in the vault, of the last configuration that had any. */
  readonly headersVersion?: number
  readonly createdAt: string
  readonly disabled: Disabled | null
}

export type EndpointState = { readonly kind: 'none' } | Endpoint | { readonly kind: 'deleted' }

export type EndpointCommand =
  | {
      readonly type: 'create'
      readonly endpointId: EndpointId
      readonly storeId: StoreId
      readonly config: EndpointConfig
      readonly credentialId: CredentialId
      readonly publicKey?: string
      readonly headersVersion?: number
      readonly at: string
    }
  /** `publicKey` and `headersVersion` when the vault has made a new key, or a new version of the headers' values, for it. */
  | {
      readonly type: 'change'
      readonly change: EndpointChange
      readonly publicKey?: string
      readonly headersVersion?: number
    }
  | {
      readonly type: 'rotateSecret'
      readonly version: number
      readonly overlapUntil: string
      readonly publicKey?: string
    }
  | ({ readonly type: 'disable' } & Disabled)
  | { readonly type: 'enable' }
  | { readonly type: 'delete' }

/** The rules of a webhook endpoint's life. */
export const endpoint = {
  initialState: (): EndpointState => ({ kind: 'none' }),

  decide(command: EndpointCommand, state: EndpointState): EndpointEvent[] {
    if (command.type === 'create') {
      if (state.kind !== 'none') throw conflict('already_created', `The endpoint ${command.endpointId} exists already`)
      const { type: _, ...data } = command
      return [{ type: 'EndpointCreated', data }]
    }
    if (command.type === 'delete' && state.kind === 'deleted') return []
    if (state.kind === 'none' || state.kind === 'deleted') {
      throw new CartlyError('not_found', 'not_found', 'There is no such webhook endpoint in this store')
    }
    return decideExisting(command, state)
  },

  evolve(state: EndpointState, event: EndpointEvent): EndpointState {
    if (event.type === 'EndpointCreated') {
      const { at, publicKey = null, ...data } = event.data
      return { kind: 'enabled', ...data, publicKey, createdAt: at, disabled: null }
    }
    if (state.kind === 'none' || state.kind === 'deleted') return state
    switch (event.type) {
      case 'EndpointChanged':
        return {
          ...state,
          config: event.data.config,
          publicKey: publicKeyAfter(state, event.data),
          ...(event.data.headersVersion === undefined ? {} : { headersVersion: event.data.headersVersion }),
        }
      case 'EndpointSecretRotated':
        return { ...state, publicKey: publicKeyAfter(state, event.data) }
      case 'EndpointDisabled':
        return { ...state, kind: 'disabled', disabled: event.data }
      case 'EndpointEnabled':
        return { ...state, kind: 'enabled', disabled: null }
      case 'EndpointDeleted':
        return { kind: 'deleted' }
    }
  },
}

function decideExisting(command: Exclude<EndpointCommand, { type: 'create' }>, state: Endpoint): EndpointEvent[] {
  switch (command.type) {
    case 'change': {
      const config = changed(state.config, command.change)
      const { headersVersion } = command
      if (headersVersion !== undefined) {
        return [{ type: 'EndpointChanged', data: { config, ...publicKeyOf(command), headersVersion } }]
      }
      if (JSON.stringify(config) === JSON.stringify(state.config)) return []
      return [{ type: 'EndpointChanged', data: { config, ...publicKeyOf(command) } }]
    }
    case 'rotateSecret': {
      const { version, overlapUntil } = command
      return [{ type: 'EndpointSecretRotated', data: { version, overlapUntil, ...publicKeyOf(command) } }]
    }
    case 'disable': {
      if (state.kind === 'disabled') return []
      const { cause, reason, at } = command
      return [{ type: 'EndpointDisabled', data: { cause, reason, at } }]
    }
    case 'enable':
      return state.kind === 'enabled' ? [] : [{ type: 'EndpointEnabled', data: {} }]
    case 'delete':
      return [{ type: 'EndpointDeleted', data: {} }]
  }
}

/** The configuration after a change. */
export function changed(config: EndpointConfig, change: EndpointChange): EndpointConfig {
  const entries = Object.entries({ ...config, ...change })
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null)) as EndpointConfig
}

const publicKeyOf = ({ publicKey }: { publicKey?: string }): { publicKey?: string } =>
  publicKey === undefined ? {} : { publicKey }

/** An endpoint that signs by shared secret has no public key. */
const publicKeyAfter = (state: Endpoint, data: { config?: EndpointConfig; publicKey?: string }): string | null => {
  const { signature } = data.config ?? state.config
  return signature === 'v1a' ? (data.publicKey ?? state.publicKey) : null
}
