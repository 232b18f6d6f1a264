import { CartlyError } from '@cartly/contracts'

/**
 * What a key of the keyring may be used for, as in Tink's keysets. Rotation goes: add it `pending`, roll it out
 * everywhere, make it `primary` (the one before becomes `decrypt-only`), wrap everything anew, destroy the old one.
 */
export type KeyState = 'pending' | 'primary' | 'decrypt-only' | 'destroyed'

export interface KeyringKey {
  readonly id: string
  readonly state: KeyState
}

/**
 * The keys that wrap data keys: in a file, in the environment, or in a key service, where they never leave it.
 * `binding` is authenticated with the wrapped key, which unwraps with the same binding only.
 */
export interface Keyring {
  /** The key that wraps; exactly one. */
  primary(): string
  /** Every key that is known, destroyed ones too. */
  keys(): readonly KeyringKey[]
  /** Takes over what has been changed where the keys are kept. Called every few seconds. */
  refresh(): Promise<void>
  /** @throws KeyringError `key_unknown` or `key_destroyed`; `keyServiceAway` */
  wrap(keyId: string, dataKey: Buffer, binding: Buffer): Promise<Buffer>
  /** @throws KeyringError, `unwrap_refused` too: changed, or wrapped for something else */
  unwrap(keyId: string, wrapped: Buffer, binding: Buffer): Promise<Buffer>
}

/** A keyring whose keys can be changed from here. */
export interface RotatableKeyring extends Keyring {
  /** Adds a key, `pending`; returns its id. */
  add(): Promise<string>
  /** Makes a key that is not destroyed the primary one; nothing changes when it is. */
  promote(keyId: string): Promise<void>
  /** Forgets the material of a key that is not primary for good; its id stays, so that what it wrapped is known to be gone. */
  destroy(keyId: string): Promise<void>
}

/**
 * `key_unknown` is never taken for `key_destroyed`: a keyring that is not the right one must not make credentials look
 * deleted.
 */
export type KeyringErrorCode = 'key_unknown' | 'key_destroyed' | 'unwrap_refused'

/** Nothing is wrong with the key or with what it wraps: whoever asked is to ask again. */
export const keyServiceAway = (message: string): CartlyError =>
  new CartlyError('unavailable', KEY_SERVICE_AWAY, message, { retryAfterMs: 1_000 })

export const isKeyServiceAway = (error: unknown): boolean =>
  error instanceof CartlyError && error.code === KEY_SERVICE_AWAY

const KEY_SERVICE_AWAY = 'key_service_unavailable'

export class KeyringError extends Error {
  readonly code: KeyringErrorCode
  readonly keyId: string

  constructor(code: KeyringErrorCode, keyId: string, message: string) {
    super(message)
    this.name = 'KeyringError'
    this.code = code
    this.keyId = keyId
  }
}
