import { Client, type ClientBase, type Pool } from 'pg'
import type { DataSource } from 'typeorm'

/** Statements on one connection. Within a transaction they are kept or undone together. */
export interface Tx {
  /** The rows that the statement returns, in the types of `pg` (times as `Date`, `bigint` as number). */
  query<Row = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>
}

/** A connection of its own, with what Postgres ties to it: locks, settings, the transaction. */
export interface Session extends Tx {
  /** Commits what the work did, or undoes it when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Aborted when the connection is gone, and its locks with it. */
  readonly lost: AbortSignal
  /** Ends the connection, never handing it on with its locks. */
  close(): Promise<void>
}

/** Opens a session beside the pool. */
export async function openSession(dataSource: DataSource): Promise<Session> {
  const client = new Client(poolOf(dataSource).options)
  const lost = new AbortController()
  client.on('error', () => lost.abort())
  client.on('end', () => lost.abort())
  await client.connect()
  const tx = txOn(client)
  return {
    ...tx,
    transaction: (work) => transactionOn(client, work),
    lost: lost.signal,
    close: () => client.end().catch(() => undefined),
  }
}

/** A transaction on a connection of the pool. */
export async function transaction<T>(dataSource: DataSource, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await poolOf(dataSource).connect()
  let failure: unknown
  try {
    return await transactionOn(client, work)
  } catch (error) {
    failure = error
    throw error
  } finally {
    // After a failure the connection's state is not known; opening another costs little.
    client.release(failure !== undefined)
  }
}

/** Single statements on the pool, each its own transaction. */
export const statements = (dataSource: DataSource): Tx => txOn(poolOf(dataSource))

const poolOf = (dataSource: DataSource): Pool => (dataSource.driver as unknown as { master: Pool }).master

const txOn = (client: Pool | ClientBase): Tx => ({
  query: async <Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> => {
    const { rows } = await client.query(sql, parameters as unknown[] | undefined)
    return rows as Row[]
  },
})

async function transactionOn<T>(client: ClientBase, work: (tx: Tx) => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    const result = await work(txOn(client))
    await client.query('COMMIT')
    return result
  } catch (error) {
    // A connection that is gone has rolled back by itself.
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}
