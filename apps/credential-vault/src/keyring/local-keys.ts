import { createSecretKey, type KeyObject } from 'node:crypto'
import { decrypt, encrypt, Unopenable } from '../domain/aead.ts'
import { KeyringError, type KeyringKey, type KeyState } from '../domain/keyring.ts'

/** A key whose bytes are in this process; a destroyed one has none. */
export interface LocalKey {
  readonly id: string
  readonly state: KeyState
  readonly material: Buffer | null
}

export const KEY_BYTES = 32
const WRAP_FORMAT = 1

/** Wraps by AES-256-GCM in this process: what the file's and the environment's keyring have in common. */
export class LocalKeys {
  readonly #keys: readonly KeyringKey[]
  readonly #material: ReadonlyMap<string, KeyObject | null>

  /** @throws Error when there is not exactly one primary key, or a key has not 32 bytes. */
  constructor(keys: readonly LocalKey[]) {
    if (new Set(keys.map(({ id }) => id)).size !== keys.length) throw new Error('The keyring has two keys of one id')
    if (keys.filter(({ state }) => state === 'primary').length !== 1) {
      throw new Error('The keyring must have exactly one primary key')
    }
    for (const { id, state, material } of keys) {
      if (state !== 'destroyed' && material?.length !== KEY_BYTES) {
        throw new Error(`The key ${id} of the keyring must have ${KEY_BYTES} bytes`)
      }
    }
    this.#keys = keys.map(({ id, state }) => ({ id, state }))
    this.#material = new Map(keys.map(({ id, material }) => [id, material && createSecretKey(material)]))
  }

  primary(): string {
    return this.#keys.find(({ state }) => state === 'primary')!.id
  }

  has(keyId: string): boolean {
    return this.#material.has(keyId)
  }

  keys(): readonly KeyringKey[] {
    return this.#keys
  }

  wrap(keyId: string, dataKey: Buffer, binding: Buffer): Buffer {
    return encrypt(WRAP_FORMAT, this.#find(keyId), dataKey, binding)
  }

  unwrap(keyId: string, wrapped: Buffer, binding: Buffer): Buffer {
    const material = this.#find(keyId)
    try {
      return decrypt(WRAP_FORMAT, material, wrapped, binding)
    } catch (error) {
      if (!(error instanceof Unopenable)) throw error
      throw new KeyringError(
        'unwrap_refused',
        keyId,
        'The wrapped key does not open: it was changed, or belongs elsewhere',
      )
    }
  }

  #find(keyId: string): KeyObject {
    const key = this.#material.get(keyId)
    if (key === undefined) {
      throw new KeyringError('key_unknown', keyId, `The keyring has no key ${keyId}: is it the right keyring?`)
    }
    if (key === null) throw new KeyringError('key_destroyed', keyId, `The key ${keyId} has been destroyed`)
    return key
  }
}
