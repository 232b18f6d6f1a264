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

/** Groups what is delivered while the reader is busy, until the signal or the end of the delivery. */
export async function* inBatches(
  stream: string,
  delivered: ConsumerMessages,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<LogBatch> {
  const buffer: JsMsg[] = []
  let ended = false
  let failure: unknown
  let arrival = Promise.withResolvers<void>()
  let room = Promise.withResolvers<void>()
  const wake = (): void => {
    delivered.stop()
    arrival.resolve()
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
        arrival.resolve()
        if (buffer.length >= size) {
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
  }
  void fill()

  try {
    while (!signal.aborted) {
      const taken = take(buffer, size)
      const last = taken.at(-1)
      if (last) {
        room.resolve()
        yield { messages: taken.map((message) => LogMessage.delivered(stream, message)), pending: last.info.pending }
      } else if (ended) {
        if (failure) throw failure
        return
      } else {
        arrival = Promise.withResolvers()
        await arrival.promise
      }
    }
  } finally {
    signal.removeEventListener('abort', wake)
    wake()
  }
}

function take(buffer: JsMsg[], size: number): JsMsg[] {
  let count = 0
  for (let bytes = 0; count < buffer.length && count < size && bytes < BATCH_BYTES; count++) {
    bytes += buffer[count]!.data.length
  }
  return buffer.splice(0, count)
}
