import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { CartlyError, type SealingKey } from '@cartly/contracts'
import { statements, transaction, type Tx } from '@cartly/read-model'
import type { DataSource } from 'typeorm'
import type { WrappingKeys } from './wrapping-keys.ts'
import type { EnvelopeSubject } from '../domain/binding.ts'
import { openEnvelope, sealEnvelope } from '../domain/envelope.ts'
import { isKeyServiceAway, type Keyring } from '../domain/keyring.ts'

export interface PublicSealingKey {
  readonly keyId: string
  readonly publicKey: SealingKey
  readonly validUntil: Date
}

const VALID_FOR_MS = 60 * 60_000
/** Whoever asked for the key in its last moment still has it on its way; and clocks differ. */
const ACCEPTED_AFTER_MS = 15 * 60_000
const RENEW_BEFORE_MS = 60_000

interface SealingKeyRow {
  readonly keyId: string
  readonly dataKeyId: string
  readonly wrappingKeyId: string
  readonly wrappedKey: Buffer
  readonly content: Buffer
}

/**
 * The vault's own X25519 keys, to which others seal what they send. A new one each hour, the one before accepted a while
 * longer, then deleted: what was recorded on the wire cannot be opened later. All replicas share them through the table,
 * where the private halves lie under the keyring.
 */
export class SealingKeys {
  readonly #dataSource: DataSource
  readonly #keyring: Keyring
  readonly #wrappingKeys: Pick<WrappingKeys, 'refresh'>
  readonly #opened = new Map<string, Promise<KeyObject>>()
  #current: PublicSealingKey | undefined

  constructor(dataSource: DataSource, keyring: Keyring, wrappingKeys: Pick<WrappingKeys, 'refresh'>) {
    this.#dataSource = dataSource
    this.#keyring = keyring
    this.#wrappingKeys = wrappingKeys
  }

  /** The key to seal to now. */
  async current(): Promise<PublicSealingKey> {
    if (this.#current && this.#current.validUntil.getTime() - RENEW_BEFORE_MS > Date.now()) return this.#current
    // A new one must not be wrapped by a key that was ended elsewhere.
    await this.#wrappingKeys.refresh()
    return (this.#current = await transaction(this.#dataSource, async (tx) => {
      await tx.query("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' sealing key', 0))")
      return (await newest(tx)) ?? (await this.#create(tx))
    }))
  }

  /**
   * The private half of one of the keys that are accepted.
   * @throws CartlyError `sealed_refused` for one that is not, or no longer.
   */
  privateKey(keyId: string): Promise<KeyObject> {
    const known = this.#opened.get(keyId)
    if (known) return known
    const opened = this.#open(keyId)
    this.#opened.set(keyId, opened)
    opened.catch(() => this.#opened.delete(keyId))
    return opened
  }

  /**
   * Ends the keys that do not open any more: those of a backup from before their wrapping key was destroyed. What is sealed
   * to such a key is lost, so nobody may be given it.
   */
  async endUnopenable(): Promise<void> {
    const tx = statements(this.#dataSource)
    for (const { keyId } of await tx.query<{ keyId: string }>('SELECT key_id AS "keyId" FROM sealing_key')) {
      try {
        await this.privateKey(keyId)
      } catch (error) {
        // A key service that is away says nothing of its keys.
        if (isKeyServiceAway(error)) return
        await tx.query('DELETE FROM sealing_key WHERE key_id = $1', [keyId])
      }
    }
  }

  async #create(tx: Tx): Promise<PublicSealingKey> {
    const { publicKey, privateKey } = generateKeyPairSync('x25519')
    const x = publicKey.export({ format: 'jwk' }).x as string
    const keyId = `seal_${randomBytes(9).toString('base64url')}`
    const validUntil = new Date(Date.now() + VALID_FOR_MS)
    const privateHalf = Buffer.from(JSON.stringify(privateKey.export({ format: 'jwk' })))
    const envelope = await sealEnvelope(this.#keyring, sealingKeySubject(keyId), privateHalf)
    privateHalf.fill(0)
    await tx.query('DELETE FROM sealing_key WHERE accepted_until < now()')
    await tx.query(
      `INSERT INTO sealing_key (key_id, public_key, data_key_id, wrapping_key_id, wrapped_key, content,
         created_at, valid_until, accepted_until) VALUES ($1, $2, $3, $4, $5, $6, now(), $7, $8)`,
      [
        keyId,
        x,
        envelope.keyId,
        envelope.wrappingKeyId,
        envelope.wrappedKey,
        envelope.content,
        validUntil,
        new Date(validUntil.getTime() + ACCEPTED_AFTER_MS),
      ],
    )
    return { keyId, publicKey: { kty: 'OKP', crv: 'X25519', x }, validUntil }
  }

  async #open(keyId: string): Promise<KeyObject> {
    const [row] = await statements(this.#dataSource).query<SealingKeyRow>(
      `SELECT key_id AS "keyId", data_key_id AS "dataKeyId", wrapping_key_id AS "wrappingKeyId",
         wrapped_key AS "wrappedKey", content FROM sealing_key WHERE key_id = $1 AND accepted_until > now()`,
      [keyId],
    )
    if (!row) {
      throw new CartlyError(
        'invalid',
        'sealed_refused',
        'The key that this was sealed to has ended: ask for the present one',
      )
    }
    const privateHalf = await openEnvelope(this.#keyring, sealingKeySubject(keyId), { ...row, keyId: row.dataKeyId })
    const key = createPrivateKey({ key: JSON.parse(privateHalf.toString()), format: 'jwk' })
    privateHalf.fill(0)
    return key
  }
}

async function newest(tx: Tx): Promise<PublicSealingKey | undefined> {
  const [row] = await tx.query<{ keyId: string; x: string; validUntil: Date }>(
    `SELECT key_id AS "keyId", public_key AS x, valid_until AS "validUntil" FROM sealing_key
     WHERE valid_until > now() + $1 * interval '1 millisecond' ORDER BY valid_until DESC LIMIT 1`,
    [RENEW_BEFORE_MS],
  )
  return row && { keyId: row.keyId, publicKey: { kty: 'OKP', crv: 'X25519', x: row.x }, validUntil: row.validUntil }
}

/** What a sealing key's envelope is bound to. */
export const sealingKeySubject = (keyId: string): EnvelopeSubject => ({
  storeId: '',
  ownerId: '',
  credentialId: keyId,
  version: 1,
  purpose: 'sealing_key',
})
