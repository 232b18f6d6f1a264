import type { ConnectorId, OAuthConnectionEvent, StoreId } from '@cartly/contracts'
import type { Actor, AggregateRepository, CommandHandler } from '@cartly/event-store'
import { connectionDecider, type ConnectionCommand, type ConnectionState } from '../domain/connection.ts'
import type { Owner } from './token-vault.ts'

export interface By {
  readonly actor: Actor
  readonly commandId: string
}

/** The connections, each one aggregate under its connector's id. */
export class Connections {
  readonly #handler: CommandHandler<ConnectionState, ConnectionCommand, OAuthConnectionEvent>
  readonly #repository: AggregateRepository<ConnectionState>
  readonly #changed: () => void

  /** @param changed is told of every change made here */
  constructor(parts: {
    handler: CommandHandler<ConnectionState, ConnectionCommand, OAuthConnectionEvent>
    repository: AggregateRepository<ConnectionState>
    changed: () => void
  }) {
    this.#handler = parts.handler
    this.#repository = parts.repository
    this.#changed = parts.changed
  }

  /** As the read model has it; another store's as if there were none. */
  async find(storeId: StoreId, connectorId: ConnectorId): Promise<ConnectionState> {
    const found = await this.#repository.load(connectorId)
    return found?.storeId === storeId ? found.state : connectionDecider.initialState()
  }

  async execute({ storeId, connectorId }: Owner, command: ConnectionCommand, by: By) {
    const result = await this.#handler.execute(connectorId, command, { storeId, ...by })
    this.#changed()
    return result
  }
}
