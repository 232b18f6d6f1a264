import { connectorEvents, notFound, oauthConnectionEvents, type ConnectorId, type StoreId } from '@cartly/contracts'
import type { EventStore, LoadOptions } from '@cartly/event-store'
import { connectorState, evolveConnection, type Connector } from '../domain/connector.ts'

const capturedBy = { initialState: (): Readonly<Record<string, string>> => ({}), evolve: evolveConnection }

/** Connectors as they were, from the log. */
export class ConnectorHistory {
  readonly #log: EventStore

  constructor(log: EventStore) {
    this.#log = log
  }

  /**
   * The connector as of a time or a sequence.
   * @throws CartlyError `not_found` when there was none then, or it is another store's.
   */
  async at(
    storeId: StoreId,
    connectorId: ConnectorId,
    when: Pick<LoadOptions, 'asOf' | 'toSequence'>,
  ): Promise<Connector> {
    const [configured, connected] = await Promise.all([
      this.#log.loadState(connectorState, connectorEvents, connectorId, when),
      this.#log.loadState(capturedBy, oauthConnectionEvents, connectorId, when),
    ])
    const { state, revision, sequence } = configured
    if (state?.storeId !== storeId) throw notFound('connector', connectorId)
    return { ...state, revision, sequence, configuredAt: sequence, attention: null, connection: connected.state }
  }
}
