import type { Readable } from 'node:stream'

/** An answer that is more than JSON: headers of its own, a page, a stream. */
export class Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  /** JSON when it is an object; text or a stream go out as they are. */
  readonly body: object | string | Readable | undefined

  constructor(status: number, headers: Readonly<Record<string, string | string[]>>, body?: object | string | Readable) {
    this.status = status
    this.headers = headers
    this.body = body
  }
}
