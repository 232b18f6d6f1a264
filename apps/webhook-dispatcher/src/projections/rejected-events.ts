import { StoreEventRejected } from '@cartly/contracts'
import { defineProjection, factsOf, type ProjectionTx, type RecordedFact } from '@cartly/event-store'
import { upsertRows } from '@cartly/read-model'

const columns = {
  store_id: 'text',
  sequence: 'bigint',
  at: 'timestamptz',
  subject: 'text',
  event_id: 'text',
  code: 'text',
  reason: 'text',
  body: 'text',
} as const

/** Store events that did not fit, for their store to see. */
export const rejectedEvents = defineProjection({
  name: 'rejected_event',
  version: 1,
  source: factsOf('ACTIVITY', ['act.store.*.rejected'], StoreEventRejected),
  tables: {
    rejected_event: (table) =>
      `CREATE TABLE ${table} (
        store_id text NOT NULL,
        sequence bigint NOT NULL,
        at timestamptz NOT NULL,
        subject text NOT NULL,
        event_id text,
        code text NOT NULL,
        reason text NOT NULL,
        body text NOT NULL,
        PRIMARY KEY (store_id, sequence)
      )`,
  },
  async apply(batch: readonly RecordedFact<StoreEventRejected>[], tx: ProjectionTx<'rejected_event'>) {
    const rows = batch.map(({ fact: { storeId, storeSequence, at, subject, eventId, code, reason, body } }) => ({
      store_id: storeId,
      sequence: storeSequence,
      at,
      subject,
      event_id: eventId ?? null,
      code,
      reason,
      body,
    }))
    await upsertRows(tx, tx.table('rejected_event'), columns, rows, { key: ['store_id', 'sequence'] })
  },
})
