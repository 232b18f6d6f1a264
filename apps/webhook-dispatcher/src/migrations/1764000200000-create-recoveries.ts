import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Jobs that send again what an endpoint has missed. Their holder works on them for as long as its lease is renewed. */
export class CreateRecoveries1764000200000 implements MigrationInterface {
  readonly name = 'CreateRecoveries1764000200000'

  async up(connection: QueryRunner): Promise<void> {
    await connection.query(`
      CREATE TABLE recovery (
        id text PRIMARY KEY,
        store_id text NOT NULL,
        endpoint_id text NOT NULL,
        status text NOT NULL,
        since timestamptz NOT NULL,
        until timestamptz NOT NULL,
        -- Counted so far, and whether that is all of it.
        total integer NOT NULL DEFAULT 0,
        counted boolean NOT NULL DEFAULT false,
        recovered integer NOT NULL DEFAULT 0,
        -- The last event of the STORE stream that has been looked at.
        position bigint NOT NULL DEFAULT 0,
        started_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz,
        holder text,
        leased_until timestamptz NOT NULL DEFAULT '-infinity'
      )`)
    await connection.query(`CREATE INDEX recovery_running ON recovery (leased_until) WHERE status = 'running'`)
  }

  async down(connection: QueryRunner): Promise<void> {
    await connection.query('DROP TABLE recovery')
  }
}
