import type { Adapter, AdapterPayload } from 'oidc-provider'
import { readJsonFile, writeJsonFile } from '../json-file.ts'

interface Entry {
  readonly payload: AdapterPayload
  /** Milliseconds since the epoch; never when absent. */
  readonly expiresAt?: number
}

const SAVE_AFTER_MS = 500

/**
 * Where the authorization server keeps sessions, grants and tokens: in memory without a bound (its own development
 * store forgets after 1,000 entries), and in a file when they shall outlive the process.
 */
export class GrantStore {
  readonly #entries: Map<string, Entry>
  readonly #file: string | undefined
  #saving: NodeJS.Timeout | undefined

  constructor(file: string | undefined) {
    this.#file = file
    this.#entries = new Map(readJsonFile<[string, Entry][]>(file, []))
  }

  /** What the server asks for by the name of each kind of thing it keeps. */
  adapter(kind: string): Adapter {
    const find = (key: string): AdapterPayload | undefined => this.#find(`${kind}:${key}`)
    const findBy = (field: 'uid' | 'userCode', value: string): AdapterPayload | undefined =>
      this.#all(kind).find((payload) => payload[field] === value)
    return {
      upsert: async (id, payload, expiresIn) =>
        this.#set(`${kind}:${id}`, {
          payload,
          ...(expiresIn === undefined ? {} : { expiresAt: Date.now() + expiresIn * 1_000 }),
        }),
      find: async (id) => find(id),
      findByUid: async (uid) => findBy('uid', uid),
      findByUserCode: async (code) => findBy('userCode', code),
      consume: async (id) => {
        const payload = find(id)
        if (payload) payload.consumed = Math.floor(Date.now() / 1_000)
        this.#changed()
      },
      destroy: async (id) => this.#delete(`${kind}:${id}`),
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of this.#entries) {
          if (key.startsWith(`${kind}:`) && payload.grantId === grantId) this.#delete(key)
        }
      },
    }
  }

  /** How many grants are alive, each one a connection that may still be refreshed. */
  get grants(): number {
    return this.#all('Grant').length
  }

  /** Writes what has changed. */
  save(): void {
    clearTimeout(this.#saving)
    this.#saving = undefined
    writeJsonFile(
      this.#file,
      [...this.#entries].filter(([, entry]) => isAlive(entry)),
    )
  }

  #find(key: string): AdapterPayload | undefined {
    const entry = this.#entries.get(key)
    if (!entry || isAlive(entry)) return entry?.payload
    this.#delete(key)
    return undefined
  }

  #all(kind: string): AdapterPayload[] {
    return [...this.#entries]
      .filter(([key, entry]) => key.startsWith(`${kind}:`) && isAlive(entry))
      .map(([, { payload }]) => payload)
  }

  #set(key: string, entry: Entry): void {
    this.#entries.set(key, entry)
    this.#changed()
  }

  #delete(key: string): void {
    this.#entries.delete(key)
    this.#changed()
  }

  #changed(): void {
    if (this.#file === undefined || this.#saving) return
    this.#saving = setTimeout(() => this.save(), SAVE_AFTER_MS)
    this.#saving.unref()
  }
}

const isAlive = ({ expiresAt }: Entry): boolean => expiresAt === undefined || expiresAt > Date.now()
