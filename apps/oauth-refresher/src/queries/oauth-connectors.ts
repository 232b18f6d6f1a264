import { conflict, connectorEvents, compileSchema, notFound, type StoreId } from '@cartly/contracts'
import { lastSequence, type Bus, type Visibility } from '@cartly/event-store'
import { AuthSpec, type Catalog } from '@cartly/templates'
import type { DataSource } from 'typeorm'
import { Type } from 'typebox'
import { findConnector, type KnownConnector } from '../projections/connectors.ts'
import type { OAuthSpec } from '../protocol/client.ts'

/** A connector whose service speaks OAuth. */
export interface OAuthConnector {
  readonly connector: KnownConnector
  readonly spec: OAuthSpec
  /** The service's name, for messages. */
  readonly service: string
}

const Definition = compileSchema(Type.Object({ auth: AuthSpec, name: Type.Optional(Type.String()) }))
const CAUGHT_UP_WITHIN_MS = 2_000

export class OAuthConnectors {
  readonly #dataSource: DataSource
  readonly #catalog: Catalog
  readonly #bus: Bus
  readonly #readModel: Visibility

  constructor(parts: { dataSource: DataSource; catalog: Catalog; bus: Bus; readModel: Visibility }) {
    this.#dataSource = parts.dataSource
    this.#catalog = parts.catalog
    this.#bus = parts.bus
    this.#readModel = parts.readModel
  }

  /**
   * One of the store's connectors.
   * @throws CartlyError `not_found`: also for another store's, and one that was removed; `conflict`, code `not_oauth`
   */
  async get(storeId: StoreId, connectorId: string): Promise<OAuthConnector> {
    const found = await this.find(storeId, connectorId)
    if (!found || found.connector.removed) throw notFound('connector', connectorId)
    return found
  }

  /** As `get`, with those that were removed; undefined when there is none. @throws CartlyError `conflict`, code `not_oauth` */
  async find(storeId: StoreId, connectorId: string): Promise<OAuthConnector | undefined> {
    const connector = (await findConnector(this.#dataSource, connectorId)) ?? (await this.#catchUp(connectorId))
    if (connector?.storeId !== storeId) return undefined
    return { connector, ...this.#specOf(connector) }
  }

  #specOf({ template, definition }: KnownConnector): { spec: OAuthSpec; service: string } {
    const entry = template ? this.#catalog.get(template.slug, template.version)?.definition : definition
    if (!Definition.is(entry) || entry.auth.type !== 'oauth2') {
      throw conflict('not_oauth', 'The service of this connector is not connected by OAuth')
    }
    return { spec: entry.auth, service: entry.name ?? 'The service' }
  }

  /** It may have been installed a moment ago: then the log has it before the read model does. */
  async #catchUp(connectorId: string): Promise<KnownConnector | undefined> {
    const last = await lastSequence(this.#bus, 'EVENTS', [connectorEvents.subject(connectorId)])
    if (last > 0) await this.#readModel.passed(last, CAUGHT_UP_WITHIN_MS)
    return findConnector(this.#dataSource, connectorId)
  }
}
