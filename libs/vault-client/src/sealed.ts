import { CartlyError, type SealingKey } from '@cartly/contracts'
import { CompactEncrypt, compactDecrypt, type CompactJWEHeaderParameters, type CryptoKey } from 'jose'

/** What a sealed message is bound to, beside the key that opens it: all of it is authenticated, none of it is secret. */
export interface Binding {
  /** Who sealed it and who is to open it: services by name. */
  readonly sender: string
  readonly audience: string
  /** What it is for: a request's nonce, or the store, owner and purpose of what is to be stored. */
  readonly subject: string
}

export interface SealOptions extends Binding {
  /** Milliseconds since the epoch after which it is refused. */
  readonly expiresAt: number
  /** Tells the audience which of its keys to take. */
  readonly keyId?: string
}

/** How far the clocks of two services may differ, in seconds (bars.md: five minutes). */
const CLOCK_TOLERANCE_S = 300

const ENCRYPTION = { keyManagementAlgorithms: ['ECDH-ES'], contentEncryptionAlgorithms: ['A256GCM'] }
const TYPE = 'cartly-sealed'

/**
 * Seals a text to an X25519 key: a compact JWE (RFC 7516) by ECDH-ES with A256GCM, under an ephemeral key of the
 * sender's own. Sender and audience enter the key derivation (RFC 7518 section 4.6.2); they, the subject and the end are
 * in the protected header.
 */
export function seal(text: string, to: SealingKey, { sender, audience, subject, expiresAt, keyId }: SealOptions) {
  const header: CompactJWEHeaderParameters = {
    alg: 'ECDH-ES',
    enc: 'A256GCM',
    typ: TYPE,
    iss: sender,
    aud: audience,
    sub: subject,
    exp: Math.ceil(expiresAt / 1_000),
    ...(keyId === undefined ? {} : { kid: keyId }),
  }
  return new CompactEncrypt(Buffer.from(text))
    .setProtectedHeader(header)
    .setKeyManagementParameters({ apu: Buffer.from(sender), apv: Buffer.from(audience) })
    .encrypt(to)
}

/**
 * Opens what was sealed to the public half of `key`.
 * @throws CartlyError `invalid`, code `sealed_refused`, when it was sealed to another key, for another audience or subject,
 * by another sender, has ended, or was changed. Which of these it was is not said.
 */
export async function unseal(sealed: string, key: CryptoKey, expected: Binding): Promise<string> {
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, ENCRYPTION).catch(refuse)
  const { typ, iss, aud, sub, exp, apu, apv } = protectedHeader
  const bound =
    typ === TYPE &&
    iss === expected.sender &&
    aud === expected.audience &&
    sub === expected.subject &&
    apu === base64url(expected.sender) &&
    apv === base64url(expected.audience) &&
    typeof exp === 'number' &&
    exp + CLOCK_TOLERANCE_S > Date.now() / 1_000
  if (!bound) refuse()
  return Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength).toString('utf8')
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url')

/** The cause is left out: a decryption's error says more than an attacker should learn. */
function refuse(): never {
  throw new CartlyError(
    'invalid',
    'sealed_refused',
    'The sealed message cannot be opened: seal it again and send it anew',
  )
}
