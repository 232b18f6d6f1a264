import {
  credentialEvents,
  oauthConnectionEvents,
  type ConnectorEvent,
  type ConnectorId,
  type CredentialEvent,
  type CredentialId,
  type OAuthConnectionEvent,
} from '@cartly/contracts'
import { eventsOf, isOf, type CommandHandler, type Recorded, type RecordedOf } from '@cartly/event-store'
import type { ConnectorCommand, ConnectorState } from '../domain/connector.ts'
import type { Connectors } from '../queries/connectors.ts'

export const accessSource = eventsOf(credentialEvents, oauthConnectionEvents)

type Handler = CommandHandler<ConnectorState, ConnectorCommand, ConnectorEvent>

/**
 * What a connector is told of its access: that the vault has credentials for it or has shredded them, that a grant was
 * lost or is back, and what it grants. The gateway says the first too, so that its caller sees it at once; here it becomes certain.
 */
export const followAccess =
  (handler: Handler, connectors: Connectors) =>
  async (recorded: RecordedOf<typeof credentialEvents> | RecordedOf<typeof oauthConnectionEvents>): Promise<void> => {
    for (const [index, event] of recorded.events.entries()) {
      const reaction = isOf(credentialEvents, recorded as Recorded)
        ? await onCredential(event as CredentialEvent, recorded as Recorded, connectors)
        : onConnection(event as OAuthConnectionEvent, recorded.id as ConnectorId)
      if (!reaction) continue
      await handler.execute(reaction.connectorId, reaction.command, {
        commandId: `access:${recorded.sequence}:${index}`,
        // Whoever gave the credentials, or took them away, did this too.
        actor: recorded.actor,
        storeId: recorded.storeId,
      })
    }
  }

interface Reaction {
  readonly connectorId: ConnectorId
  readonly command: ConnectorCommand
}

async function onCredential(
  event: CredentialEvent,
  { id, storeId }: Recorded,
  connectors: Connectors,
): Promise<Reaction | undefined> {
  if (event.type === 'CredentialStored') {
    const { ownerId, purpose, credentialId, version } = event.data
    if (!ownerId.startsWith('conn_')) return undefined
    return {
      connectorId: ownerId as ConnectorId,
      command: { type: 'attachCredentials', purpose, credentialId, version },
    }
  }
  if (event.type !== 'CredentialDeletionRequested') return undefined
  const held = await connectors.byCredential(storeId, id)
  const credentialId = id as CredentialId
  return (
    held && {
      connectorId: held.connectorId,
      command: { type: 'detachCredentials', purpose: held.purpose, credentialId },
    }
  )
}

function onConnection(event: OAuthConnectionEvent, connectorId: ConnectorId): Reaction | undefined {
  switch (event.type) {
    case 'AccessLost':
      return { connectorId, command: { type: 'needAttention', code: 'access_lost', reason: event.data.reason } }
    case 'AuthorizationGranted':
    case 'RefreshSucceeded': {
      const { scopes, missingScopes: missing } = event.data
      return { connectorId, command: { type: 'noteGrant', scopes, missing } }
    }
    default:
      return undefined
  }
}
