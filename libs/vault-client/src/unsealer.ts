import type { SealingKey } from '@cartly/contracts'
import { exportJWK, generateKeyPair } from 'jose'
import { unseal, type Binding } from './sealed.ts'

/** An ephemeral X25519 key pair; its private half never leaves the process and cannot be read from it. */
export interface Unsealer {
  /** Goes into the request. */
  readonly publicKey: SealingKey
  /** @throws CartlyError `sealed_refused` */
  open(sealed: string, expected: Binding): Promise<string>
}

export async function createUnsealer(): Promise<Unsealer> {
  const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'X25519' })
  const { x } = await exportJWK(publicKey)
  return {
    publicKey: { kty: 'OKP', crv: 'X25519', x: x as string },
    open: (sealed, expected) => unseal(sealed, privateKey, expected),
  }
}
