import type { ExecutionError } from '@cartly/contracts'
import type { CachePolicy } from '@cartly/request-chain'

/** An answer that was given before, or the refusal. */
export type Kept =
  | { readonly status: 'succeeded'; readonly output: unknown }
  | { readonly status: 'failed'; readonly error: ExecutionError }

interface Entry {
  /** As JSON: one text is far less work for the garbage collector than the hundreds of objects it stands for. */
  readonly kept: string
  /** Milliseconds since the epoch. */
  readonly freshUntil: number
  readonly keptUntil: number
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
    return entry && now < entry.freshUntil ? keptIn(entry) : undefined
  }

  /** What may be given when the service gives nothing. */
  stale(key: string, now: number): unknown {
    const entry = this.#touch(key, now)
    const kept = entry && keptIn(entry)
    return kept?.status === 'succeeded' ? kept.output : undefined
  }

  /** Keeps what the hook's policy says to keep. A refusal does not take the place of an answer that may stand in. */
  keep(key: string, kept: Kept, { freshSeconds, staleSeconds = 0, negativeSeconds }: CachePolicy, now: number): void {
    if (kept.status === 'succeeded') {
      const freshUntil = now + freshSeconds * 1_000
      const keptUntil = Math.max(freshUntil, now + staleSeconds * 1_000)
      this.#put(key, { kept: JSON.stringify(kept), freshUntil, keptUntil })
    } else if (negativeSeconds !== undefined) {
      const until = now + negativeSeconds * 1_000
      this.#put(key, { kept: JSON.stringify(kept), freshUntil: until, keptUntil: until })
    }
  }

  #touch(key: string, now: number): Entry | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#entries.delete(key)
    if (now >= entry.keptUntil) {
      this.#size -= sizeOf(key, entry)
      return undefined
    }
    this.#entries.set(key, entry)
    return entry
  }

  #put(key: string, entry: Entry): void {
    const before = this.#entries.get(key)
    if (before) this.#size -= sizeOf(key, before)
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    this.#size += sizeOf(key, entry)
    for (const [oldest, other] of this.#entries) {
      if (this.#size <= this.#maxSize) break
      this.#entries.delete(oldest)
      this.#size -= sizeOf(oldest, other)
    }
  }
}

const keptIn = ({ kept }: Entry): Kept => JSON.parse(kept) as Kept
const sizeOf = (key: string, { kept }: Entry): number => key.length + kept.length
