import { setTimeout as delay } from 'node:timers/promises'
import { conflict, type KeyringDescription } from '@cartly/contracts'
import type { Logger } from '@cartly/telemetry'
import type { Keyring, RotatableKeyring } from '../domain/keyring.ts'
import type { DataKeyRef } from '../storage/data-keys.ts'
import type { WrappingKeys } from '../storage/wrapping-keys.ts'

/** Small enough that leases are answered between two of them. */
const BATCH = 200
const LOOK_AGAIN_MS = 200
/** How many of those that stay behind a log line names. */
const NAMED = 20

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
    await this.#keys.refresh()
    const inUse = await this.#keys.countByKey()
    return {
      keys: this.#keyring.keys().map(({ id, state }) => ({ id, state, inUse: inUse.get(id) ?? 0 })),
      rewrap: {
        running: this.#rewrapping !== undefined || (await this.#keys.isRewrapWanted()),
        remaining: remaining(inUse, this.#keyring),
      },
    }
  }

  async add(): Promise<string> {
    return this.#change((keyring) => keyring.add())
  }

  /** @throws KeyringError `key_unknown`, `key_destroyed` */
  async promote(keyId: string): Promise<KeyringDescription> {
    return this.#change(async (keyring) => {
      // Before it wraps: what it wraps refers to it.
      if (keyring.keys().some(({ id }) => id === keyId)) await this.#keys.admit(keyId)
      await keyring.promote(keyId)
      return this.describe()
    })
  }

  /** Begins to wrap every data key under the primary key. It goes on in the background, and after a restart. */
  async rewrap(): Promise<KeyringDescription> {
    await this.#keys.refresh()
    await this.#keys.wantRewrap()
    this.#begin()
    return this.describe()
  }

  /** Goes on with what was asked for and interrupted, here or at another replica. */
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
   * @throws CartlyError `conflict`, code `key_in_use`; KeyringError `key_unknown`
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
        await this.#keys.refresh()
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
      const unopenable: DataKeyRef[] = []
      for (const keyId of await this.#keys.others()) {
        let last: DataKeyRef | undefined
        do {
          if (this.#stopped) return
          const some = await this.#keys.rewrapSome(keyId, last, BATCH)
          rewrapped += some.rewrapped
          unopenable.push(...some.unopenable)
          last = some.last
        } while (last)
      }
      if (remaining(await this.#keys.countByKey(), this.#keyring) <= unopenable.length)
        return this.#done(rewrapped, unopenable)
      // What others had at hand was left to them.
      await delay(LOOK_AGAIN_MS)
    }
  }

  async #done(rewrapped: number, unopenable: readonly DataKeyRef[]): Promise<void> {
    await this.#keys.rewrapDone()
    if (unopenable.length === 0) return this.#log.info('every data key is under the primary key', { rewrapped })
    const named = unopenable.slice(0, NAMED).map(({ credentialId, version }) => `${credentialId} version ${version}`)
    this.#log.error('data keys that do not open keep their old wrap', { rewrapped, left: unopenable.length, named })
  }
}

/** How many data keys are under another key than the primary one. */
const remaining = (inUse: ReadonlyMap<string, number>, keyring: Keyring): number =>
  [...inUse].reduce((sum, [id, count]) => (id === keyring.primary() ? sum : sum + count), 0)

function rotatable(keyring: Keyring): RotatableKeyring {
  if (isRotatable(keyring)) return keyring
  throw conflict('keyring_elsewhere', 'The keys of this keyring are changed where they are kept')
}

const isRotatable = (keyring: Keyring): keyring is RotatableKeyring => 'promote' in keyring
