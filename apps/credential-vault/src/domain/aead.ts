import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1

/** Neither changed nor moved is accepted; which of it happened cannot be told. */
export class Unopenable extends Error {
  constructor() {
    super('The ciphertext does not open: it was changed, or belongs elsewhere')
    this.name = 'Unopenable'
  }
}

/**
 * AES-256-GCM with a random nonce (NIST SP 800-38D section 8.2.2; good for 2^32 messages a key).
 * The key is a `KeyObject`, whose bytes are not on the heap, and which Node takes four times as fast as a `Buffer`.
 * `format (1 byte) | nonce (12) | ciphertext | tag (16)`; the format is bound too.
 */
export function encrypt(format: number, key: KeyObject, plaintext: Buffer, associated: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(associated)
  return Buffer.concat([Buffer.of(format), nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** @throws Unopenable */
export function decrypt(format: number, key: KeyObject, sealed: Buffer, associated: Buffer): Buffer {
  if (sealed.length < HEADER_BYTES + NONCE_BYTES + TAG_BYTES || sealed[0] !== format) throw new Unopenable()
  const nonce = sealed.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES)
  const ciphertext = sealed.subarray(HEADER_BYTES + NONCE_BYTES, -TAG_BYTES)
  try {
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(associated)
      .setAuthTag(sealed.subarray(-TAG_BYTES))
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  } catch {
    throw new Unopenable()
  }
}
