import type { ConsumerMessages } from '@nats-io/jetstream'
import type { Bus } from './bus.ts'
import { StreamBehindReadModel } from './errors.ts'
import { inBatches, type LogBatch } from './in-batches.ts'
import { onReconnect } from './on-reconnect.ts'
import { openConsumer } from './open-consumer.ts'
import { pause } from './pause.ts'
import { checkPosition, type Position } from './position.ts'

export interface FollowOptions {
  readonly stream: string
  /** Subjects, with wildcards; they must not overlap. */
  readonly filters: readonly string[]
  readonly after: Position
  /** At most so many messages in a batch; about twice as many are read ahead. */
  readonly batchSize: number
  readonly signal: AbortSignal
  /** Asked for each batch that is not full: it is held, for more to come, until this resolves. By default it is not held. */
  readonly ready?: () => Promise<unknown>
  /** Told of what keeps the stream from being read; it is tried again until it can be. */
  readonly onTrouble?: ((error: unknown) => void) | undefined
}

const IDLE_HEARTBEAT_MS = 2_000
const PULL_EXPIRES_MS = 30_000

/**
 * Reads a stream from a position on, for ever: each message once, in order, none left out. A batch is what has arrived
 * when it is asked for, so that a quiet stream has no delay and a busy one has full batches.
 * The first batch is empty when there is nothing to read yet.
 *
 * Nothing is acknowledged: the reader's own position is the only one. After every interruption the position is compared
 * with the stream, and reading begins anew behind it.
 * @throws StreamBehindReadModel when the stream has not got what was read from it.
 */
export async function* follow(bus: Bus, options: FollowOptions): AsyncGenerator<LogBatch> {
  let position = options.after
  let failures = 0
  while (!options.signal.aborted && !bus.nc.isClosed()) {
    try {
      for await (const batch of readUntilInterrupted(bus, { ...options, after: position })) {
        const last = batch.messages.at(-1)
        yield batch
        failures = 0
        if (last) position = { sequence: last.sequence, identity: last.identity }
      }
    } catch (error) {
      if (error instanceof StreamBehindReadModel) throw error
      options.onTrouble?.(error)
      await pause(Math.min(100 * 2 ** failures++, 5_000), options.signal)
    }
  }
}

async function* readUntilInterrupted(bus: Bus, options: FollowOptions): AsyncGenerator<LogBatch> {
  const { stream, filters, after, batchSize, ready = () => Promise.resolve() } = options
  await checkPosition(bus, stream, after)
  const consumer = await openConsumer(bus, stream, filters, after.sequence + 1)
  const delivered = await consumer.consume({
    max_messages: batchSize,
    expires: PULL_EXPIRES_MS,
    idle_heartbeat: IDLE_HEARTBEAT_MS,
  })
  const waiting = (await consumer.info(true)).num_pending
  const interruption = new AbortController()
  const interrupt = (): void => interruption.abort()
  const forget = onReconnect(bus.nc, interrupt)
  void onLoss(delivered, interrupt)
  try {
    if (waiting === 0) yield { messages: [], pending: 0 }
    yield* inBatches(stream, delivered, batchSize, ready, AbortSignal.any([options.signal, interruption.signal]))
  } finally {
    forget()
    interrupt()
    // Otherwise the server would keep it for five idle minutes more.
    consumer.delete().catch(() => undefined)
  }
}

/** Signs that the server has forgotten the consumer: it restarted, or the node that held it is gone. */
const losses: readonly string[] = ['heartbeats_missed', 'consumer_deleted', 'consumer_not_found', 'no_responders']

async function onLoss(delivered: ConsumerMessages, interrupt: () => void): Promise<void> {
  for await (const { type } of delivered.status()) if (losses.includes(type)) interrupt()
}
