import { createPublicKey, verify } from 'node:crypto'
import { Webhook } from 'standardwebhooks'

/** `whsec_…` for signatures of version `v1` (HMAC), `whpk_…` for `v1a` (Ed25519). */
export type VerificationKey = `whsec_${string}` | `whpk_${string}`

export type SignedHeaders = Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>>

/**
 * Whether a delivery was signed by the holder of one of the keys, by the public `standardwebhooks` library where that
 * knows the version. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function isSigned(body: Buffer, headers: SignedHeaders, keys: readonly VerificationKey[]): boolean {
  return keys.some((key) =>
    key.startsWith('whpk_') ? isSignedV1a(body, headers, key.slice('whpk_'.length)) : isSignedV1(body, headers, key),
  )
}

function isSignedV1(body: Buffer, headers: SignedHeaders, secret: string): boolean {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false })
    return true
  } catch {
    return false
  }
}

const TOLERANCE_SECONDS = 300
/** DER of an Ed25519 public key up to its 32 bytes. RFC 8410 */
const ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

function isSignedV1a(body: Buffer, headers: SignedHeaders, publicKey: string): boolean {
  const timestamp = headers['webhook-timestamp']
  if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) <= TOLERANCE_SECONDS)) return false
  const signed = Buffer.concat([Buffer.from(`${headers['webhook-id']}.${timestamp}.`), body])
  const key = createPublicKey({
    key: Buffer.concat([ED25519_PREFIX, Buffer.from(publicKey, 'base64')]),
    format: 'der',
    type: 'spki',
  })
  return headers['webhook-signature']
    .split(' ')
    .filter((signature) => signature.startsWith('v1a,'))
    .some((signature) => verify(null, signed, key, Buffer.from(signature.slice('v1a,'.length), 'base64')))
}
