import type { ExecutionError } from '@cartly/contracts'
import type { CachePolicy } from '@cartly/request-chain'

/** An answer that was given before, or the refusal. */
export type Kept =
  | { readonly status: 'succeeded'; readonly output: unknown }
  | { readonly status: 'failed'; readonly error: ExecutionError }

/** An answer as it is kept, and for how long. */
export interface Entry {
  /** As JSON: one text is far less work for the garbage collector than the hundreds of objects it stands for. */
  readonly kept: string
  /** Milliseconds since the epoch. */
  readonly freshUntil: number
  readonly keptUntil: number
}

/** In characters of JSON, roughly bytes. */
const MAX_SIZE = 64 * 1024 * 1024

/** Answers by key, in this replica's memory; those not asked for longest make room for others. */
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

  keep(key: string, entry: Entry): void {
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
}

/** How an answer is to be kept by the hook's policy; undefined when it is not. */
export function entryOf(
  kept: Kept,
  { freshSeconds, staleSeconds = 0, negativeSeconds }: CachePolicy,
  now: number,
): Entry | undefined {
  const fresh = kept.status === 'succeeded' ? freshSeconds : negativeSeconds
  if (fresh === undefined) return undefined
  const usable = kept.status === 'succeeded' ? Math.max(fresh, staleSeconds) : fresh
  return { kept: JSON.stringify(kept), freshUntil: now + fresh * 1_000, keptUntil: now + usable * 1_000 }
}

const keptIn = ({ kept }: Entry): Kept => JSON.parse(kept) as Kept
const sizeOf = (key: string, { kept }: Entry): number => key.length + kept.length
