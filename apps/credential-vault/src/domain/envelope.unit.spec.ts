import { describe, expect, test } from '@jest/globals'
import { newId, type StoreId } from '@cartly/contracts'
import { environmentKeyring } from '../keyring/environment-keyring.ts'
import type { EnvelopeSubject } from './binding.ts'
import { openEnvelope, rewrapEnvelope, sealEnvelope, type Envelope } from './envelope.ts'

const keyA = `a:${Buffer.alloc(32, 1).toString('base64')}`
const keyB = `b:${Buffer.alloc(32, 2).toString('base64')}`
const keyring = environmentKeyring(`${keyA},${keyB}`, 'a')
const subject: EnvelopeSubject = {
  storeId: 'store-1' as StoreId,
  ownerId: newId('conn'),
  credentialId: newId('cred'),
  version: 3,
  purpose: 'connector',
}
const plaintext = Buffer.from('{"apiKey":"shippo_live_0123456789"}')

const flipped = (bytes: Buffer, bit: number): Buffer => {
  const changed = Buffer.from(bytes)
  changed[bit >> 3]! ^= 1 << (bit & 7)
  return changed
}

describe('an envelope', () => {
  test('opens as what it was sealed for', async () => {
    const envelope = await sealEnvelope(keyring, subject, plaintext)
    expect(await openEnvelope(keyring, subject, envelope)).toEqual(plaintext)
  })

  test('shares nothing with another of the same content', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => sealEnvelope(keyring, subject, plaintext)))
    expect(one!.keyId).not.toBe(other!.keyId)
    expect(one!.content.subarray(1, 13)).not.toEqual(other!.content.subarray(1, 13))
  })

  test.each(['content', 'wrappedKey'] as const)('does not open when any bit of its %s is flipped', async (part) => {
    const envelope = await sealEnvelope(keyring, subject, plaintext)
    let refused = 0
    for (let bit = 0; bit < envelope[part].length * 8; bit++) {
      const changed: Envelope = { ...envelope, [part]: flipped(envelope[part], bit) }
      await openEnvelope(keyring, subject, changed).catch(() => (refused += 1))
    }
    expect(refused).toBe(envelope[part].length * 8)
  })

  test.each(['content', 'wrappedKey'] as const)('does not open when its %s is cut anywhere', async (part) => {
    const envelope = await sealEnvelope(keyring, subject, plaintext)
    for (let length = 0; length < envelope[part].length; length++) {
      const changed: Envelope = { ...envelope, [part]: envelope[part].subarray(0, length) }
      await expect(openEnvelope(keyring, subject, changed)).rejects.toThrow()
    }
  })

  test.each<[string, Partial<EnvelopeSubject>]>([
    ['store', { storeId: 'store-2' }],
    ['owner', { ownerId: newId('conn') }],
    ['credential', { credentialId: newId('cred') }],
    ['version', { version: 4 }],
    ['purpose', { purpose: 'oauth_tokens' }],
    ['split of the same letters', { storeId: 'store-', ownerId: `1${subject.ownerId}` }],
  ])('does not open as that of another %s', async (_, change) => {
    const envelope = await sealEnvelope(keyring, subject, plaintext)
    await expect(openEnvelope(keyring, { ...subject, ...change }, envelope)).rejects.toThrow()
  })

  test('does not open under another key, nor with the parts of another envelope', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => sealEnvelope(keyring, subject, plaintext)))
    const mixed: Envelope[] = [
      { ...one!, wrappingKeyId: 'b' },
      { ...one!, keyId: other!.keyId },
      { ...one!, content: other!.content },
      { ...one!, wrappedKey: other!.wrappedKey },
      { ...one!, wrappedKey: other!.wrappedKey, keyId: other!.keyId },
    ]
    for (const envelope of mixed) await expect(openEnvelope(keyring, subject, envelope)).rejects.toThrow()
  })

  test('is wrapped anew without its content changing, and opens under the new key alone', async () => {
    const envelope = await sealEnvelope(keyring, subject, plaintext)
    const rotated = environmentKeyring(`${keyA},${keyB}`, 'b')
    const rewrapped = { ...envelope, ...(await rewrapEnvelope(rotated, subject, envelope)) }
    expect(rewrapped.wrappingKeyId).toBe('b')
    expect(await openEnvelope(environmentKeyring(keyB, 'b'), subject, rewrapped)).toEqual(plaintext)
    await expect(openEnvelope(environmentKeyring(keyB, 'b'), subject, envelope)).rejects.toMatchObject({
      code: 'key_unknown',
    })
  })
})
