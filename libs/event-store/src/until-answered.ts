import { JetStreamApiError } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Bus } from './bus.ts'
import { logRefuses, outcomeUnknown } from './errors.ts'
import { onReconnect } from './on-reconnect.ts'
import { pause } from './pause.ts'

const GIVE_UP_AFTER_MS = 30_000

/**
 * Asks the log until it answers, yes or no: through reconnects, elections of a leader and lost replies. What is asked
 * must be harmless to ask twice.
 * @throws the log's refusal; CartlyError `unavailable` when it cannot store any more, at once, or after 30 seconds without
 * an answer.
 */
export async function untilAnswered<T>({ nc }: Bus, ask: () => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + GIVE_UP_AFTER_MS
  for (let attempt = 0; ; attempt++) {
    try {
      return await beforeReconnect(nc, ask())
    } catch (error) {
      if (isFull(error)) throw logRefuses(error)
      if (!isSilence(error)) throw error
      if (nc.isClosed() || Date.now() > giveUpAt) throw outcomeUnknown(error)
      await pause(Math.min(50 * 2 ** attempt, 1_000))
    }
  }
}

/** What was asked over a connection that is gone is answered no more; waiting for its time-out would be waiting for nothing. */
async function beforeReconnect<T>(nc: NatsConnection, answer: Promise<T>): Promise<T> {
  const reconnected = Promise.withResolvers<never>()
  const forget = onReconnect(nc, () => reconnected.reject(new AskedBeforeReconnect()))
  try {
    return await Promise.race([answer, reconnected.promise])
  } finally {
    forget()
  }
}

class AskedBeforeReconnect extends Error {
  override readonly name = 'AskedBeforeReconnect'
}

/** The client's errors that say nothing of what became of the request, by name: most of their classes are not exported. */
const silences: readonly string[] = [
  'TimeoutError',
  'NoRespondersError',
  // What `js.publish` makes of "no responders", as there are while a cluster has no leader.
  'JetStreamNotEnabled',
  'ConnectionError',
  'ClosedConnectionError',
]

/** Account, server, storage and stream (a full disk is told of as the last): what does not fit now will not in a second. */
const fullCodes: readonly number[] = [10_002, 10_023, 10_047, 10_077]

const isFull = (error: unknown): error is JetStreamApiError =>
  error instanceof JetStreamApiError && fullCodes.includes(error.code)

function isSilence(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AskedBeforeReconnect) return true
  if (error instanceof JetStreamApiError) return error.status >= 500
  if (error.name === 'RequestError') return isSilence(error.cause)
  // A direct get by which no replica feels addressed.
  if (error.name === 'JetStreamStatusError') return 'code' in error && (error.code === 408 || error.code === 503)
  return silences.includes(error.name)
}
