import type { EventFamily, EventOf } from '@cartly/contracts'
import { statements, upsertRows } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import { applyRecorded, untouched, type Aggregate } from './aggregate.ts'
import type { Decider } from './decider.ts'
import type { Recorded } from './envelope.ts'
import { defineProjection, type Projection } from './projection.ts'
import { eventsOf } from './source.ts'

const columns = {
  id: 'text',
  store_id: 'text',
  version: 'integer',
  state: 'jsonb',
  revision: 'integer',
  sequence: 'bigint',
  time: 'text',
  commands: 'jsonb',
} as const

const selected = 'store_id AS "storeId", state, revision, sequence, time, commands'

/** The present state of every aggregate of a family, as rows to decide on. */
export interface AggregateProjection<Record> extends Projection<Record, string> {
  /** The table that holds the rows: `<aggregate>_state`. */
  readonly table: string
}

/**
 * Keeps each aggregate of a family as one row of the table `<aggregate>_state`:
 * `id, store_id, version, state jsonb, revision, sequence, time, commands`.
 * Raise `version` whenever the decider's state or `evolve` changes.
 */
export function aggregateProjection<F extends EventFamily, State>(
  family: F,
  decider: Pick<Decider<State, never, EventOf<F>>, 'initialState' | 'evolve'>,
  version: number,
): AggregateProjection<Recorded<EventOf<F>>> {
  const table = `${family.aggregate}_state`
  const projection = defineProjection<Recorded<EventOf<F>>, string>({
    name: table,
    version,
    source: eventsOf(family) as Projection<Recorded<EventOf<F>>>['source'],
    tables: {
      [table]: (name) => [
        `CREATE TABLE ${name} (
          id text PRIMARY KEY,
          store_id text NOT NULL,
          version integer NOT NULL,
          state jsonb NOT NULL,
          revision integer NOT NULL,
          sequence bigint NOT NULL,
          time text NOT NULL,
          commands jsonb NOT NULL
        )`,
        `CREATE INDEX ON ${name} (store_id)`,
      ],
    },
    async apply(batch, tx) {
      const ids = [...new Set(batch.map(({ id }) => id))]
      const rows = await tx.query<Aggregate<State> & { id: string }>(
        `SELECT id, ${selected} FROM ${tx.table(table)} WHERE id = ANY($1)`,
        [ids],
      )
      const aggregates = new Map<string, Aggregate<State>>(rows.map(({ id, ...aggregate }) => [id, aggregate]))
      for (const recorded of batch) {
        const before = aggregates.get(recorded.id) ?? untouched(decider)
        aggregates.set(recorded.id, applyRecorded(decider, before, recorded))
      }
      const written = [...aggregates].map(([id, { storeId, ...rest }]) => ({ id, store_id: storeId, version, ...rest }))
      await upsertRows(tx, tx.table(table), columns, written, { key: ['id'] })
    },
  })
  return { ...projection, table }
}

/** Where a command handler finds the state to decide on. */
export interface AggregateRepository<State> {
  /** The aggregate as far as the read model is, or undefined. It may be behind the log; an append finds that out. */
  load(id: string): Promise<Aggregate<State> | undefined>
}

/** The rows of an aggregate projection. Rows of another version of it, live for the moment, count as missing. */
export const aggregateRepository = <State>(
  dataSource: DataSource,
  { table, version }: Pick<AggregateProjection<unknown>, 'table' | 'version'>,
): AggregateRepository<State> => ({
  async load(id) {
    const [aggregate] = await statements(dataSource).query<Aggregate<State>>(
      `SELECT ${selected} FROM ${table} WHERE id = $1 AND version = $2`,
      [id, version],
    )
    return aggregate
  },
})
