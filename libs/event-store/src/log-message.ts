import { createHash } from 'node:crypto'
import type { JsMsg, StoredMsg } from '@nats-io/jetstream'
import type { MsgHdrs } from '@nats-io/transport-node'
import { UndecodableMessage } from './errors.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A message of a stream, however it was read. */
export class LogMessage {
  readonly stream: string
  readonly sequence: number
  readonly subject: string
  readonly data: Uint8Array
  readonly #headers: MsgHdrs | undefined
  readonly #timed: { readonly time: Date }

  private constructor(
    stream: string,
    sequence: number,
    message: { subject: string; data: Uint8Array; time: Date },
    headers: MsgHdrs | undefined,
  ) {
    this.stream = stream
    this.sequence = sequence
    this.subject = message.subject
    this.data = message.data
    this.#headers = headers
    this.#timed = message
  }

  static delivered(stream: string, message: JsMsg): LogMessage {
    return new LogMessage(stream, message.seq, message, message.headers)
  }

  static stored(stream: string, message: StoredMsg): LogMessage {
    return new LogMessage(stream, message.seq, message, message.header)
  }

  /** When the server stored it. */
  get time(): Date {
    return this.#timed.time
  }

  /** A header's value, or undefined when it is not there or empty. */
  header(name: string): string | undefined {
    return this.#headers?.get(name) || undefined
  }

  /** @throws UndecodableMessage when the body is not JSON. */
  json(): unknown {
    try {
      return JSON.parse(utf8.decode(this.data))
    } catch (error) {
      throw new UndecodableMessage(this, 'the body is not JSON', error)
    }
  }

  /** What this message is, apart from its place: equal only for the same subject, message id and body. */
  get identity(): string {
    const hash = createHash('sha256')
    hash.update(`${this.subject}\n${this.header('Nats-Msg-Id') ?? ''}\n`)
    return hash.update(this.data).digest('base64url').slice(0, 22)
  }
}
