/** What the specs of this library share. Named so as not to be built. */
import type { TestPostgres } from '@cartly/testing'
import type { DataSource } from 'typeorm'
import { createDataSource } from './data-source.ts'
import { migrate } from './migrate.ts'

export async function readModel(postgres: TestPostgres): Promise<DataSource> {
  const dataSource = createDataSource({ url: postgres.urls.registry, schema: 'registry' })
  await migrate(dataSource)
  return dataSource
}
