import { setTimeout as delay } from 'node:timers/promises'
import { conflict, type KeyringDescription } from '@cartly/contracts'
import type { Logger } from '@cartly/telemetry'
import type { Keyring, RotatableKeyring } from '../domain/keyring.ts'
import type { WrappingKeys } from '../storage/wrapping-keys.ts'

/** Small enough that leases are answered between two of them. */
const BATCH = 200
const LOOK_AGAIN_MS = 200

/** Rotates the keyring's key while the vault serves: add, promote, rewrap, destroy. */
export class Rotation {
  readonly #keyring: Keyring
  readonly #keys: WrappingKeys
  readonly #log: Logger
  #rewrapping: Promise<void> | undefined
  #changed: Promise<unknown> = Promise.resolve()
  #stopped = false

  constructor(keyring: Keyring, keys: WrappingKeys, log: Logger) {
    this.#keyring = keyring
    this.#keys = keys
    this.#log = log
  }

  async describe(): Promise<KeyringDescription> {
    const inUse = await this.#keys.countByKey()
    const primary = this.#keyring.primary()
    const others = [...inUse].filter(([id]) => id !== primary).map(([, count]) => count)
    return {
      keys: this.#keyring.keys().map(({ id, state }) => ({ id, state, inUse: inUse.get(id) ?? 0 })),
      rewrap: {
        running: this.#rewrapping !== undefined || (await this.#keys.isRewrapWanted()),
        remaining: others.reduce((sum, count) => sum + count, 0),
      },
    }
  }

  async add(): Promise<string> {
    return this.#change((keyring) => keyring.add())
  }

  async promote(keyId: string): Promise<KeyringDescription> {
    return this.#change(async (keyring) => {
      await keyring.promote(keyId)
      await this.#keys.admitPrimary()
      return this.describe()
    })
  }

  /** Begins to wrap every data key under the primary key. It goes on in the background, and after a restart. */
  async rewrap(): Promise<KeyringDescription> {
    await this.#keys.wantRewrap()
    this.#begin()
    return this.describe()
  }

  /** Goes on with what was asked for and interrupted. */
  async resume(): Promise<void> {
    if (await this.#keys.isRewrapWanted()) this.#begin()
  }

  /** Resolves when what runs here has ended. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#rewrapping
  }

  /**
   * Forgets an old key, when it wraps nothing any more.
   * @throws CartlyError `conflict`, code `key_in_use`
   */
  async destroy(keyId: string): Promise<KeyringDescription> {
    return this.#change(async (keyring) => {
      if (keyring.primary() === keyId) throw conflict('key_in_use', 'The primary key cannot be destroyed')
      await this.#keys.expel(keyId)
      await keyring.destroy(keyId)
      return this.describe()
    })
  }

  /**
   * One change at a time, here and in other replicas: two that began from the same keyring would lose one, and with it a
   * key that may already have wrapped something.
   */
  async #change<T>(work: (keyring: RotatableKeyring) => Promise<T>): Promise<T> {
    const keyring = rotatable(this.#keyring)
    const mine = this.#changed.then(() =>
      this.#keys.alone(async () => {
        await keyring.refresh()
        return work(keyring)
      }),
    )
    this.#changed = mine.catch(() => undefined)
    return mine
  }

  #begin(): void {
    this.#rewrapping ??= this.#run()
      .catch((error: unknown) => this.#log.warn('rewrapping is put off', { error }))
      .finally(() => (this.#rewrapping = undefined))
  }

  async #run(): Promise<void> {
    let rewrapped = 0
    for (;;) {
      await this.#keys.rewrapSealingKeys()
      for (let some; !this.#stopped && (some = await this.#keys.rewrapSome(BATCH)) > 0; rewrapped += some);
      if (this.#stopped) return
      if ((await this.describe()).rewrap.remaining === 0) break
      // What others had at hand was left to them.
      await delay(LOOK_AGAIN_MS)
    }
    await this.#keys.rewrapDone()
    this.#log.info('every data key is under the primary key', { rewrapped })
  }
}

function rotatable(keyring: Keyring): RotatableKeyring {
  if (isRotatable(keyring)) return keyring
  throw conflict('keyring_elsewhere', 'The keys of this keyring are changed where they are kept')
}

const isRotatable = (keyring: Keyring): keyring is RotatableKeyring => 'promote' in keyring
