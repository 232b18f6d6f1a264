import {
  connectorEvents,
  notFound,
  type Connector,
  type ConnectorId,
  type CredentialPurpose,
  type HistoryEntry,
  type RequestOf,
  type StoreId,
  type registry,
} from '@cartly/contracts'
import type { Aggregate, EventStore } from '@cartly/event-store'
import { decodeCursor, pageOf, statements, type Page } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import { connector, statusOf, type ConnectorState, type Installed } from '../domain/connector.ts'
import type { TemplateBook } from '../templates/template-book.ts'
import { hookSummaries } from '../templates/views.ts'
import { healthOf } from './health.ts'

export interface ConnectorRow {
  readonly state: Installed
  readonly revision: number
  readonly sequence: number
  readonly time: string
}

const COLUMNS = 'state, revision, sequence, time'

/** The connectors of a store, from the rows of the aggregate's projection, and from the log for what was. */
export class Connectors {
  readonly #dataSource: DataSource
  readonly #store: EventStore
  readonly #book: TemplateBook

  constructor(dataSource: DataSource, store: EventStore, book: TemplateBook) {
    this.#dataSource = dataSource
    this.#store = store
    this.#book = book
  }

  /** @throws CartlyError `not_found`, also for another store's and for a removed one. */
  async row(storeId: StoreId, connectorId: ConnectorId): Promise<ConnectorRow> {
    const [row] = await statements(this.#dataSource).query<ConnectorRow>(
      `SELECT ${COLUMNS} FROM connector_state WHERE id = $1 AND store_id = $2 AND state->>'kind' = 'installed'`,
      [connectorId, storeId],
    )
    if (!row) throw notFound('connector', connectorId)
    return row
  }

  /** The connector that this command has installed already, when it comes again. */
  async installedBy(storeId: StoreId, commandId: string): Promise<ConnectorId | undefined> {
    const [row] = await statements(this.#dataSource).query<{ id: ConnectorId }>(
      'SELECT id FROM connector_state WHERE store_id = $1 AND commands @> $2',
      [storeId, JSON.stringify([{ commandId }])],
    )
    return row?.id
  }

  /** Whose credential it is, and for what. */
  async byCredential(
    storeId: StoreId,
    credentialId: string,
  ): Promise<{ connectorId: ConnectorId; purpose: CredentialPurpose } | undefined> {
    const [row] = await statements(this.#dataSource).query<ConnectorRow>(
      `SELECT ${COLUMNS} FROM connector_state, jsonb_each(state->'credentials') AS held
       WHERE store_id = $1 AND state->>'kind' = 'installed' AND held.value->>'credentialId' = $2`,
      [storeId, credentialId],
    )
    const held = row && Object.entries(row.state.credentials).find(([, of]) => of?.credentialId === credentialId)
    return held && { connectorId: row.state.connectorId, purpose: held[0] as CredentialPurpose }
  }

  async get({ storeId, connectorId, asOf }: RequestOf<typeof registry.get>): Promise<Connector> {
    if (asOf === undefined) return this.view(await this.row(storeId, connectorId))
    const then = await this.asOf(storeId, connectorId, asOf)
    return this.view(then)
  }

  /** The connector at that time. @throws CartlyError `not_found` when it was not there. */
  async asOf(storeId: StoreId, connectorId: ConnectorId, asOf: string): Promise<ConnectorRow> {
    const then: Aggregate<ConnectorState> = await this.#store.loadState(connector, connectorEvents, connectorId, {
      asOf,
    })
    if (then.state.kind !== 'installed' || then.storeId !== storeId) throw notFound('connector', connectorId)
    return { state: then.state, revision: then.revision, sequence: then.sequence, time: then.time! }
  }

  async list({ storeId, status, include, limit, cursor }: RequestOf<typeof registry.list>): Promise<Page<Connector>> {
    const after = cursor === undefined ? '' : String(decodeCursor(cursor, ['string'])[0])
    const rows = await statements(this.#dataSource).query<ConnectorRow>(
      `SELECT ${COLUMNS} FROM connector_state
       WHERE store_id = $1 AND state->>'kind' = 'installed' AND id > $2 ORDER BY id ${status ? '' : `LIMIT ${limit + 1}`}`,
      [storeId, after],
    )
    const wanted = status ? rows.filter(({ state }) => statusOf(state) === status) : rows
    const page = pageOf(
      wanted.slice(0, limit + 1),
      limit,
      ({ state }) => [state.connectorId],
      (row) => this.view(row),
    )
    if (include !== 'health') return page
    const health = await healthOf(
      this.#dataSource,
      page.data.map(({ id }) => id),
      Date.now(),
    )
    return { ...page, data: page.data.map((one) => ({ ...one, health: health(one.id) })) }
  }

  /** What happened to it, the newest first. */
  async history({
    storeId,
    connectorId,
    limit,
    cursor,
  }: RequestOf<typeof registry.history>): Promise<Page<HistoryEntry>> {
    const before = cursor === undefined ? Infinity : Number(decodeCursor(cursor, ['number'])[0])
    const entries: HistoryEntry[] = []
    for await (const recorded of this.#store.load(connectorEvents, connectorId)) {
      if (recorded.storeId !== storeId) throw notFound('connector', connectorId)
      const { revision, time: at, actor } = recorded
      for (const { type, data } of recorded.events) entries.unshift({ revision, at, actor, type, data })
    }
    if (entries.length === 0) throw notFound('connector', connectorId)
    // A page ends between commands, so that the cursor can be a revision.
    const rest = entries.filter(({ revision }) => revision < before)
    const last = rest[limit - 1]?.revision
    const shown = last === undefined ? rest : rest.filter(({ revision }) => revision >= last)
    return pageOf(
      rest,
      shown.length,
      ({ revision }) => [revision],
      (entry) => entry,
    )
  }

  view({ state, revision, time }: ConnectorRow): Connector {
    const definition = this.#book.definitionOf(state)
    const own = state.credentials.connector
    return {
      id: state.connectorId,
      storeId: state.storeId,
      name: state.name,
      status: statusOf(state),
      ...(state.attention ? { statusReason: { code: state.attention.code, message: state.attention.reason } } : {}),
      ...(state.grant ? { oauth: { scopesGranted: state.grant.scopes, scopesMissing: state.grant.missing } } : {}),
      template: state.template,
      ...(state.template ? {} : { definition: state.definition }),
      category: definition.category,
      authType: definition.auth.type,
      settings: state.settings,
      endpoints: state.endpoints,
      mappings: state.mappings,
      hooks: hookSummaries(definition),
      credentials: { set: own !== undefined, ...own },
      ...(state.lastTest ? { lastTest: state.lastTest } : {}),
      createdAt: state.installedAt,
      updatedAt: time,
      revision,
    }
  }
}
