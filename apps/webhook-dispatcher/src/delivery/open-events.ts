import type { JsMsg } from '@nats-io/jetstream'

/** Of the events that are open, their bodies' bytes at most; the next waits in the stream. */
const MAX_BYTES = 64 * 1024 * 1024
const STILL_WORKING_EVERY_MS = 10_000

/** The events that this process has and has not acknowledged. */
export class OpenEvents {
  /** The oldest first. */
  readonly #events = new Set<OpenEvent>()
  readonly #working = setInterval(() => this.#keepOpen(), STILL_WORKING_EVERY_MS / 2).unref()
  #bytes = 0
  #room: PromiseWithResolvers<void> | undefined

  /** Holds the message, until every endpoint has its event. */
  open(message: JsMsg): OpenEvent {
    this.#bytes += message.data.length
    const event = new OpenEvent(message, () => {
      this.#events.delete(event)
      this.#bytes -= message.data.length
      if (this.#bytes < MAX_BYTES) this.#room?.resolve()
    })
    this.#events.add(event)
    return event
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    while (this.#bytes >= MAX_BYTES) await (this.#room = Promise.withResolvers()).promise
  }

  close(): void {
    clearInterval(this.#working)
  }

  /** The server must not hand out again what is being worked on. */
  #keepOpen(): void {
    const since = Date.now() - STILL_WORKING_EVERY_MS
    for (const event of this.#events) {
      if (event.seenAt > since) break
      event.stillWorking()
    }
  }
}

/** An event that is not acknowledged yet: how many endpoints have yet to take it, and itself while it is taken in. */
export class OpenEvent {
  readonly #message: JsMsg
  readonly #closed: () => void
  readonly seenAt = Date.now()
  #left = 1

  constructor(message: JsMsg, closed: () => void) {
    this.#message = message
    this.#closed = closed
  }

  expect(): void {
    this.#left++
  }

  settle(): void {
    if (--this.#left > 0) return
    this.#closed()
    this.#message.ack()
  }

  stillWorking(): void {
    this.#message.working()
  }
}
