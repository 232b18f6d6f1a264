import { statements, transaction, type Tx } from '@cartly/read-model'
import type { CredentialId, CredentialPurpose, StoreId } from '@cartly/contracts'
import type { DataSource } from 'typeorm'
import type { EnvelopeSubject } from '../domain/binding.ts'
import type { Envelope } from '../domain/envelope.ts'

/** Whose version an envelope holds. */
export interface DataKeySubject extends EnvelopeSubject {
  readonly storeId: StoreId
  readonly credentialId: CredentialId
  readonly purpose: CredentialPurpose
}

/** Names one row. */
export interface DataKeyRef {
  readonly credentialId: CredentialId
  readonly version: number
  readonly keyId: string
}

const columns = `credential_id AS "credentialId", version, key_id AS "keyId", store_id AS "storeId",
  owner_id AS "ownerId", purpose`

/**
 * Every envelope, by credential, version and data key. A row counts only once the log has a `CredentialStored` that
 * names its data key; until then it is inert, and after a crash it is swept.
 */
export class DataKeys {
  readonly #dataSource: DataSource

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource
  }

  /**
   * @returns when, by the clock of Postgres: the one that all replicas of the vault have in common; undefined when the key
   * that wraps it has been ended meanwhile
   */
  async insert(
    subject: DataKeySubject,
    { keyId, content, wrappingKeyId, wrappedKey }: Envelope,
  ): Promise<Date | undefined> {
    const { credentialId, version, storeId, ownerId, purpose } = subject
    const [inserted] = await this.#tx.query<{ at: Date }>(
      `INSERT INTO data_key
         (credential_id, version, key_id, store_id, owner_id, purpose, wrapping_key_id, wrapped_key, content)
       SELECT $1, $2, $3, $4, $5, $6, w.id, $8, $9 FROM wrapping_key w WHERE w.id = $7 FOR KEY SHARE
       RETURNING created_at AS at`,
      [credentialId, version, keyId, storeId, ownerId, purpose, wrappingKeyId, wrappedKey, content],
    )
    return inserted?.at
  }

  async remove({ credentialId, version, keyId }: DataKeyRef): Promise<void> {
    await this.#tx.query('DELETE FROM data_key WHERE credential_id = $1 AND version = $2 AND key_id = $3', [
      credentialId,
      version,
      keyId,
    ])
  }

  /**
   * What follows from a stored version being in the log: its row counts, what lost against it goes, and the versions
   * before it go too, now or when their overlap ends.
   */
  async confirm({ credentialId, version, keyId }: DataKeyRef, overlapUntil: string | undefined): Promise<void> {
    await transaction(this.#dataSource, async (tx) => {
      await tx.query('UPDATE data_key SET confirmed = true WHERE credential_id = $1 AND version = $2 AND key_id = $3', [
        credentialId,
        version,
        keyId,
      ])
      await tx.query('DELETE FROM data_key WHERE credential_id = $1 AND version = $2 AND key_id <> $3', [
        credentialId,
        version,
        keyId,
      ])
      if (overlapUntil === undefined) {
        await tx.query('DELETE FROM data_key WHERE credential_id = $1 AND version < $2', [credentialId, version])
      } else {
        await tx.query(
          'UPDATE data_key SET ends_at = least(ends_at, $3::timestamptz) WHERE credential_id = $1 AND version < $2',
          [credentialId, version, overlapUntil],
        )
      }
    })
  }

  /** Destroys every key of a credential up to a version. */
  async shred(credentialId: CredentialId, upToVersion: number): Promise<void> {
    await this.#alone(credentialId, (tx) =>
      tx.query('DELETE FROM data_key WHERE credential_id = $1 AND version <= $2', [credentialId, upToVersion]),
    )
  }

  /**
   * Destroys what the log has passed over: versions that were given out and are not live any more. That has been done when
   * the log said so; a backup of the database brings such rows back.
   */
  async destroyPassedOver(): Promise<void> {
    await this.#tx.query(`
      DELETE FROM data_key k USING credential_state s
      WHERE s.id = k.credential_id AND k.version <= (s.state->>'version')::integer AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(coalesce(s.state->'versions', '[]')) AS live
        WHERE live->>'keyId' = k.key_id
      )`)
  }

  /** Versions whose overlap has ended. */
  async ended(limit: number): Promise<(DataKeyRef & DataKeySubject)[]> {
    return this.#tx.query(`SELECT ${columns} FROM data_key WHERE ends_at < now() ORDER BY ends_at LIMIT $1`, [limit])
  }

  /** Rows that have waited for their event so long that whoever wrote them must have given up. */
  async unconfirmed(olderThanMs: number, limit: number): Promise<DataKeyRef[]> {
    return this.#tx.query(
      `SELECT ${columns} FROM data_key WHERE NOT confirmed AND created_at < now() - $1 * interval '1 millisecond'
       ORDER BY created_at LIMIT $2`,
      [olderThanMs, limit],
    )
  }

  /** With the credential's rows locked in one order, so that two who change several of them cannot wait for each other. */
  async #alone(credentialId: CredentialId, work: (tx: Tx) => Promise<unknown>): Promise<void> {
    await transaction(this.#dataSource, async (tx) => {
      await tx.query('SELECT FROM data_key WHERE credential_id = $1 ORDER BY version, key_id FOR UPDATE', [
        credentialId,
      ])
      await work(tx)
    })
  }

  get #tx(): Tx {
    return statements(this.#dataSource)
  }
}
