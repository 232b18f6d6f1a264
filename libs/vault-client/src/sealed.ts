import type { KeyObject } from 'node:crypto'
import { CartlyError, type SealingKey } from '@cartly/contracts'
import { decryptJwe, encryptJwe } from './jwe.ts'

/** What a sealed message is bound to, beside the key that opens it: authenticated, and not secret. */
export interface Binding {
  /** Who is to open it: a service, by name. */
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

const TYPE = 'cartly-sealed'

/**
 * Seals a text to an X25519 key: a compact JWE (RFC 7516) by ECDH-ES with A256GCM, under an ephemeral key of the
 * sender's own. Audience and subject enter the key derivation as PartyVInfo (RFC 7518 section 4.6.2), and stand with the
 * end in the protected header. It does not show who sealed it: the NATS user that may send it does.
 */
export function seal(text: string, to: SealingKey, { audience, subject, expiresAt, keyId }: SealOptions): string {
  return encryptJwe(Buffer.from(text), to, partyOf({ audience, subject }), {
    typ: TYPE,
    aud: audience,
    sub: subject,
    exp: Math.ceil(expiresAt / 1_000),
    ...(keyId === undefined ? {} : { kid: keyId }),
  })
}

/** The private half, or how to find it by the key's id. */
export type UnsealingKey = KeyObject | ((keyId: string) => Promise<KeyObject>)

/**
 * Opens what was sealed to `key`.
 * @throws CartlyError `invalid`, code `sealed_refused`, when it was sealed to another key, for another audience or subject,
 * has ended, or was changed. Which of these it was is not said. What finding the key throws is thrown on.
 */
export async function unseal(sealed: string, key: UnsealingKey, expected: Binding): Promise<string> {
  let missing: unknown
  const find = async ({ kid }: Readonly<Record<string, unknown>>): Promise<KeyObject> => {
    if (typeof key !== 'function') return key
    return key(typeof kid === 'string' ? kid : '').catch((error: unknown) => {
      missing = error
      throw error
    })
  }
  const { plaintext, header } = await decryptJwe(sealed, find).catch(() => {
    throw missing ?? refusal()
  })
  const { typ, aud, sub, exp, apv } = header
  const bound =
    typ === TYPE &&
    aud === expected.audience &&
    sub === expected.subject &&
    apv === partyOf(expected).toString('base64url') &&
    typeof exp === 'number' &&
    exp + CLOCK_TOLERANCE_S > Date.now() / 1_000
  if (!bound) throw refusal()
  return plaintext.toString()
}

const partyOf = ({ audience, subject }: Binding): Buffer => Buffer.from(`${audience}\n${subject}`)

/** The cause is left out: a decryption's error says more than an attacker should learn. */
const refusal = (): CartlyError =>
  new CartlyError('invalid', 'sealed_refused', 'The sealed message cannot be opened: seal it again and send it anew')
