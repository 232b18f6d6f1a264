import type { DataSource } from 'typeorm'
import { lock } from './advisory-lock.ts'
import { openSession } from './session.ts'

/**
 * Connects, makes the schema if it is not there and runs the migrations that are missing, each in its transaction.
 * Replicas that start together take turns: the later find nothing left to do.
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  if (!dataSource.isInitialized) await dataSource.initialize()
  const { schema } = dataSource.driver
  if (!schema) throw new Error('The data source names no schema')
  const session = await openSession(dataSource)
  try {
    await lock(session, `migrate ${schema}`)
    // Asked first: `IF NOT EXISTS` alone needs the right to create schemas, which a deployed service has not got.
    const known = await session.query('SELECT FROM pg_namespace WHERE nspname = $1', [schema])
    if (known.length === 0) await session.query(`CREATE SCHEMA "${schema}"`)
    await dataSource.runMigrations()
  } finally {
    await session.close()
  }
}
