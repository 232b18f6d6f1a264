import { createSecretKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { decrypt } from './aead.ts'

interface Group {
  readonly keySize: number
  readonly ivSize: number
  readonly tagSize: number
  readonly tests: readonly Vector[]
}
interface Vector {
  readonly tcId: number
  readonly result: 'valid' | 'invalid'
  readonly key: string
  readonly iv: string
  readonly aad: string
  readonly msg: string
  readonly ct: string
  readonly tag: string
}

// Project Wycheproof, read in place; its folder is no part of the repository.
const file = fileURLToPath(new URL('../../../../../shared/vectors/wycheproof-aes_gcm.json', import.meta.url))
const present = existsSync(file)

const hex = (text: string): Buffer => Buffer.from(text, 'hex')

describe('AES-256-GCM', () => {
  ;(present ? test : test.skip)('agrees with every Wycheproof vector of its sizes', () => {
    const { testGroups } = JSON.parse(readFileSync(file, 'utf8')) as { testGroups: Group[] }
    const ours = testGroups.filter(
      ({ keySize, ivSize, tagSize }) => keySize === 256 && ivSize === 96 && tagSize === 128,
    )
    const vectors = ours.flatMap(({ tests }) => tests)
    const opened = ({ key, iv, aad, ct, tag }: Vector): string | undefined => {
      try {
        const sealed = Buffer.concat([Buffer.of(1), hex(iv), hex(ct), hex(tag)])
        return decrypt(1, createSecretKey(hex(key)), sealed, hex(aad)).toString('hex')
      } catch {
        return undefined
      }
    }
    const wrong = vectors.filter((vector) => opened(vector) !== (vector.result === 'valid' ? vector.msg : undefined))
    // Left out are the 250 of other sizes: 128 and 192 bit keys, and nonces that are not of 96 bits.
    expect([vectors.length, testGroups.flatMap(({ tests }) => tests).length]).toEqual([66, 316])
    expect(wrong.map(({ tcId }) => tcId)).toEqual([])
  })
})
