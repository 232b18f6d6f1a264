import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What was executed while the bus took nothing. */
export class CreateUnpublishedFacts1764300000000 implements MigrationInterface {
  readonly name = 'CreateUnpublishedFacts1764300000000'

  async up(connection: QueryRunner): Promise<void> {
    await connection.query(`
      CREATE TABLE unpublished_fact (
        execution_id text PRIMARY KEY,
        subject text NOT NULL,
        traceparent text,
        body text NOT NULL
      )`)
  }

  async down(connection: QueryRunner): Promise<void> {
    await connection.query('DROP TABLE unpublished_fact')
  }
}
