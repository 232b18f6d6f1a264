import { CartlyError, connectorEvents, credentialEvents, endpointEvents, type CredentialEvent } from '@cartly/contracts'
import { eventsOf, isOf, type EventStore, type RecordedOf, type Visibility } from '@cartly/event-store'
import type { Credentials } from '../commands/credentials.ts'
import { credentialDecider, type CredentialState } from '../domain/credential.ts'
import type { CredentialKey } from '../domain/credential-id.ts'
import type { DataKeys } from '../storage/data-keys.ts'

export const reactionSource = eventsOf(credentialEvents, connectorEvents, endpointEvents)
type Record = RecordedOf<typeof credentialEvents | typeof connectorEvents | typeof endpointEvents>

const VISIBLE_WITHIN_MS = 10_000

/**
 * What follows from events, done at least once, so also after a crash at any point:
 * a stored version's row counts, and the keys of the versions before it are destroyed; a deletion that was asked for is
 * carried out; and with a connector or an endpoint go its credentials. Where a removed connector has tokens, they and the
 * client's secret stay until the refresher has revoked access with them and deletes the tokens.
 */
export function createReactions(parts: {
  credentials: Credentials
  dataKeys: DataKeys
  log: EventStore
  readModel: Visibility
}): (record: Record) => Promise<void> {
  const { credentials, dataKeys, log, readModel } = parts

  const remove = async (record: Record, key: CredentialKey, reason: string): Promise<void> => {
    const commandId = `${record.sequence}:shred:${key.purpose}`
    await credentials.delete(key, reason, { actor: 'service:credential-vault', commandId })
  }

  const isRemoved = async (connectorId: string): Promise<boolean> => {
    for await (const { events } of log.load(connectorEvents, connectorId)) {
      if (events.some(({ type }) => type === 'ConnectorRemoved')) return true
    }
    return false
  }

  const stateOf = async (credentialId: string): Promise<CredentialState> =>
    (await log.loadState(credentialDecider, credentialEvents, credentialId)).state

  const onCredential = async (record: Record, event: CredentialEvent): Promise<void> => {
    switch (event.type) {
      case 'CredentialStored':
        await untilVisible(readModel, record.sequence)
        return dataKeys.confirm(event.data, event.data.overlapUntil)
      case 'CredentialDeletionRequested': {
        await untilVisible(readModel, record.sequence)
        const state = await stateOf(record.id)
        return state.status === 'deleting' ? credentials.shred(state, record) : undefined
      }
      case 'CredentialShredded': {
        const state = await stateOf(record.id)
        if (state.status !== 'shredded' || state.purpose !== 'oauth_tokens') return
        const { storeId, ownerId } = state
        if (await isRemoved(ownerId)) await remove(record, { storeId, ownerId, purpose: 'connector' }, CONNECTOR_GONE)
      }
    }
  }

  return async (record) => {
    const { storeId, id: ownerId } = record
    if (isOf(credentialEvents, record)) {
      for (const event of record.events) await onCredential(record, event)
    } else if (isOf(connectorEvents, record) && record.events.some(({ type }) => type === 'ConnectorRemoved')) {
      if (await credentials.find({ storeId, ownerId, purpose: 'oauth_tokens' })) return
      await remove(record, { storeId, ownerId, purpose: 'connector' }, CONNECTOR_GONE)
    } else if (isOf(endpointEvents, record) && record.events.some(({ type }) => type === 'EndpointDeleted')) {
      for (const purpose of ['webhook_secret', 'webhook_headers'] as const) {
        await remove(record, { storeId, ownerId, purpose }, 'its endpoint was deleted')
      }
    }
  }
}

const CONNECTOR_GONE = 'its connector was removed'

/** A key may only go once no reader is still shown the version that it opens. */
async function untilVisible(readModel: Visibility, sequence: number): Promise<void> {
  if (await readModel.passed(sequence, VISIBLE_WITHIN_MS)) return
  throw new CartlyError('unavailable', 'read_model_behind', 'The read model is behind; the keys are destroyed later')
}
