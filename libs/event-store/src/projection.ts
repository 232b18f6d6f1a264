import type { ProjectionTables, Tx } from '@cartly/read-model'
import type { Source } from './source.ts'

/** The transaction of a batch, and the tables that this generation of the projection writes. */
export interface ProjectionTx<Table extends string = string> extends Tx {
  /** The table to write, for a name in `tables`: `delivery` is `delivery_g1` underneath. */
  table(name: Table): string
}

/**
 * A read model: tables, and how they follow from a stream.
 *
 * A table's name is the view that queries read; the table behind it belongs to a generation (`@cartly/read-model`).
 * Whoever changes the tables or what `apply` puts into them raises `version`: the new one is filled beside the old one
 * and takes its place when it has caught up.
 */
export interface Projection<Record = unknown, Table extends string = string> extends ProjectionTables {
  /** Unique within the service. */
  readonly name: string
  readonly version: number
  readonly source: Source<Record>
  /**
   * How far apart batches that are not full begin, in milliseconds; none by default. What comes alone is written at once,
   * and what trickles in costs a transaction this often, at the price of being seen this much later.
   */
  readonly paceMs?: number
  readonly tables: Readonly<{ [T in Table]: (table: string) => string | readonly string[] }>
  /** Writes what a batch says, in the transaction that also moves the checkpoint; so each message counts once. */
  apply(batch: readonly Record[], tx: ProjectionTx<Table>): Promise<void>
}

/** Names the types of a projection from its parts. */
export const defineProjection = <Record, Table extends string>(
  projection: Projection<Record, Table>,
): Projection<Record, Table> => projection
