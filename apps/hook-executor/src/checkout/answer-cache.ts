import type { ExecutionError } from '@cartly/contracts'
import type { CachePolicy } from '@cartly/request-chain'

/** An answer that was given before, or the refusal. */
export type Kept =
  | { readonly status: 'succeeded'; readonly output: unknown }
  | { readonly status: 'failed'; readonly error: ExecutionError }

interface Entry {
  readonly kept: Kept
  /** Milliseconds since the epoch. */
  readonly freshUntil: number
  readonly keptUntil: number
  readonly size: number
}

/** In characters of JSON, roughly bytes. */
const MAX_SIZE = 64 * 1024 * 1024

/** Answers of this replica's, by input; those not asked for longest make room for others. */
export class AnswerCache {
  readonly #entries = new Map<string, Entry>()
  readonly #maxSize: number
  #size = 0

  constructor(maxSize: number = MAX_SIZE) {
    this.#maxSize = maxSize
  }

  /** What may be given instead of asking the service. */
  fresh(key: string, now: number): Kept | undefined {
    const entry = this.#touch(key, now)
    return entry && now < entry.freshUntil ? entry.kept : undefined
  }

  /** What may be given when the service gives nothing. */
  stale(key: string, now: number): unknown {
    const entry = this.#touch(key, now)
    return entry?.kept.status === 'succeeded' ? entry.kept.output : undefined
  }

  /** Keeps what the hook's policy says to keep. A refusal does not take the place of an answer that may stand in. */
  keep(key: string, kept: Kept, { freshSeconds, staleSeconds = 0, negativeSeconds }: CachePolicy, now: number): void {
    if (kept.status === 'succeeded') {
      const freshUntil = now + freshSeconds * 1_000
      this.#put(key, { kept, freshUntil, keptUntil: Math.max(freshUntil, now + staleSeconds * 1_000) })
    } else if (negativeSeconds !== undefined) {
      const until = now + negativeSeconds * 1_000
      this.#put(key, { kept, freshUntil: until, keptUntil: until })
    }
  }

  #touch(key: string, now: number): Entry | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#entries.delete(key)
    if (now >= entry.keptUntil) {
      this.#size -= entry.size
      return undefined
    }
    this.#entries.set(key, entry)
    return entry
  }

  #put(key: string, entry: Omit<Entry, 'size'>): void {
    const size = key.length + JSON.stringify(entry.kept).length
    this.#size += size - (this.#entries.get(key)?.size ?? 0)
    this.#entries.delete(key)
    this.#entries.set(key, { ...entry, size })
    for (const [oldest, { size: freed }] of this.#entries) {
      if (this.#size <= this.#maxSize) break
      this.#entries.delete(oldest)
      this.#size -= freed
    }
  }
}
