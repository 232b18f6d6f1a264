import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The vault's working tables: what the log must not hold. */
export class CreateVault1764100000000 implements MigrationInterface {
  readonly name = 'CreateVault1764100000000'

  async up(connection: QueryRunner): Promise<void> {
    // A key that is referenced cannot be deleted, and one that was deleted cannot be used: Postgres sees to both.
    await connection.query('CREATE TABLE wrapping_key (id text PRIMARY KEY)')
    await connection.query(`
      CREATE TABLE data_key (
        credential_id text NOT NULL,
        version integer NOT NULL,
        key_id text NOT NULL,
        store_id text NOT NULL,
        owner_id text NOT NULL,
        purpose text NOT NULL,
        wrapping_key_id text NOT NULL REFERENCES wrapping_key (id),
        wrapped_key bytea NOT NULL,
        content bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        confirmed boolean NOT NULL DEFAULT false,
        ends_at timestamptz,
        PRIMARY KEY (credential_id, version, key_id)
      )`)
    await connection.query(
      'CREATE INDEX data_key_wrapping ON data_key (wrapping_key_id, credential_id, version, key_id)',
    )
    await connection.query('CREATE INDEX data_key_unconfirmed ON data_key (created_at) WHERE NOT confirmed')
    await connection.query('CREATE INDEX data_key_ending ON data_key (ends_at) WHERE ends_at IS NOT NULL')
    await connection.query(`
      CREATE TABLE sealing_key (
        key_id text PRIMARY KEY,
        public_key text NOT NULL,
        data_key_id text NOT NULL,
        wrapping_key_id text NOT NULL REFERENCES wrapping_key (id),
        wrapped_key bytea NOT NULL,
        content bytea NOT NULL,
        created_at timestamptz NOT NULL,
        valid_until timestamptz NOT NULL,
        accepted_until timestamptz NOT NULL
      )`)
    await connection.query('CREATE TABLE rewrap_job (target_key_id text PRIMARY KEY, begun_at timestamptz NOT NULL)')
  }

  async down(connection: QueryRunner): Promise<void> {
    await connection.query('DROP TABLE rewrap_job')
    await connection.query('DROP TABLE sealing_key')
    await connection.query('DROP TABLE data_key')
    await connection.query('DROP TABLE wrapping_key')
  }
}
