import type { CredentialPurpose } from '@cartly/contracts'

/** What a ciphertext belongs to. Moved to another place, it does not open. */
export interface EnvelopeSubject {
  readonly storeId: string
  readonly ownerId: string
  readonly credentialId: string
  readonly version: number
  readonly purpose: CredentialPurpose | 'sealing_key'
}

export const ENVELOPE_FORMAT = 1

/**
 * The associated data of an envelope's part: each field after its length (32 bits, big-endian), so that no two different
 * subjects give the same bytes. Content and wrapped key name their part and the key they are under.
 */
export function bindingOf(part: 'content' | 'data key', subject: EnvelopeSubject, keyIds: readonly string[]): Buffer {
  const { storeId, ownerId, credentialId, version, purpose } = subject
  const fields = ['cartly', String(ENVELOPE_FORMAT), part, storeId, ownerId, credentialId, String(version), purpose]
  return Buffer.concat([...fields, ...keyIds].flatMap(prefixed))
}

function prefixed(field: string): Buffer[] {
  const bytes = Buffer.from(field)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return [length, bytes]
}
