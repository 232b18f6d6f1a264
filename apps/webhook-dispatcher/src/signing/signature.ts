import { createHmac, createPrivateKey, createSecretKey, sign, type KeyObject } from 'node:crypto'
import type { Secret } from '@cartly/contracts'

/** A key that signs deliveries. */
export interface SigningKey {
  readonly scheme: 'v1' | 'v1a'
  readonly key: KeyObject
}

/** PKCS#8 of an Ed25519 private key up to its 32 bytes of seed (RFC 8410, section 7). */
const ed25519Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const SEED_BYTES = 32

/**
 * A signing secret as Standard Webhooks writes it: `whsec_` and base64 of 24 to 64 bytes for `v1`, `whsk_` and base64 of
 * an Ed25519 seed and public key for `v1a`.
 * @throws TypeError when it is neither; the message does not hold the secret.
 */
export function readSigningKey(secret: Secret): SigningKey {
  const text = secret.reveal()
  const bytes = Buffer.from(text.slice(text.indexOf('_') + 1), 'base64')
  if (text.startsWith('whsec_') && bytes.length >= 24 && bytes.length <= 64) {
    return { scheme: 'v1', key: createSecretKey(bytes) }
  }
  if (text.startsWith('whsk_') && bytes.length >= SEED_BYTES) {
    const der = Buffer.concat([ed25519Prefix, bytes.subarray(0, SEED_BYTES)])
    return { scheme: 'v1a', key: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) }
  }
  throw new TypeError('The signing secret is neither a whsec_ of 24 to 64 bytes nor a whsk_')
}

/** The message that is signed: `<webhook-id>.<webhook-timestamp>.<body>`. */
export interface Signed {
  readonly messageId: string
  /** Seconds since the epoch. */
  readonly timestamp: number
  readonly body: Buffer
}

/** The `webhook-signature` header: one signature for each live key, the newest first. */
export function signatureHeader(keys: readonly SigningKey[], signed: Signed): string {
  let header = ''
  for (const key of keys) header += `${header && ' '}${signature(key, signed)}`
  return header
}

function signature({ scheme, key }: SigningKey, { messageId, timestamp, body }: Signed): string {
  const head = `${messageId}.${timestamp}.`
  return scheme === 'v1'
    ? `v1,${createHmac('sha256', key).update(head).update(body).digest('base64')}`
    : `v1a,${sign(null, Buffer.concat([Buffer.from(head), body]), key).toString('base64')}`
}
