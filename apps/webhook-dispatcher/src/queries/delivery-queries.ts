import {
  AttemptsRecorded,
  compileSchema,
  firstIdAt,
  notFound,
  timeOfId,
  type AttemptRecorded,
  type Delivery,
  type DeliveryId,
  type DeliverySummary,
  type EndpointId,
  type MessageId,
  type RequestOf,
  type ResponseOf,
  type StoreId,
  type webhooks,
} from '@cartly/contracts'
import type { Bus } from '@cartly/event-store'
import { decodeCursor, pageOf, statements } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import type { Payloads } from '../backlog/payloads.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'

interface Row {
  id: DeliveryId
  created_at: Date
  endpoint_id: EndpointId
  message_id: MessageId
  event_id: string
  event_type: string
  store_sequence: number | null
  status: DeliverySummary['status']
  attempts: number
  last_attempt_at: Date | null
  next_attempt_at: Date | null
  last_status: number | null
  error: { code: string; message: string } | null
  log: number[]
}

/** What of a stored delivery identifies its payload. */
export interface StoredDelivery {
  readonly row: Row
  readonly summary: DeliverySummary
}

const attemptsRecorded = compileSchema(AttemptsRecorded)

/** Deliveries that were tried, and those that wait in the backlog for their first attempt. */
const ALL = `
  SELECT id, created_at, endpoint_id, store_id, message_id, event_id, event_type, store_sequence, status, attempts,
    last_attempt_at, next_attempt_at, last_status, error, log
  FROM delivery
  UNION ALL
  SELECT delivery_id, NULL, endpoint_id, store_id, message_id, event_id, event_type, store_sequence, 'pending', 0, NULL, due_at,
    NULL, NULL, '{}'::bigint[]
  FROM backlog AS b WHERE attempt = 1 AND NOT EXISTS (SELECT FROM delivery WHERE endpoint_id = b.endpoint_id AND id = b.delivery_id)`

export class DeliveryQueries {
  readonly #dataSource: DataSource
  readonly #bus: Bus
  readonly #payloads: Payloads
  readonly #endpoint: (id: EndpointId) => IndexedEndpoint | undefined

  /** @param endpoint as it is configured now: a payload is shown in the format that it would be sent in. */
  constructor(
    dataSource: DataSource,
    bus: Bus,
    payloads: Payloads,
    endpoint: (id: EndpointId) => IndexedEndpoint | undefined,
  ) {
    this.#dataSource = dataSource
    this.#bus = bus
    this.#payloads = payloads
    this.#endpoint = endpoint
  }

  /** The newest first. */
  async list(request: RequestOf<typeof webhooks.listDeliveries>): Promise<ResponseOf<typeof webhooks.listDeliveries>> {
    const { storeId, endpointId = null, status = null, eventType = null, since, until, limit, cursor } = request
    const [before] = cursor === undefined ? [null] : decodeCursor(cursor, ['string'])
    // An id sorts by its time, so a range of times is a range of ids.
    const rows = await statements(this.#dataSource).query<Row>(
      `SELECT d.* FROM endpoint_state AS e CROSS JOIN LATERAL (
         SELECT * FROM (${ALL}) AS d
         WHERE d.endpoint_id = e.id
           AND ($3::text IS NULL OR d.status = $3) AND ($4::text IS NULL OR d.event_type = $4)
           AND ($5::text IS NULL OR d.id < $5) AND ($6::text IS NULL OR d.id >= $6) AND ($7::text IS NULL OR d.id < $7)
         ORDER BY d.id DESC LIMIT $8
       ) AS d
       WHERE e.store_id = $1 AND ($2::text IS NULL OR e.id = $2)
       ORDER BY d.id DESC LIMIT $8`,
      [storeId, endpointId, status, eventType, before, idAt(since), idAt(until), limit + 1],
    )
    return pageOf(rows, limit, ({ id }) => [id], summaryOf)
  }

  /** @throws CartlyError `not_found` */
  async find(storeId: StoreId, deliveryId: DeliveryId): Promise<StoredDelivery> {
    const [row] = await statements(this.#dataSource).query<Row>(
      `SELECT * FROM (${ALL}) AS d WHERE d.store_id = $1 AND d.id = $2
       AND (d.created_at IS NULL OR d.created_at = $3)`,
      [storeId, deliveryId, new Date(timeOfId(deliveryId))],
    )
    if (!row) throw notFound('delivery', deliveryId)
    return { row, summary: summaryOf(row) }
  }

  /**
   * A delivery with each of its attempts: what was sent, what was answered.
   * @throws CartlyError `not_found`
   */
  async get(storeId: StoreId, deliveryId: DeliveryId): Promise<Delivery> {
    const { row, summary } = await this.find(storeId, deliveryId)
    const [attempts, body] = await Promise.all([this.#attempts(row), this.#body(row, this.#endpoint(row.endpoint_id))])
    return {
      ...summary,
      ...(body === undefined ? {} : { requestBody: body }),
      attemptLog: attempts.map(shown),
    }
  }

  async #attempts({ id, log }: Row): Promise<AttemptRecorded[]> {
    const messages = await Promise.all(log.map((seq) => this.#bus.jsm.streams.getMessage('ACTIVITY', { seq })))
    return messages.flatMap((message) => {
      const fact = message?.json()
      return attemptsRecorded.is(fact) ? fact.attempts.filter(({ deliveryId }) => deliveryId === id) : []
    })
  }

  async #body(row: Row, endpoint: IndexedEndpoint | undefined): Promise<string | undefined> {
    if (row.store_sequence === null) return undefined
    const event = await this.#payloads.at(row.store_sequence)
    return event?.body(endpoint?.config.format ?? 'standard').toString()
  }
}

const summaryOf = (row: Row): DeliverySummary => ({
  id: row.id,
  endpointId: row.endpoint_id,
  messageId: row.message_id,
  eventId: row.event_id,
  eventType: row.event_type,
  status: row.status,
  attempts: row.attempts,
  createdAt: new Date(timeOfId(row.id)).toISOString(),
  ...(row.last_attempt_at ? { lastAttemptAt: row.last_attempt_at.toISOString() } : {}),
  ...(row.next_attempt_at ? { nextAttemptAt: row.next_attempt_at.toISOString() } : {}),
  ...(row.last_status === null ? {} : { lastStatus: row.last_status }),
  ...(row.error ? { error: row.error } : {}),
})

const shown = ({ attempt, trigger, at, outcome, status, requestHeaders = {}, timings, ...rest }: AttemptRecorded) => ({
  attempt,
  trigger,
  at,
  outcome,
  requestHeaders,
  timings,
  ...(status === undefined ? {} : { status }),
  ...(rest.responseHeaders ? { responseHeaders: rest.responseHeaders } : {}),
  ...(rest.responseBody === undefined ? {} : { responseBody: rest.responseBody }),
  ...(rest.error ? { error: rest.error } : {}),
})

/** The first id of a time; null when there is no time. */
const idAt = (time: string | undefined): string | null =>
  time === undefined ? null : firstIdAt('dlv', Date.parse(time))
