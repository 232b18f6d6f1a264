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
  readonly #keys: Map<string, LocalKey>

  /** @throws Error when there is not exactly one primary key, or a key has not 32 bytes. */
  constructor(keys: readonly LocalKey[]) {
    this.#keys = new Map(keys.map((key) => [key.id, key]))
    if (this.#keys.size !== keys.length) throw new Error('The keyring has two keys of one id')
    if (keys.filter(({ state }) => state === 'primary').length !== 1) {
      throw new Error('The keyring must have exactly one primary key')
    }
    for (const { id, state, material } of keys) {
      if (state !== 'destroyed' && material?.length !== KEY_BYTES) {
        throw new Error(`The key ${id} of the keyring must have ${KEY_BYTES} bytes`)
      }
    }
  }

  primary(): string {
    return this.list().find(({ state }) => state === 'primary')!.id
  }

  has(keyId: string): boolean {
    return this.#keys.has(keyId)
  }

  keys(): KeyringKey[] {
    return this.list().map(({ id, state }) => ({ id, state }))
  }

  list(): LocalKey[] {
    return [...this.#keys.values()]
  }

  wrap(keyId: string, dataKey: Buffer, binding: Buffer): Buffer {
    return encrypt(WRAP_FORMAT, this.#material(keyId), dataKey, binding)
  }

  unwrap(keyId: string, wrapped: Buffer, binding: Buffer): Buffer {
    const material = this.#material(keyId)
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

  #material(keyId: string): Buffer {
    const key = this.#keys.get(keyId)
    if (!key) throw new KeyringError('key_unknown', keyId, `The keyring has no key ${keyId}: is it the right keyring?`)
    if (!key.material) throw new KeyringError('key_destroyed', keyId, `The key ${keyId} has been destroyed`)
    return key.material
  }
}
