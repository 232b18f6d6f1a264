import { describe, test } from '@jest/globals'
import { newId, type CredentialEvent, type StoreId } from '@cartly/contracts'
import { specify } from '@cartly/event-store/testing'
import { credentialDecider, type CredentialCommand } from './credential.ts'
import { credentialIdOf } from './credential-id.ts'

const key = { storeId: 'store-1' as StoreId, ownerId: newId('whk'), purpose: 'webhook_secret' as const }
const at = '2026-11-24T10:00:00.000Z'
const credential = specify(credentialDecider)
const store = (version: number, more: object = {}): CredentialCommand => ({
  type: 'store',
  ...key,
  version,
  keyId: `key-${version}`,
  fields: [],
  at,
  ...more,
})
const stored = (version: number, more: object = {}): CredentialEvent => ({
  type: 'CredentialStored',
  data: {
    credentialId: credentialIdOf(key),
    ...key,
    version,
    keyId: `key-${version}`,
    fields: [],
    storedAt: at,
    ...more,
  },
})
const requested: CredentialEvent = { type: 'CredentialDeletionRequested', data: { reason: 'a spec' } }
const retired = (version: number): CredentialEvent => ({ type: 'CredentialVersionRetired', data: { version } })
const shredded = (...versions: number[]): CredentialEvent => ({ type: 'CredentialShredded', data: { versions } })
const overlap = { overlapUntil: '2026-11-25T10:00:00.000Z' }

describe('a credential', () => {
  test('is stored, and stored again', () => {
    credential
      .given([])
      .when(store(1))
      .thenEvents([stored(1)])
    credential
      .given([stored(1)])
      .when(store(2, overlap))
      .thenEvents([stored(2, overlap)])
  })

  test('takes no version but the next', () => {
    credential
      .given([stored(1)])
      .when(store(1))
      .thenRefused('version_taken')
    credential
      .given([stored(1)])
      .when(store(3))
      .thenRefused('version_taken')
  })

  test('retires a version that overlaps, once, and never the present one', () => {
    credential
      .given([stored(1), stored(2, overlap)])
      .when({ type: 'retire', version: 1 })
      .thenEvents([retired(1)])
    credential
      .given([stored(1), stored(2, overlap), retired(1)])
      .when({ type: 'retire', version: 1 })
      .thenNothing()
    credential
      .given([stored(1), stored(2, overlap)])
      .when({ type: 'retire', version: 2 })
      .thenNothing()
    credential
      .given([stored(1), stored(2)])
      .when({ type: 'retire', version: 1 })
      .thenNothing()
  })

  test('is deleted in two steps, each once', () => {
    const given = credential.given([stored(1), stored(2, overlap)])
    given.when({ type: 'requestDeletion', reason: 'a spec' }).thenEvents([requested])
    given.when({ type: 'requestDeletion', reason: 'a spec', version: 2 }).thenEvents([requested])
    given.when({ type: 'requestDeletion', reason: 'of one that has been replaced', version: 1 }).thenNothing()
    given.when({ type: 'confirmShredded' }).thenNothing()
    const deleting = credential.given([stored(1), stored(2, overlap), requested])
    deleting.when({ type: 'requestDeletion', reason: 'a spec' }).thenNothing()
    deleting.when(store(3)).thenRefused('credential_being_deleted')
    deleting.when({ type: 'confirmShredded' }).thenEvents([shredded(2, 1)])
    credential
      .given([stored(1), requested, shredded(1)])
      .when({ type: 'confirmShredded' })
      .thenNothing()
  })

  test('does not give a version out twice, even after it was shredded', () => {
    const gone = credential.given([stored(1), requested, shredded(1)])
    gone.when(store(1)).thenRefused('version_taken')
    gone.when(store(2)).thenEvents([stored(2)])
  })
})
