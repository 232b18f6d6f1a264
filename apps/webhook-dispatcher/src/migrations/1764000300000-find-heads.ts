import type { MigrationInterface, QueryRunner } from 'typeorm'

/**
 * Finds the head of an entity, and who is next, without looking at all that wait behind: one index for those that may be
 * sent, one for those that wait. A row is in one of them.
 */
export class FindHeads1764000300000 implements MigrationInterface {
  readonly name = 'FindHeads1764000300000'

  async up(connection: QueryRunner): Promise<void> {
    await connection.query('CREATE INDEX backlog_head ON backlog (endpoint_id, entity_id) WHERE head')
    await connection.query(
      'CREATE INDEX backlog_waiting ON backlog (endpoint_id, entity_id, store_sequence) WHERE NOT head',
    )
    await connection.query('DROP INDEX backlog_entity')
  }

  async down(connection: QueryRunner): Promise<void> {
    await connection.query('CREATE INDEX backlog_entity ON backlog (endpoint_id, entity_id, store_sequence)')
    await connection.query('DROP INDEX backlog_head')
    await connection.query('DROP INDEX backlog_waiting')
  }
}
