import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { compactDecrypt, importJWK, type CryptoKey, type JWK } from 'jose'
import { seal, unseal } from './sealed.ts'
import { createUnsealer, type Unsealer } from './unsealer.ts'

const binding = { audience: 'hook-executor', subject: 'nonce-0123456789' }
const later = () => Date.now() + 60_000

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

describe('a sealed message', () => {
  let unsealer: Unsealer
  beforeAll(async () => {
    unsealer = await createUnsealer()
  })
  const refused = { kind: 'invalid', code: 'sealed_refused' }

  test('opens for its audience and subject', async () => {
    const sealed = await seal('secret', unsealer.publicKey, { ...binding, expiresAt: later() })
    expect(await unsealer.open(sealed, binding)).toBe('secret')
  })

  test.each([
    ['audience', { ...binding, audience: 'webhook-dispatcher' }],
    ['subject', { ...binding, subject: 'nonce-9876543210' }],
  ])('is refused for another %s', async (_, expected) => {
    const sealed = await seal('secret', unsealer.publicKey, { ...binding, expiresAt: later() })
    await expect(unsealer.open(sealed, expected)).rejects.toMatchObject(refused)
  })

  test('is refused by another key', async () => {
    const sealed = await seal('secret', (await createUnsealer()).publicKey, { ...binding, expiresAt: later() })
    await expect(unsealer.open(sealed, binding)).rejects.toMatchObject(refused)
  })

  test('is refused after its end, and what clocks may differ', async () => {
    const minutes = 60_000
    const late = await seal('secret', unsealer.publicKey, { ...binding, expiresAt: Date.now() - 6 * minutes })
    const skewed = await seal('secret', unsealer.publicKey, { ...binding, expiresAt: Date.now() - 4 * minutes })
    await expect(unsealer.open(late, binding)).rejects.toMatchObject(refused)
    expect(await unsealer.open(skewed, binding)).toBe('secret')
  })

  test('is refused when any character of it is changed', async () => {
    const sealed = await seal('secret', unsealer.publicKey, { ...binding, expiresAt: later() })
    const opened: number[] = []
    for (let at = 0; at < sealed.length; at++) {
      if (sealed[at] === '.') continue
      // The high bit: the low ones of a part's last character may stand for nothing.
      const other = alphabet[alphabet.indexOf(sealed[at]!) ^ 32]
      const changed = `${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`
      await unsealer.open(changed, binding).then(
        () => opened.push(at),
        () => undefined,
      )
    }
    expect(opened).toEqual([])
  })
})

interface Group {
  readonly private: JWK
  readonly tests: readonly { tcId: number; jwe: unknown; pt?: string; result: string }[]
}

// Project Wycheproof, read in place; its folder is no part of the repository.
const file = fileURLToPath(new URL('../../../../shared/vectors/wycheproof-json_web_encryption.json', import.meta.url))

describe('JWE', () => {
  ;(existsSync(file) ? test : test.skip)(
    'agrees with Wycheproof in what is offered, and refuses all else',
    async () => {
      const { testGroups } = JSON.parse(readFileSync(file, 'utf8')) as { testGroups: Group[] }
      let applicable = 0
      let refused = 0
      for (const { private: jwk, tests } of testGroups) {
        for (const { tcId, jwe, pt, result } of tests) {
          const text = String(jwe)
          const key = (await importJWK({ ...jwk, alg: jwk.alg ?? 'ECDH-ES' }).catch(() => undefined)) as
            | CryptoKey
            | undefined
          if (isOurs(text)) {
            applicable++
            const { plaintext } = await compactDecrypt(text, key!, {
              keyManagementAlgorithms: ['ECDH-ES'],
              contentEncryptionAlgorithms: ['A256GCM'],
            }).catch(() => ({ plaintext: undefined }))
            expect([tcId, plaintext && Buffer.from(plaintext).toString('hex')]).toEqual([
              tcId,
              result === 'valid' ? pt : undefined,
            ])
          }
          await unseal(text, key as CryptoKey, binding).catch(() => refused++)
        }
      }
      expect({ applicable, refused }).toEqual({ applicable: 1, refused: 139 })
    },
  )
})

function isOurs(jwe: string): boolean {
  try {
    const header = JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString()) as {
      alg?: string
      enc?: string
    }
    return header.alg === 'ECDH-ES' && header.enc === 'A256GCM'
  } catch {
    return false
  }
}
