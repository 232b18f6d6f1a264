import { generateKeyPairSync } from 'node:crypto'
import type { SealingKey } from '@cartly/contracts'
import { publicJwk } from './jwe.ts'
import { unseal, type Binding } from './sealed.ts'

/** An ephemeral X25519 key pair; its private half never leaves the process. */
export interface Unsealer {
  /** Goes into the request. */
  readonly publicKey: SealingKey
  /** @throws CartlyError `sealed_refused` */
  open(sealed: string, expected: Binding): Promise<string>
}

export function createUnsealer(): Unsealer {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  return { publicKey: publicJwk(publicKey), open: (sealed, expected) => unseal(sealed, privateKey, expected) }
}
