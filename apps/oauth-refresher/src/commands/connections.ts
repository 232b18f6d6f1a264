import type { ConnectorId, OAuthConnectionEvent, StoreId } from '@cartly/contracts'
import type { Actor, CommandHandler, CommandResult } from '@cartly/event-store'
import { connectionDecider, type ConnectionCommand, type ConnectionState } from '../domain/connection.ts'
import type { Owner } from './token-vault.ts'

export interface By {
  readonly actor: Actor
  readonly commandId: string
}

type Handler = CommandHandler<ConnectionState, ConnectionCommand, OAuthConnectionEvent>
type Result = CommandResult<ConnectionState, OAuthConnectionEvent>

/** The connections, each one aggregate under its connector's id. */
export class Connections {
  readonly #handler: Handler
  readonly #changed: (sequence: number) => void

  /** @param changed is told of every change made here */
  constructor(handler: Handler, changed: (sequence: number) => void) {
    this.#handler = handler
    this.#changed = changed
  }

  /**
   * As the log has it now: a refresh that another replica has just made must not be made again. Another store's as if
   * there were none. `sequence` is that of the last change.
   */
  async find(storeId: StoreId, connectorId: ConnectorId): Promise<{ state: ConnectionState; sequence: number }> {
    const { state, sequence, storeId: owner } = await this.#handler.newest(connectorId)
    return owner === storeId ? { state, sequence } : { state: connectionDecider.initialState(), sequence: 0 }
  }

  async execute({ storeId, connectorId }: Owner, command: ConnectionCommand, by: By): Promise<Result> {
    const result = await this.#handler.execute(connectorId, command, { storeId, ...by })
    if (result.events.length > 0) this.#changed(result.sequence)
    return result
  }
}
