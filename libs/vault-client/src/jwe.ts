import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import type { SealingKey } from '@cartly/contracts'

const ALGORITHMS = { alg: 'ECDH-ES', enc: 'A256GCM' } as const
const IV_BYTES = 12
const TAG_BYTES = 16

/** What a protected header says beside the algorithms. */
export type HeaderFields = Readonly<Record<string, string | number>>

/**
 * A compact JWE (RFC 7516) by ECDH-ES (RFC 7518 section 4.6) on X25519 (RFC 8037) with A256GCM: the one kind that is used
 * here. At once, on this thread: through WebCrypto (and `jose`) it takes twice the CPU, and each of its steps waits for a
 * thread of the pool (docs/adr/0005-secrets-on-the-bus.md). The specs hold it against `jose`, both ways.
 * @param apv PartyVInfo: enters the key's derivation, and stands in the header
 */
export function encryptJwe(plaintext: Buffer, to: SealingKey, apv: Buffer, fields: HeaderFields): string {
  const ephemeral = generateKeyPairSync('x25519')
  const epk = publicJwk(ephemeral.publicKey)
  const header = encode(JSON.stringify({ ...fields, ...ALGORITHMS, epk, apv: apv.toString('base64url') }))
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', agreedKey(ephemeral.privateKey, to, apv), iv, {
    authTagLength: TAG_BYTES,
  }).setAAD(Buffer.from(header))
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return [header, '', ...[iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.')
}

/**
 * @param keyOf finds the private half by the header, which is not authenticated yet
 * @throws Error for what is no JWE of this kind, or does not open. What `keyOf` throws is thrown on.
 */
export async function decryptJwe(
  jwe: string,
  keyOf: (header: Readonly<Record<string, unknown>>) => KeyObject | Promise<KeyObject>,
): Promise<{ plaintext: Buffer; header: Readonly<Record<string, unknown>> }> {
  const [protectedPart = '', encryptedKey, ...rest] = jwe.split('.')
  const header = JSON.parse(decode(protectedPart).toString()) as Record<string, unknown>
  const [iv, ciphertext, tag, ...more] = rest.map(decode)
  const { alg, enc, epk, apv, apu, crit, zip } = header
  const isOfThisKind =
    alg === ALGORITHMS.alg &&
    enc === ALGORITHMS.enc &&
    [apu, crit, zip].every((absent) => absent === undefined) &&
    typeof apv === 'string' &&
    encryptedKey === '' &&
    iv?.length === IV_BYTES &&
    tag?.length === TAG_BYTES &&
    more.length === 0
  if (!isOfThisKind || !ciphertext) throw new Error('It is no JWE of the kind that is used here')
  const key = agreedKey(await keyOf(header), epk as SealingKey, decode(apv))
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(protectedPart))
    .setAuthTag(tag)
  return { plaintext: Buffer.concat([decipher.update(ciphertext), decipher.final()]), header }
}

/** The key that both sides come to: Concat KDF (RFC 7518 section 4.6.2, NIST SP 800-56A), of which one round is enough. */
function agreedKey(privateKey: KeyObject, { kty, crv, x }: SealingKey, apv: Buffer): KeyObject {
  if (kty !== 'OKP' || crv !== 'X25519') throw new Error('The key is not on X25519')
  const publicKey = createPublicKey({ key: { kty, crv, x }, format: 'jwk' })
  // An `x` of low order, whose result everybody knows, is refused by OpenSSL.
  const shared = diffieHellman({ privateKey, publicKey })
  const info = [prefixed(Buffer.from(ALGORITHMS.enc)), prefixed(Buffer.alloc(0)), prefixed(apv), uint32(256)]
  const digest = createHash('sha256')
    .update(Buffer.concat([uint32(1), shared, ...info]))
    .digest()
  const key = createSecretKey(digest)
  shared.fill(0)
  digest.fill(0)
  return key
}

export function publicJwk(publicKey: KeyObject): SealingKey {
  const { x } = publicKey.export({ format: 'jwk' }) as JsonWebKey & { x: string }
  return { kty: 'OKP', crv: 'X25519', x }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const prefixed = (bytes: Buffer): Buffer => Buffer.concat([uint32(bytes.length), bytes])
const encode = (text: string): string => Buffer.from(text).toString('base64url')

/** @throws Error unless it is the one way to write these bytes: Node would pass over what does not belong. */
function decode(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.toString('base64url') !== text) throw new Error('It is not base64url')
  return bytes
}
