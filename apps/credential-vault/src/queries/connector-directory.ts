import { connectorEvents, notFound, type StoreId } from '@cartly/contracts'
import { lastSequence, type Bus, type Visibility } from '@cartly/event-store'
import type { DataSource } from 'typeorm'
import type { CredentialSpec } from '../domain/credential-fields.ts'
import { findConnectors, type KnownConnector } from '../projections/connectors.ts'

/** What a connector's credential consists of; undefined when its template is not known here. */
export type SpecOf = (connector: Pick<KnownConnector, 'template' | 'definition'>) => CredentialSpec | undefined

const CAUGHT_UP_WITHIN_MS = 2_000

/** Which connectors there are, and what credentials they take. */
export class ConnectorDirectory {
  readonly #dataSource: DataSource
  readonly #specOf: SpecOf
  readonly #bus: Bus
  readonly #readModel: Visibility

  constructor(parts: { dataSource: DataSource; specOf: SpecOf; bus: Bus; readModel: Visibility }) {
    this.#dataSource = parts.dataSource
    this.#specOf = parts.specOf
    this.#bus = parts.bus
    this.#readModel = parts.readModel
  }

  /** Those of the connectors that are known, the removed ones too, by id. */
  async find(ids: readonly string[]): Promise<Map<string, KnownConnector & { spec: CredentialSpec | undefined }>> {
    if (ids.length === 0) return new Map()
    const connectors = await findConnectors(this.#dataSource, ids)
    return new Map(connectors.map((connector) => [connector.id, { ...connector, spec: this.#specOf(connector) }]))
  }

  /**
   * What the credential of one of the store's connectors consists of.
   * @throws CartlyError `not_found`: also for another store's, and one that was removed
   */
  async specOf(storeId: StoreId, connectorId: string): Promise<CredentialSpec> {
    const found =
      (await this.find([connectorId])).get(connectorId) ?? (await this.#catchUp(connectorId)).get(connectorId)
    if (found?.storeId !== storeId || found.removed) throw notFound('connector', connectorId)
    if (!found.spec) throw notFound('template of the connector', connectorId)
    return found.spec
  }

  /** It may have been installed a moment ago: then the log has it before the read model does. */
  async #catchUp(connectorId: string) {
    const last = await lastSequence(this.#bus, 'EVENTS', [connectorEvents.subject(connectorId)])
    if (last > 0) await this.#readModel.passed(last, CAUGHT_UP_WITHIN_MS)
    return this.find([connectorId])
  }
}
