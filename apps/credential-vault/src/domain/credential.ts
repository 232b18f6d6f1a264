import { conflict, type CredentialEvent, type CredentialPurpose, type StoreId } from '@cartly/contracts'
import { credentialIdOf } from './credential-id.ts'

export interface FieldMark {
  readonly name: string
  readonly last4: string
}

/** A version that can be opened. */
export interface LiveVersion {
  readonly version: number
  /** Of its data key. */
  readonly keyId: string
  readonly fields: readonly FieldMark[]
  readonly storedAt: string
  /** When the access token in it ends. */
  readonly expiresAt?: string
  /** Until when it is valid beside a newer one; the newest has none. */
  readonly validUntil?: string
}

interface Owned {
  readonly storeId: StoreId
  readonly ownerId: string
  readonly purpose: CredentialPurpose
  /** The last version given out. Versions go on after a deletion: what was destroyed never comes back under its number. */
  readonly version: number
}

export type CredentialState =
  | { readonly status: 'absent'; readonly version: 0 }
  /** `versions`: newest first, never empty. */
  | (Owned & { readonly status: 'stored'; readonly versions: readonly LiveVersion[] })
  /** Asked to be deleted: nobody gets it any more, and its keys are being destroyed. */
  | (Owned & { readonly status: 'deleting'; readonly destroying: readonly number[] })
  | (Owned & { readonly status: 'shredded' })

export type CredentialCommand =
  | {
      readonly type: 'store'
      readonly storeId: StoreId
      readonly ownerId: string
      readonly purpose: CredentialPurpose
      /** The version that the ciphertext is bound to. */
      readonly version: number
      readonly keyId: string
      readonly fields: readonly FieldMark[]
      readonly at: string
      readonly expiresAt?: string
      readonly overlapUntil?: string
    }
  | { readonly type: 'retire'; readonly version: number }
  /** With a version, only while that is the newest. */
  | { readonly type: 'requestDeletion'; readonly reason: string; readonly version?: number }
  /** Its data keys are gone. */
  | { readonly type: 'confirmShredded' }

/** Another request has taken the version that a ciphertext was bound to: seal it again, for the next. */
export const VERSION_TAKEN = 'version_taken'

/** The life of a credential: stored, stored again, retired version by version, and at last shredded. */
export const credentialDecider = {
  initialState: (): CredentialState => ({ status: 'absent', version: 0 }),

  decide(command: CredentialCommand, state: CredentialState): CredentialEvent[] {
    switch (command.type) {
      case 'store':
        return store(command, state)
      case 'retire': {
        const live = state.status === 'stored' && state.versions.some(({ version }) => version === command.version)
        return live && command.version < state.version
          ? [{ type: 'CredentialVersionRetired', data: { version: command.version } }]
          : []
      }
      case 'requestDeletion':
        return state.status === 'stored' && (command.version ?? state.version) === state.version
          ? [{ type: 'CredentialDeletionRequested', data: { reason: command.reason } }]
          : []
      case 'confirmShredded':
        return state.status === 'deleting'
          ? [{ type: 'CredentialShredded', data: { versions: [...state.destroying] } }]
          : []
    }
  },

  evolve(state: CredentialState, event: CredentialEvent): CredentialState {
    switch (event.type) {
      case 'CredentialStored': {
        const { storeId, ownerId, purpose, version, keyId, fields, storedAt, expiresAt, overlapUntil } = event.data
        const stored: LiveVersion = { version, keyId, fields, storedAt, ...(expiresAt ? { expiresAt } : {}) }
        const versions = [stored, ...(overlapUntil ? endingBy(state, overlapUntil) : [])]
        return { status: 'stored', storeId, ownerId, purpose, version, versions }
      }
      case 'CredentialVersionRetired':
        return state.status === 'stored'
          ? { ...state, versions: state.versions.filter(({ version }) => version !== event.data.version) }
          : state
      case 'CredentialDeletionRequested':
        return state.status === 'stored'
          ? { ...ownedOf(state), status: 'deleting', destroying: state.versions.map(({ version }) => version) }
          : state
      case 'CredentialShredded':
        return state.status === 'deleting' ? { ...ownedOf(state), status: 'shredded' } : state
    }
  },
}

function store(command: CredentialCommand & { type: 'store' }, state: CredentialState): CredentialEvent[] {
  if (state.status === 'deleting') {
    throw conflict('credential_being_deleted', 'The credential is being deleted; try again in a moment')
  }
  const { storeId, ownerId, purpose, version, keyId, fields, at, expiresAt, overlapUntil } = command
  if (version !== state.version + 1) {
    throw conflict(VERSION_TAKEN, `Version ${version} is not the next one; try again`)
  }
  const data = {
    credentialId: credentialIdOf(command),
    storeId,
    ownerId,
    purpose,
    version,
    keyId,
    fields: [...fields],
    storedAt: at,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(overlapUntil === undefined ? {} : { overlapUntil }),
  }
  return [{ type: 'CredentialStored', data }]
}

/** The versions so far, each until its own end or the new one's beginning to stand alone, whichever is earlier. */
function endingBy(state: CredentialState, overlapUntil: string): LiveVersion[] {
  if (state.status !== 'stored') return []
  const end = Date.parse(overlapUntil)
  return state.versions.map((version) =>
    version.validUntil && Date.parse(version.validUntil) < end ? version : { ...version, validUntil: overlapUntil },
  )
}

const ownedOf = ({ storeId, ownerId, purpose, version }: Owned): Owned => ({ storeId, ownerId, purpose, version })
