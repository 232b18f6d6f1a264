import type { RejectedEvent, RequestOf, ResponseOf, webhooks } from '@cartly/contracts'
import { decodeCursor, pageOf, statements } from '@cartly/read-model'
import type { DataSource } from 'typeorm'

interface Row {
  sequence: number
  at: Date
  subject: string
  event_id: string | null
  code: string
  reason: string
  body: string
}

/** Store events that did not fit. */
export class RejectedEvents {
  readonly #dataSource: DataSource

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource
  }

  /** A store's, the newest first. */
  async list(
    request: RequestOf<typeof webhooks.listRejectedEvents>,
  ): Promise<ResponseOf<typeof webhooks.listRejectedEvents>> {
    const { storeId, limit, cursor } = request
    const [before] = cursor === undefined ? [null] : decodeCursor(cursor, ['number'])
    const rows = await statements(this.#dataSource).query<Row>(
      `SELECT sequence, at, subject, event_id, code, reason, body FROM rejected_event
       WHERE store_id = $1 AND ($2::bigint IS NULL OR sequence < $2) ORDER BY sequence DESC LIMIT $3`,
      [storeId, before, limit + 1],
    )
    return pageOf(rows, limit, ({ sequence }) => [sequence], shown)
  }
}

const shown = ({ at, subject, event_id, code, reason, body }: Row): RejectedEvent => ({
  at: at.toISOString(),
  subject,
  ...(event_id === null ? {} : { eventId: event_id }),
  code,
  reason,
  body,
})
