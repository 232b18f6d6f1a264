import { Readable } from 'node:stream'
import { mayUse, type Caller } from '../auth/caller.ts'
import { liveEventKinds, type LiveEvent } from './live-event.ts'
import type { Watcher } from './live-hub.ts'

/** Bytes that may wait for a slow reader. */
const MAX_WAITING = 256 * 1024
const HEARTBEAT_MS = 15_000

/**
 * Server-sent events (HTML Standard, section 9.2) to one reader. It sees what its scopes allow. When it reads more slowly
 * than things happen, what does not fit is left out and counted in an event `missed`; memory stays bounded. A heartbeat
 * keeps proxies from closing the silence, and the stream ends with the token.
 */
export class EventStream extends Readable implements Watcher {
  readonly tokenId: string
  readonly #caller: Caller
  readonly #heartbeat: NodeJS.Timeout
  readonly #end: NodeJS.Timeout
  #missed = 0

  constructor(caller: Caller) {
    super({ highWaterMark: MAX_WAITING })
    this.#caller = caller
    this.tokenId = caller.tokenId
    this.#heartbeat = setInterval(() => this.#write(': heartbeat\n\n'), HEARTBEAT_MS)
    this.#end = setTimeout(() => this.end(), Math.min(caller.expiresAt - Date.now(), 2 ** 31 - 1))
    this.#write('retry: 3000\nevent: ready\ndata: {}\n\n')
  }

  see({ kind, data }: LiveEvent): void {
    if (!mayUse(this.#caller, liveEventKinds[kind].scopes)) return
    if (!this.#write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`)) this.#missed++
  }

  end(): void {
    this.#stopTimers()
    if (!this.readableEnded && !this.destroyed) this.push(null)
  }

  /** Called when there is room again. */
  override _read(): void {
    if (this.#missed === 0) return
    const text = `event: missed\ndata: {"count":${this.#missed}}\n\n`
    this.#missed = 0
    this.push(text)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#stopTimers()
    callback(error)
  }

  #write(text: string): boolean {
    if (this.destroyed || this.readableLength >= MAX_WAITING) return false
    this.push(text)
    return true
  }

  #stopTimers(): void {
    clearInterval(this.#heartbeat)
    clearTimeout(this.#end)
  }
}
