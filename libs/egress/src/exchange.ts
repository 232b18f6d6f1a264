import type { Timings } from './egress-error.ts'

/** Header names in lower case; a header that came more than once is a list. */
export type ResponseHeaders = Record<string, string | string[]>

/** An answer from the outside, whatever its status. */
export interface HttpResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  /** The body's first bytes, up to the limit that was asked for. */
  readonly body: Buffer
  /** Whether the body went on past the limit; the rest was not read. */
  readonly truncated: boolean
  readonly timings: Timings
}

/** Collects a body up to a limit. */
export class CappedBody {
  readonly #limit: number
  readonly #chunks: Buffer[] = []
  #size = 0
  #truncated = false

  /** @param limit in bytes */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Takes a chunk; answers `false` once the limit is passed and nothing more is wanted. */
  take(chunk: Buffer): boolean {
    const room = this.#limit - this.#size
    if (chunk.length > room) this.#truncated = true
    const part = this.#truncated ? chunk.subarray(0, room) : chunk
    if (part.length > 0) this.#chunks.push(part)
    this.#size += part.length
    return !this.#truncated
  }

  /** Ends the body here although more was coming. */
  cut(): void {
    this.#truncated = true
  }

  get truncated(): boolean {
    return this.#truncated
  }

  get bytes(): Buffer {
    return this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks, this.#size)
  }
}
