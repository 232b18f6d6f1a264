import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Authorizations that have begun: digests of their secrets, never the secrets. */
export class CreateOAuth1764200000000 implements MigrationInterface {
  readonly name = 'CreateOAuth1764200000000'

  async up(connection: QueryRunner): Promise<void> {
    await connection.query(`
      CREATE TABLE pending_authorization (
        state_digest bytea PRIMARY KEY,
        browser_digest bytea NOT NULL,
        store_id text NOT NULL,
        connector_id text NOT NULL,
        requested_by text NOT NULL,
        redirect_uri text NOT NULL,
        expires_at timestamptz NOT NULL
      )`)
    await connection.query('CREATE INDEX pending_authorization_expiry ON pending_authorization (expires_at)')
  }

  async down(connection: QueryRunner): Promise<void> {
    await connection.query('DROP TABLE pending_authorization')
  }
}
