import { testPostgres, type TestPostgres } from '@cartly/testing'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm'
import { createDataSource } from './data-source.ts'
import { migrate } from './migrate.ts'

class CreateThing1800000000000 implements MigrationInterface {
  readonly name = 'CreateThing1800000000000'
  async up(connection: QueryRunner): Promise<void> {
    await connection.query('CREATE TABLE thing (id text PRIMARY KEY)')
  }
  async down(connection: QueryRunner): Promise<void> {
    await connection.query('DROP TABLE thing')
  }
}

describe('migrating', () => {
  let postgres: TestPostgres
  const opened: DataSource[] = []

  beforeAll(async () => {
    postgres = await testPostgres()
  })
  afterAll(async () => {
    await Promise.all(opened.map((dataSource) => dataSource.isInitialized && dataSource.destroy()))
    await postgres.stop()
  })

  const replica = (schema: string, url = postgres.urls.registry): DataSource => {
    const dataSource = createDataSource({ url, schema, migrations: [CreateThing1800000000000] })
    opened.push(dataSource)
    return dataSource
  }

  it('happens once when replicas start together', async () => {
    const replicas = Array.from({ length: 4 }, () => replica('registry'))

    await Promise.all(replicas.map(migrate))

    const names = await replicas[0]!.query('SELECT name FROM migration ORDER BY id')
    expect(names).toEqual([{ name: 'CreateProjections1764000000000' }, { name: 'CreateThing1800000000000' }])
  })

  it("keeps to the service's own schema, making it where it may", async () => {
    const dataSource = replica('elsewhere', postgres.url)
    await migrate(dataSource)

    const tables = await dataSource.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'elsewhere' ORDER BY 1`)
    expect(tables.map(({ tablename }: { tablename: string }) => tablename)).toEqual([
      'checkpoint',
      'migration',
      'poison',
      'thing',
    ])
  })

  it('gives numbers for bigint', async () => {
    const dataSource = replica('registry')
    await migrate(dataSource)
    expect(await dataSource.query('SELECT 9007199254740991::bigint AS n')).toEqual([{ n: 9007199254740991 }])
  })

  it('refuses a schema that would need quoting', () => {
    expect(() => createDataSource({ url: 'postgres://x', schema: 'a; drop' })).toThrow('no schema name')
  })
})
