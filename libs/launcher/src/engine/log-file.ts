import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs'
import { dirname } from 'node:path'

const largest = 32 * 2 ** 20

/** A file of lines that keeps to 64 MiB: at 32 it is renamed to `<file>.1`, in place of the one before, and begun anew. */
export class LogFile {
  readonly #path: string
  #stream: WriteStream
  #size: number

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    this.#path = path
    this.#size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    this.#stream = this.#open()
  }

  write(line: string): void {
    if (this.#size > largest) this.#turn()
    this.#size += Buffer.byteLength(line) + 1
    this.#stream.write(`${line}\n`)
  }

  close(): void {
    this.#stream.end()
  }

  #turn(): void {
    this.#stream.end()
    renameSync(this.#path, `${this.#path}.1`)
    this.#size = 0
    this.#stream = this.#open()
  }

  #open(): WriteStream {
    return createWriteStream(this.#path, { flags: 'a', mode: 0o600 })
  }
}
