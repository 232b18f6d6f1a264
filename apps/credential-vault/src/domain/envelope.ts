import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { decrypt, encrypt, Unopenable } from './aead.ts'
import { bindingOf, ENVELOPE_FORMAT, type EnvelopeSubject } from './binding.ts'
import type { Keyring } from './keyring.ts'

/** A secret at rest: its content under a data key of its own, and that key wrapped by one of the keyring. */
export interface Envelope {
  /** Of the data key. */
  readonly keyId: string
  readonly content: Buffer
  /** Of the keyring's key. */
  readonly wrappingKeyId: string
  readonly wrappedKey: Buffer
}

const DATA_KEY_BYTES = 32

/** Seals under a new data key. The layout is in docs/vault.md. */
export async function sealEnvelope(keyring: Keyring, subject: EnvelopeSubject, plaintext: Buffer): Promise<Envelope> {
  const dataKey = randomBytes(DATA_KEY_BYTES)
  try {
    const key = createSecretKey(dataKey)
    const keyId = keyIdOf(key)
    const content = encrypt(ENVELOPE_FORMAT, key, plaintext, bindingOf('content', subject, [keyId]))
    return { keyId, content, ...(await wrap(keyring, subject, keyId, dataKey)) }
  } finally {
    dataKey.fill(0)
  }
}

/** @throws Unopenable, KeyringError */
export async function openEnvelope(keyring: Keyring, subject: EnvelopeSubject, envelope: Envelope): Promise<Buffer> {
  const { keyId, content } = envelope
  const { dataKey, key } = await unwrap(keyring, subject, envelope)
  dataKey.fill(0)
  return decrypt(ENVELOPE_FORMAT, key, content, bindingOf('content', subject, [keyId]))
}

/** The data key under the keyring's primary key; the content stays as it is. @throws Unopenable, KeyringError */
export async function rewrapEnvelope(
  keyring: Keyring,
  subject: EnvelopeSubject,
  envelope: Omit<Envelope, 'content'>,
): Promise<Pick<Envelope, 'wrappingKeyId' | 'wrappedKey'>> {
  const { dataKey } = await unwrap(keyring, subject, envelope)
  try {
    return await wrap(keyring, subject, envelope.keyId, dataKey)
  } finally {
    dataKey.fill(0)
  }
}

async function wrap(keyring: Keyring, subject: EnvelopeSubject, keyId: string, dataKey: Buffer) {
  const wrappingKeyId = keyring.primary()
  const wrappedKey = await keyring.wrap(wrappingKeyId, dataKey, bindingOf('data key', subject, [keyId, wrappingKeyId]))
  return { wrappingKeyId, wrappedKey }
}

async function unwrap(
  keyring: Keyring,
  subject: EnvelopeSubject,
  { keyId, wrappingKeyId, wrappedKey }: Omit<Envelope, 'content'>,
): Promise<{ dataKey: Buffer; key: KeyObject }> {
  const binding = bindingOf('data key', subject, [keyId, wrappingKeyId])
  const dataKey = await keyring.unwrap(wrappingKeyId, wrappedKey, binding)
  if (dataKey.length !== DATA_KEY_BYTES) throw new Unopenable()
  const key = createSecretKey(dataKey)
  if (keyIdOf(key) !== keyId) throw new Unopenable()
  return { dataKey, key }
}

/** AES-GCM does not commit to its key, so the key's id does: a digest that only this key has. */
const keyIdOf = (dataKey: KeyObject): string =>
  createHmac('sha256', dataKey).update('cartly data key').digest('base64url').slice(0, 22)
