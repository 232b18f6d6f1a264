import {
  notFound,
  type EndpointId,
  type RequestOf,
  type ResponseOf,
  type StoreId,
  type WebhookEndpoint,
  type webhooks,
} from '@cartly/contracts'
import { decodeCursor, pageOf, statements } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import type { Endpoint } from '../domain/endpoint.ts'
import { viewOf } from './endpoint-view.ts'
import { healthOf } from './list-health.ts'

interface Row {
  id: EndpointId
  state: Endpoint
  revision: number
  time: string
}

/** Endpoints as they are now. */
export class EndpointQueries {
  readonly #dataSource: DataSource

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource
  }

  /** @throws CartlyError `not_found` */
  async get(storeId: StoreId, endpointId: EndpointId): Promise<WebhookEndpoint> {
    return view(await this.#row(storeId, endpointId))
  }

  /**
   * The endpoint itself, at its revision.
   * @throws CartlyError `not_found`
   */
  find(storeId: StoreId, endpointId: EndpointId): Promise<{ readonly state: Endpoint; readonly revision: number }> {
    return this.#row(storeId, endpointId)
  }

  async list({
    storeId,
    include,
    limit,
    cursor,
  }: RequestOf<typeof webhooks.list>): Promise<ResponseOf<typeof webhooks.list>> {
    const [after] = cursor === undefined ? [''] : decodeCursor(cursor, ['string'])
    const rows = await statements(this.#dataSource).query<Row>(
      `SELECT id, state, revision, time FROM endpoint_state
       WHERE store_id = $1 AND id > $2 AND state->>'kind' IN ('enabled', 'disabled') ORDER BY id LIMIT $3`,
      [storeId, after, limit + 1],
    )
    const page = pageOf(rows, limit, ({ id }) => [id], view)
    if (include !== 'health') return page
    const health = await healthOf(
      this.#dataSource,
      page.data.map(({ id }) => id),
      Date.now(),
    )
    return { ...page, data: page.data.map((one) => ({ ...one, health: health(one.id) })) }
  }

  async #row(storeId: StoreId, endpointId: EndpointId): Promise<Row> {
    const [row] = await statements(this.#dataSource).query<Row>(
      `SELECT id, state, revision, time FROM endpoint_state
       WHERE id = $1 AND store_id = $2 AND state->>'kind' IN ('enabled', 'disabled')`,
      [endpointId, storeId],
    )
    if (!row) throw notFound('webhook endpoint', endpointId)
    return row
  }
}

const view = ({ state, revision, time }: Row): WebhookEndpoint => viewOf(state, revision, time)
