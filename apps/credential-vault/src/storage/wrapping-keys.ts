import { conflict, type CredentialPurpose, type StoreId } from '@cartly/contracts'
import { statements, transaction, type Tx } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import type { EnvelopeSubject } from '../domain/binding.ts'
import { rewrapEnvelope, type Envelope } from '../domain/envelope.ts'
import { isKeyServiceAway, type Keyring } from '../domain/keyring.ts'
import type { DataKeyRef } from './data-keys.ts'
import { sealingKeySubject } from './sealing-keys.ts'

interface DataKeyRow extends DataKeyRef, Omit<Envelope, 'content' | 'keyId'> {
  readonly storeId: StoreId
  readonly ownerId: string
  readonly purpose: CredentialPurpose
}

const FOREIGN_KEY_VIOLATION = '23503'

/** Which keys of the keyring have wrapped what, and the wrapping anew. */
export class WrappingKeys {
  readonly #dataSource: DataSource
  readonly #keyring: Keyring
  /** The primary key that was admitted last. */
  #admitted: string | undefined

  constructor(dataSource: DataSource, keyring: Keyring) {
    this.#dataSource = dataSource
    this.#keyring = keyring
  }

  /** While the work lasts, no other replica does such work. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return transaction(this.#dataSource, async (tx) => {
      await tx.query("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' keyring', 0))")
      return work()
    })
  }

  /** Takes over what was changed in the keyring elsewhere, and lets its primary key be used. */
  async refresh(): Promise<void> {
    await this.#keyring.refresh()
    const primary = this.#keyring.primary()
    if (primary !== this.#admitted) await this.admit(primary)
    this.#admitted = primary
  }

  /** Lets a key of the keyring be used. */
  async admit(keyId: string): Promise<void> {
    await this.#tx.query('INSERT INTO wrapping_key (id) VALUES ($1) ON CONFLICT DO NOTHING', [keyId])
  }

  /**
   * Ends the use of a key for good, on every replica.
   * @throws CartlyError `conflict`, code `key_in_use`, while it wraps anything
   */
  async expel(keyId: string): Promise<void> {
    try {
      await this.#tx.query('DELETE FROM wrapping_key WHERE id = $1', [keyId])
    } catch (error) {
      if ((error as { code?: string }).code !== FOREIGN_KEY_VIOLATION) throw error
      throw conflict('key_in_use', `The key ${keyId} still wraps data keys: rewrap them first`)
    }
  }

  /** The number of data keys under each key. */
  countByKey(): Promise<Map<string, number>> {
    return countByKey(this.#dataSource)
  }

  /** What is to be wrapped anew under the present primary key, so that it is gone on with after a crash. */
  async wantRewrap(): Promise<void> {
    await transaction(this.#dataSource, async (tx) => {
      await tx.query('DELETE FROM rewrap_job')
      await tx.query('INSERT INTO rewrap_job VALUES ($1, now())', [this.#keyring.primary()])
    })
  }

  /** Whether rewrapping to the key that is primary here was asked for and is not done. */
  async isRewrapWanted(): Promise<boolean> {
    const found = await this.#tx.query('SELECT FROM rewrap_job WHERE target_key_id = $1', [this.#keyring.primary()])
    return found.length > 0
  }

  async rewrapDone(): Promise<void> {
    await this.#tx.query('DELETE FROM rewrap_job WHERE target_key_id = $1', [this.#keyring.primary()])
  }

  /** The keys that may wrap something and are not the primary one. */
  async others(): Promise<string[]> {
    const rows = await this.#tx.query<{ id: string }>('SELECT id FROM wrapping_key WHERE id <> $1', [
      this.#keyring.primary(),
    ])
    return rows.map(({ id }) => id)
  }

  /**
   * Wraps up to `limit` of a key's data keys anew, in their order behind `after`; those that another replica has at hand
   * are left to it. Content and readers are not touched: whoever reads meanwhile finds a row that opens, before or after.
   * @throws `keyServiceAway`. A data key that does not open stays as it is, and is counted.
   */
  async rewrapSome(
    wrappedBy: string,
    after: DataKeyRef | undefined,
    limit: number,
  ): Promise<{ last: DataKeyRef | undefined; rewrapped: number; unopenable: DataKeyRef[] }> {
    return transaction(this.#dataSource, async (tx) => {
      const rows = await tx.query<DataKeyRow>(
        `SELECT credential_id AS "credentialId", version, key_id AS "keyId", store_id AS "storeId",
           owner_id AS "ownerId", purpose, wrapping_key_id AS "wrappingKeyId", wrapped_key AS "wrappedKey"
         FROM data_key WHERE wrapping_key_id = $1 AND (credential_id, version, key_id) > ($2, $3, $4)
         ORDER BY credential_id, version, key_id LIMIT $5 FOR NO KEY UPDATE SKIP LOCKED`,
        [wrappedBy, after?.credentialId ?? '', after?.version ?? 0, after?.keyId ?? '', limit],
      )
      const unopenable: DataKeyRef[] = []
      const attempts = rows.map(async (row) => {
        try {
          return { ...row, ...(await rewrapEnvelope(this.#keyring, subjectOf(row), row)) }
        } catch (error) {
          if (isKeyServiceAway(error)) throw error
          unopenable.push(row)
          return []
        }
      })
      const rewrapped = (await Promise.all(attempts)).flat()
      await tx.query(
        `UPDATE data_key AS d SET wrapping_key_id = r.wrapping_key_id, wrapped_key = r.wrapped_key
         FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::bytea[])
           AS r(credential_id, version, key_id, wrapping_key_id, wrapped_key)
         WHERE d.credential_id = r.credential_id AND d.version = r.version AND d.key_id = r.key_id`,
        [
          rewrapped.map(({ credentialId }) => credentialId),
          rewrapped.map(({ version }) => version),
          rewrapped.map(({ keyId }) => keyId),
          rewrapped.map(({ wrappingKeyId }) => wrappingKeyId),
          rewrapped.map(({ wrappedKey }) => wrappedKey),
        ],
      )
      return { last: rows.at(-1), rewrapped: rewrapped.length, unopenable }
    })
  }

  /** Wraps one data key anew, unless that has happened meanwhile. */
  async rewrapOne(subject: EnvelopeSubject, envelope: Envelope): Promise<void> {
    const { wrappingKeyId, wrappedKey } = await rewrapEnvelope(this.#keyring, subject, envelope)
    await this.#tx.query(
      `UPDATE data_key SET wrapping_key_id = $4, wrapped_key = $5
       WHERE credential_id = $1 AND version = $2 AND key_id = $3 AND wrapping_key_id = $6`,
      [subject.credentialId, subject.version, envelope.keyId, wrappingKeyId, wrappedKey, envelope.wrappingKeyId],
    )
  }

  /** The vault's own sealing keys; there are never more than three. */
  async rewrapSealingKeys(): Promise<void> {
    const rows = await this.#tx.query<Omit<Envelope, 'content'> & { id: string }>(
      `SELECT key_id AS id, data_key_id AS "keyId", wrapping_key_id AS "wrappingKeyId", wrapped_key AS "wrappedKey"
       FROM sealing_key WHERE wrapping_key_id <> $1`,
      [this.#keyring.primary()],
    )
    for (const row of rows) {
      const { wrappingKeyId, wrappedKey } = await rewrapEnvelope(this.#keyring, sealingKeySubject(row.id), row)
      await this.#tx.query('UPDATE sealing_key SET wrapping_key_id = $2, wrapped_key = $3 WHERE key_id = $1', [
        row.id,
        wrappingKeyId,
        wrappedKey,
      ])
    }
  }

  get #tx(): Tx {
    return statements(this.#dataSource)
  }
}

/** The number of data keys under each key; readable before there is a keyring. */
export async function countByKey(dataSource: DataSource): Promise<Map<string, number>> {
  const rows = await statements(dataSource).query<{ id: string; count: number }>(
    `SELECT w.id, (SELECT count(*) FROM data_key d WHERE d.wrapping_key_id = w.id)
       + (SELECT count(*) FROM sealing_key s WHERE s.wrapping_key_id = w.id) AS count
     FROM wrapping_key w`,
  )
  return new Map(rows.map(({ id, count }) => [id, Number(count)]))
}

const subjectOf = ({ storeId, ownerId, credentialId, version, purpose }: DataKeyRow): EnvelopeSubject => ({
  storeId,
  ownerId,
  credentialId,
  version,
  purpose,
})
