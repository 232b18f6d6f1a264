import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What every read model has: how far each generation of each projection is, and what could not be projected. */
export class CreateProjections1764000000000 implements MigrationInterface {
  readonly name = 'CreateProjections1764000000000'

  async up(connection: QueryRunner): Promise<void> {
    await connection.query(`
      CREATE TABLE checkpoint (
        projection text NOT NULL,
        generation integer NOT NULL,
        version integer NOT NULL,
        status text NOT NULL CHECK (status IN ('building', 'live', 'retired')),
        tables text[] NOT NULL,
        sequence bigint NOT NULL DEFAULT 0,
        identity text NOT NULL DEFAULT '',
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (projection, generation)
      ) WITH (fillfactor = 50)`)
    await connection.query(`CREATE UNIQUE INDEX one_live_generation ON checkpoint (projection) WHERE status = 'live'`)
    await connection.query(`
      CREATE TABLE poison (
        projection text NOT NULL,
        sequence bigint NOT NULL,
        stream text NOT NULL,
        subject text NOT NULL,
        reason text NOT NULL,
        body bytea NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (projection, sequence)
      )`)
  }

  async down(connection: QueryRunner): Promise<void> {
    await connection.query('DROP TABLE poison')
    await connection.query('DROP TABLE checkpoint')
  }
}
