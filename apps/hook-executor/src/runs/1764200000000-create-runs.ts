import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What has been begun and must be brought to its end, by whichever replica: working tables, not a read model. */
export class CreateRuns1764200000000 implements MigrationInterface {
  readonly name = 'CreateRuns1764200000000'

  async up(connection: QueryRunner): Promise<void> {
    await connection.query(`
      CREATE TABLE run (
        execution_id text PRIMARY KEY,
        store_id text NOT NULL,
        connector_id text NOT NULL,
        hook text NOT NULL,
        trigger text NOT NULL,
        replay_of text,
        key text NOT NULL,
        event_id text,
        event jsonb,
        entity text,
        position bigint NOT NULL DEFAULT 0,
        traceparent text,
        idempotency_key text,
        input_hash text,
        input jsonb,
        tries integer NOT NULL DEFAULT 0,
        pinned_to bigint,
        due_at timestamptz NOT NULL DEFAULT now(),
        holder text,
        held_until timestamptz,
        result jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz
      )`)
    await connection.query('CREATE INDEX run_due ON run (connector_id, due_at) WHERE ended_at IS NULL')
    await connection.query(
      'CREATE INDEX run_order ON run (connector_id, entity, position) WHERE ended_at IS NULL AND entity IS NOT NULL',
    )
    await connection.query('CREATE INDEX run_held ON run (holder) WHERE ended_at IS NULL AND holder IS NOT NULL')
    await connection.query('CREATE INDEX run_ended ON run (ended_at) WHERE ended_at IS NOT NULL')
    await connection.query(
      'CREATE UNIQUE INDEX run_event ON run (connector_id, hook, event_id) WHERE event_id IS NOT NULL',
    )
    await connection.query(
      'CREATE UNIQUE INDEX run_idempotency ON run (connector_id, hook, idempotency_key) WHERE idempotency_key IS NOT NULL',
    )
    await connection.query(`
      CREATE TABLE run_step (
        execution_id text NOT NULL REFERENCES run ON DELETE CASCADE,
        key text NOT NULL,
        step text NOT NULL,
        writes boolean NOT NULL,
        begun_at bigint,
        outcome jsonb,
        PRIMARY KEY (execution_id, key)
      )`)
    // What was used of a window may be forgotten in a crash.
    await connection.query(`
      CREATE UNLOGGED TABLE rate_window (
        bucket text PRIMARY KEY,
        number bigint NOT NULL,
        taken integer NOT NULL
      ) WITH (fillfactor = 50)`)
  }

  async down(connection: QueryRunner): Promise<void> {
    await connection.query('DROP TABLE rate_window')
    await connection.query('DROP TABLE run_step')
    await connection.query('DROP TABLE run')
  }
}
