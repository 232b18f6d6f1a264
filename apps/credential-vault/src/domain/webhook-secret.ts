import { generateKeyPairSync, randomBytes } from 'node:crypto'

export interface WebhookSecret {
  /** `whsec_…` for HMAC (v1), `whsk_…` for Ed25519 (v1a). */
  readonly secret: string
  /** `whpk_…`, of v1a. */
  readonly publicKey?: string
}

/**
 * A new signing secret in the notation of Standard Webhooks: 256 random bits, or an Ed25519 key pair whose secret half
 * is seed and public key together (64 bytes), as its reference libraries expect.
 */
export function newWebhookSecret(signature: 'v1' | 'v1a'): WebhookSecret {
  if (signature === 'v1') return { secret: `whsec_${randomBytes(32).toString('base64')}` }
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d as string, 'base64url')
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x as string, 'base64url')
  return {
    secret: `whsk_${Buffer.concat([seed, point]).toString('base64')}`,
    publicKey: `whpk_${point.toString('base64')}`,
  }
}
