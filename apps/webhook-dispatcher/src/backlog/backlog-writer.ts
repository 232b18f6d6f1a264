import type { EndpointId } from '@cartly/contracts'
import { setTimeout as pause } from 'node:timers/promises'
import type { Backlog, BacklogChange, BacklogKey } from './backlog.ts'
import type { BacklogRow } from './backlog-row.ts'

type Change = { readonly kind: 'put'; readonly row: BacklogRow } | { readonly kind: 'remove'; readonly row: BacklogKey }

/** Longer than this a change does not wait for others to travel with. */
const GATHER_MS = 4
const MAX_ROWS = 2_000
const MAX_BACKOFF_MS = 2_000

/**
 * Writes to the backlog in batches: each change waits a few milliseconds for company, and what happens while a batch is
 * being written makes the next. A batch that fails is tried again until Postgres takes it.
 */
export class BacklogWriter {
  readonly #backlog: Backlog
  readonly #onTrouble: (error: unknown) => void
  #changes = new Map<string, Change>()
  #ordered = new Set<EndpointId>()
  #stored = Promise.withResolvers<void>()
  #writing: Promise<void> | undefined
  #stopped = false

  constructor(backlog: Backlog, onTrouble: (error: unknown) => void) {
    this.#backlog = backlog
    this.#onTrouble = onTrouble
  }

  /** Resolves when the row is stored. */
  put(row: BacklogRow, ordered: boolean): Promise<void> {
    return this.#add({ kind: 'put', row }, ordered)
  }

  /** Resolves when the row is gone. */
  remove(row: BacklogKey, ordered: boolean): Promise<void> {
    return this.#add({ kind: 'remove', row }, ordered)
  }

  /** Resolves when everything so far is stored; gives up what Postgres does not take within `ms`. */
  async close(ms: number): Promise<void> {
    await Promise.race([this.#writing, pause(ms, undefined, { ref: false })])
    this.#stopped = true
  }

  #add(change: Change, ordered: boolean): Promise<void> {
    // Of several changes of one delivery, the last is what counts.
    this.#changes.set(`${change.row.endpointId}/${change.row.deliveryId}`, change)
    if (ordered) this.#ordered.add(change.row.endpointId)
    this.#writing ??= this.#writeAll()
    return this.#stored.promise
  }

  async #writeAll(): Promise<void> {
    await pause(GATHER_MS)
    while (this.#changes.size > 0 && !this.#stopped) {
      const stored = this.#stored
      const change = this.#take()
      if (await this.#write(change)) stored.resolve()
    }
    this.#writing = undefined
  }

  /** What has gathered; whatever comes from now on has another promise. */
  #take(): BacklogChange {
    const put: BacklogRow[] = []
    const removed: BacklogKey[] = []
    for (const change of this.#changes.values()) {
      if (change.kind === 'put') put.push(change.row)
      else removed.push(change.row)
    }
    const ordered = this.#ordered
    this.#changes = new Map()
    this.#ordered = new Set()
    this.#stored = Promise.withResolvers()
    return { put, removed, ordered }
  }

  /** @returns false when it was given up. */
  async #write({ put, removed, ordered }: BacklogChange): Promise<boolean> {
    for (let from = 0; from < Math.max(put.length, removed.length); from += MAX_ROWS) {
      const part = { put: put.slice(from, from + MAX_ROWS), removed: removed.slice(from, from + MAX_ROWS), ordered }
      for (let failures = 0; !this.#stopped; failures++) {
        try {
          await this.#backlog.write(part)
          break
        } catch (error) {
          this.#onTrouble(error)
          await pause(Math.min(50 * 2 ** failures, MAX_BACKOFF_MS))
        }
      }
    }
    return !this.#stopped
  }
}
