import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm'
import { CreateProjections1764000000000 } from './migrations/1764000000000-create-projections.ts'

export interface DataSourceSettings {
  /** `postgres://user:password@host:port/database` */
  readonly url: string
  /** The service's own schema: the only one on its search path, so that no query can reach another service's tables. */
  readonly schema: string
  readonly entities?: readonly (Function | EntitySchema)[]
  readonly migrations?: readonly (new () => MigrationInterface)[]
  /** Connections for queries, besides one for each projection that runs. */
  readonly poolSize?: number
}

const STATEMENT_TIMEOUT_MS = 30_000
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000
const CONNECT_TIMEOUT_MS = 5_000

/**
 * The service's door to Postgres. Not connected yet: `migrate` does that and brings the schema up to date.
 * `bigint` columns come as numbers (a stream's sequence stays below 2^53).
 */
export function createDataSource(settings: DataSourceSettings): DataSource {
  const { url, schema, entities = [], migrations = [], poolSize = 10 } = settings
  if (!/^[a-z][a-z0-9_]*$/.test(schema)) throw new Error(`${schema} is no schema name`)
  return new DataSource({
    type: 'postgres',
    url,
    schema,
    entities: [...entities],
    migrations: [CreateProjections1764000000000, ...migrations],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    installExtensions: false,
    parseInt8: true,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: `cartly ${schema}`,
    poolSize,
    // A connection that breaks while idle leaves the pool; the next query opens another.
    poolErrorHandler: () => undefined,
    extra: {
      keepAlive: true,
      options: `-c search_path=${schema}`,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    },
  })
}
