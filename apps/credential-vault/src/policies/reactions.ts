import {
  CartlyError,
  connectorEvents,
  credentialEvents,
  endpointEvents,
  type CredentialPurpose,
} from '@cartly/contracts'
import { eventsOf, isOf, type EventStore, type RecordedOf, type Visibility } from '@cartly/event-store'
import type { Credentials } from '../commands/credentials.ts'
import { credentialDecider } from '../domain/credential.ts'
import type { DataKeys } from '../storage/data-keys.ts'

export const reactionSource = eventsOf(credentialEvents, connectorEvents, endpointEvents)
type Record = RecordedOf<typeof credentialEvents | typeof connectorEvents | typeof endpointEvents>

const VISIBLE_WITHIN_MS = 10_000

/**
 * What follows from events, done at least once, so also after a crash at any point:
 * a stored version's row counts, and the keys of the versions before it are destroyed; a deletion that was asked for is
 * carried out; and with a connector or an endpoint go its credentials.
 */
export function createReactions(parts: {
  credentials: Credentials
  dataKeys: DataKeys
  log: EventStore
  readModel: Visibility
}): (record: Record) => Promise<void> {
  const { credentials, dataKeys, log, readModel } = parts

  const deleteAll = async (record: Record, purposes: readonly CredentialPurpose[], reason: string): Promise<void> => {
    const { storeId, id: ownerId, sequence } = record
    for (const purpose of purposes) {
      const by = { actor: 'service:credential-vault', commandId: `${sequence}:shred:${purpose}` } as const
      await credentials.delete({ storeId, ownerId, purpose }, reason, by)
    }
  }

  return async (record) => {
    if (isOf(credentialEvents, record)) {
      for (const event of record.events) {
        if (event.type === 'CredentialStored') {
          await untilVisible(readModel, record.sequence)
          await dataKeys.confirm(event.data, event.data.overlapUntil)
        }
        if (event.type === 'CredentialDeletionRequested') {
          await untilVisible(readModel, record.sequence)
          const { state } = await log.loadState(credentialDecider, credentialEvents, record.id)
          if (state.status === 'deleting') await credentials.shred(state, record)
        }
      }
    } else if (isOf(connectorEvents, record)) {
      if (record.events.some(({ type }) => type === 'ConnectorRemoved')) {
        await deleteAll(record, ['connector', 'oauth_tokens'], 'its connector was removed')
      }
    } else if (isOf(endpointEvents, record)) {
      if (record.events.some(({ type }) => type === 'EndpointDeleted')) {
        await deleteAll(record, ['webhook_secret'], 'its endpoint was deleted')
      }
    }
  }
}

/** A key may only go once no reader is still shown the version that it opens. */
async function untilVisible(readModel: Visibility, sequence: number): Promise<void> {
  if (await readModel.passed(sequence, VISIBLE_WITHIN_MS)) return
  throw new CartlyError('unavailable', 'read_model_behind', 'The read model is behind; the keys are destroyed later')
}
