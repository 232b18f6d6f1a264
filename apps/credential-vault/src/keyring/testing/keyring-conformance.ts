import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import type { Keyring } from '../../domain/keyring.ts'

export interface KeyringUnderTest {
  readonly keyring: Keyring
  stop?(): Promise<unknown>
}

/** What every keyring must do, wherever its keys are. */
export function keyringConformance(name: string, start: () => Promise<KeyringUnderTest>): void {
  describe(`the ${name} keyring`, () => {
    let subject: KeyringUnderTest
    let keyring: Keyring
    const dataKey = randomBytes(32)
    const binding = Buffer.from('store-1\0connector')
    beforeAll(async () => {
      subject = await start()
      keyring = subject.keyring
    })
    afterAll(() => subject.stop?.())

    test('has one primary key, and lists it', () => {
      const primaries = keyring.keys().filter(({ state }) => state === 'primary')
      expect(primaries.map(({ id }) => id)).toEqual([keyring.primary()])
    })

    test('unwraps what it has wrapped, with the same binding', async () => {
      const wrapped = await keyring.wrap(keyring.primary(), dataKey, binding)
      expect(wrapped.includes(dataKey)).toBe(false)
      expect(await keyring.unwrap(keyring.primary(), wrapped, binding)).toEqual(dataKey)
    })

    test('wraps differently each time', async () => {
      const [one, other] = await Promise.all([1, 2].map(() => keyring.wrap(keyring.primary(), dataKey, binding)))
      expect(one).not.toEqual(other)
    })

    test('refuses another binding', async () => {
      const wrapped = await keyring.wrap(keyring.primary(), dataKey, binding)
      const unwrapped = keyring.unwrap(keyring.primary(), wrapped, Buffer.from('store-2\0connector'))
      await expect(unwrapped).rejects.toMatchObject({ name: 'KeyringError', code: 'unwrap_refused' })
    })

    test('refuses what was changed anywhere', async () => {
      const wrapped = await keyring.wrap(keyring.primary(), dataKey, binding)
      for (const at of [0, Math.floor(wrapped.length / 2), wrapped.length - 3]) {
        const changed = Buffer.from(wrapped)
        changed[at]! ^= 1
        const unwrapped = keyring.unwrap(keyring.primary(), changed, binding)
        // A key service finds its key by what stands at the beginning, and may see no more than that it has none.
        const code = at === 0 ? expect.any(String) : 'unwrap_refused'
        await expect(unwrapped).rejects.toMatchObject({ code })
      }
    })

    test('does not know a key that it has not got', async () => {
      const unwrapped = keyring.unwrap('no-such-key', Buffer.alloc(80), binding)
      await expect(unwrapped).rejects.toMatchObject({ code: 'key_unknown' })
    })
  })
}
