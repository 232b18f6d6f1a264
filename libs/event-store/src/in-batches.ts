import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream'
import { LogMessage } from './log-message.ts'

/** Messages in the stream's order. */
export interface LogBatch {
  readonly messages: readonly LogMessage[]
  /** How many more there were when the last of these was delivered. */
  readonly pending: number
}

/** A batch ends with the message that takes it over this, so that few large messages do not fill the memory. */
const BATCH_BYTES = 4 * 1024 * 1024

/**
 * Groups what is delivered, until the signal or the end of the delivery. A batch is full, or holds what has come until it
 * was asked for and `ready` resolved.
 */
export async function* inBatches(
  stream: string,
  delivered: ConsumerMessages,
  size: number,
  ready: () => Promise<unknown>,
  signal: AbortSignal,
): AsyncGenerator<LogBatch> {
  const buffer: JsMsg[] = []
  let bytes = 0
  let ended = false
  let failure: unknown
  let arrival = Promise.withResolvers<void>()
  let full = Promise.withResolvers<void>()
  let room = Promise.withResolvers<void>()
  const wake = (): void => {
    delivered.stop()
    arrival.resolve()
    full.resolve()
    room.resolve()
  }
  signal.addEventListener('abort', wake, { once: true })

  const fill = async (): Promise<void> => {
    try {
      let expected = 1
      for await (const message of delivered) {
        // A gap means that the connection dropped some: what is in order is kept, and reading begins anew behind it.
        if (message.info.deliverySequence !== expected++) break
        buffer.push(message)
        bytes += message.data.length
        arrival.resolve()
        if (buffer.length >= size || bytes >= BATCH_BYTES) {
          full.resolve()
          room = Promise.withResolvers()
          await room.promise
        }
        if (signal.aborted) break
      }
    } catch (error) {
      failure = error
    }
    ended = true
    arrival.resolve()
    full.resolve()
  }
  void fill()

  try {
    while (!signal.aborted) {
      if (buffer.length === 0) {
        if (failure) throw failure
        if (ended) return
        arrival = Promise.withResolvers()
        await arrival.promise
        continue
      }
      await Promise.race([full.promise, ready()])
      if (signal.aborted) return
      const taken = buffer.splice(0)
      bytes = 0
      if (!ended) full = Promise.withResolvers()
      room.resolve()
      yield {
        messages: taken.map((message) => LogMessage.delivered(stream, message)),
        pending: taken.at(-1)!.info.pending,
      }
    }
  } finally {
    signal.removeEventListener('abort', wake)
    wake()
  }
}
