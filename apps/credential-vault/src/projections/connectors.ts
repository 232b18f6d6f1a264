import { connectorEvents, type ConnectorId, type StoreId, type TemplateRef } from '@cartly/contracts'
import { defineProjection, eventsOf } from '@cartly/event-store'
import { statements, toJson } from '@cartly/read-model'
import type { DataSource } from 'typeorm'

/** What the vault knows of a connector: whose it is, and where to read what its credential consists of. */
export interface KnownConnector {
  readonly id: ConnectorId
  readonly storeId: StoreId
  readonly template: TemplateRef | null
  /** Of the store's own, when there is no template. */
  readonly definition: unknown
  /** Nobody is lent its credentials any more, but the refresher, so that it can revoke access. */
  readonly removed: boolean
}

export const connectorProjection = defineProjection({
  name: 'connector',
  version: 1,
  source: eventsOf(connectorEvents),
  tables: {
    connector: (table) =>
      `CREATE TABLE ${table} (
        id text PRIMARY KEY,
        store_id text NOT NULL,
        template jsonb,
        definition jsonb,
        removed boolean NOT NULL DEFAULT false
      )`,
  },
  async apply(batch, tx) {
    const table = tx.table('connector')
    for (const { id, events } of batch) {
      for (const { type, data } of events) {
        if (type === 'ConnectorInstalled') {
          await tx.query(
            `INSERT INTO ${table} (id, store_id, template, definition) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
            [id, data.storeId, toJson(data.template), toJson(data.definition)],
          )
        } else if (type === 'ConnectorUpgraded' || type === 'ConnectorRolledBack') {
          await tx.query(
            `UPDATE ${table} SET template = jsonb_set(template, '{version}', to_jsonb($2::text)) WHERE id = $1`,
            [id, data.to],
          )
        } else if (type === 'ConnectorRemoved') {
          await tx.query(`UPDATE ${table} SET removed = true WHERE id = $1`, [id])
        }
      }
    }
  },
})

export const findConnectors = (dataSource: DataSource, ids: readonly string[]): Promise<KnownConnector[]> =>
  statements(dataSource).query<KnownConnector>(
    'SELECT id, store_id AS "storeId", template, definition, removed FROM connector WHERE id = ANY($1)',
    [ids],
  )
