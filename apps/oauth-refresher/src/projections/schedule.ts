import { oauthConnectionEvents, type ConnectorId, type StoreId } from '@cartly/contracts'
import { defineProjection, eventsOf } from '@cartly/event-store'
import { statements } from '@cartly/read-model'
import type { DataSource } from 'typeorm'

/** A connection whose access is to be refreshed. */
export interface DueRefresh {
  readonly connectorId: ConnectorId
  readonly storeId: StoreId
  /** Milliseconds since the epoch. */
  readonly dueAt: number
  /** Of the event that says so: when there has been another since, that one counts. */
  readonly sequence: number
}

/** When each connection is next to be looked after: its refresh, its next try, or the end of a lease under way. */
export const scheduleProjection = defineProjection({
  name: 'refresh_schedule',
  version: 2,
  source: eventsOf(oauthConnectionEvents),
  tables: {
    refresh_schedule: (table) => [
      `CREATE TABLE ${table} (connector_id text PRIMARY KEY, store_id text NOT NULL, due_at timestamptz NOT NULL, sequence bigint NOT NULL)`,
      `CREATE INDEX ON ${table} (due_at)`,
    ],
  },
  async apply(batch, tx) {
    const table = tx.table('refresh_schedule')
    const due = new Map<string, { storeId: StoreId; at: string | null; sequence: number }>()
    for (const { id, storeId, sequence, events } of batch) {
      for (const event of events) due.set(id, { storeId, at: dueAfter(event), sequence })
    }
    for (const [id, { storeId, at, sequence }] of due) {
      if (at === null) await tx.query(`DELETE FROM ${table} WHERE connector_id = $1`, [id])
      else {
        await tx.query(
          `INSERT INTO ${table} (connector_id, store_id, due_at, sequence) VALUES ($1, $2, $3, $4)
           ON CONFLICT (connector_id) DO UPDATE SET due_at = excluded.due_at, sequence = excluded.sequence`,
          [id, storeId, at, sequence],
        )
      }
    }
  },
})

type Event = Parameters<typeof scheduleProjection.apply>[0][number]['events'][number]

function dueAfter({ type, data }: Event): string | null {
  switch (type) {
    case 'AuthorizationGranted':
      return data.refreshable ? data.refreshAt : null
    case 'RefreshSucceeded':
      return data.refreshAt
    case 'RefreshStarted':
    case 'RefreshContinued':
      return data.leaseUntil
    case 'RefreshFailed':
      return data.retryAt
    case 'AccessLost':
    case 'AccessRevoked':
      return null
  }
}

/** What is due, longest first, and what comes next after the `limit` of them. */
export const dueRefreshes = (dataSource: DataSource, limit: number): Promise<DueRefresh[]> =>
  statements(dataSource).query<DueRefresh>(
    `SELECT connector_id AS "connectorId", store_id AS "storeId", (extract(epoch FROM due_at) * 1000)::float8 AS "dueAt",
       sequence::float8
     FROM refresh_schedule ORDER BY due_at LIMIT $1`,
    [limit],
  )
