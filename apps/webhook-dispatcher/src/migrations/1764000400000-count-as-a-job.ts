import type { MigrationInterface, QueryRunner } from 'typeorm'

/** A dry run of more than can be counted while its caller waits is a job too: one that ends when it has counted. */
export class CountAsAJob1764000400000 implements MigrationInterface {
  readonly name = 'CountAsAJob1764000400000'

  async up(connection: QueryRunner): Promise<void> {
    await connection.query('ALTER TABLE recovery ADD COLUMN dry_run boolean NOT NULL DEFAULT false')
  }

  async down(connection: QueryRunner): Promise<void> {
    await connection.query('ALTER TABLE recovery DROP COLUMN dry_run')
  }
}
