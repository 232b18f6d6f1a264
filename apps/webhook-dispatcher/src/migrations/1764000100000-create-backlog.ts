import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * The working tables of delivery, which no stream could give back: what has yet to be sent, and who sends it.
 *
 * `endpoint_queue` has a row for each endpoint that ever had a backlog. Its holder alone works on the endpoint's rows, so
 * the order, the pace and the probe of an endpoint are one process's; a holder that dies is replaced when its lease ends.
 */
export class CreateBacklog1764000100000 implements MigrationInterface {
  readonly name = 'CreateBacklog1764000100000'

  async up(connection: QueryRunner): Promise<void> {
    await connection.query(`
      CREATE TABLE backlog (
        endpoint_id text NOT NULL,
        delivery_id text NOT NULL,
        store_id text NOT NULL,
        store_sequence bigint NOT NULL,
        message_id text NOT NULL,
        event_id text NOT NULL,
        event_type text NOT NULL,
        entity_id text NOT NULL,
        attempt integer NOT NULL,
        trigger text NOT NULL,
        due_at timestamptz NOT NULL,
        -- False for what waits behind another of its entity, where the endpoint asks for order.
        head boolean NOT NULL DEFAULT true,
        PRIMARY KEY (endpoint_id, delivery_id)
      ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0)`)
    await connection.query(`CREATE INDEX backlog_due ON backlog (endpoint_id, due_at, delivery_id) WHERE head`)
    await connection.query(`CREATE INDEX backlog_entity ON backlog (endpoint_id, entity_id, store_sequence)`)
    await connection.query(`
      CREATE TABLE endpoint_queue (
        endpoint_id text PRIMARY KEY,
        due_at timestamptz NOT NULL,
        holder text,
        leased_until timestamptz NOT NULL DEFAULT '-infinity'
      ) WITH (fillfactor = 50)`)
    await connection.query(`CREATE INDEX endpoint_queue_due ON endpoint_queue (greatest(due_at, leased_until))`)
  }

  async down(connection: QueryRunner): Promise<void> {
    await connection.query('DROP TABLE endpoint_queue')
    await connection.query('DROP TABLE backlog')
  }
}
