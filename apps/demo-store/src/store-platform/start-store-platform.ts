import type { StoreEvent } from '@cartly/contracts'
import { injectTrace, withSpan } from '@cartly/telemetry'
import type { JetStreamClient } from '@nats-io/jetstream'
import { headers, type MsgHdrs } from '@nats-io/transport-node'
import { SpanKind } from '@opentelemetry/api'
import { randomBytes, randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Dice } from '../dice.ts'
import { Shop } from './shop.ts'

export interface StorePlatformSettings {
  /** Connected as the NATS user `store-platform`. */
  readonly js: JetStreamClient
  readonly storeId: string
  /** Events a second; 0.2 by default, 0 to publish by `publishNext` alone. */
  readonly rate?: number
  /** The same seed gives the same events, but for their times; a new one by default. */
  readonly seed?: number
  /** Told of a publication that failed and will be tried again. */
  readonly onFailure?: (error: unknown) => void
}

export interface StorePlatform {
  readonly storeId: string
  /** How many events the stream has acknowledged. */
  readonly published: number
  /** Publishes one more event and returns it when the stream holds it. */
  publishNext(): Promise<StoreEvent>
  /** Publishes no more; resolves when what is under way is done. */
  stop(): Promise<void>
}

const ACK_TIMEOUT_MS = 2_000
const RETRY_MS = 1_000

/** Starts a simulated store platform, which publishes the life of one store as `store.<storeId>.<entity>.<verb>`. */
export function startStorePlatform(settings: StorePlatformSettings): StorePlatform {
  const { js, storeId, rate = 0.2, seed = randomInt(2 ** 32 - 1), onFailure } = settings
  const shop = new Shop({ storeId, run: seed.toString(36), dice: new Dice(seed) })
  const stopped = new AbortController()
  let published = 0

  /** The event keeps its id, so that one published twice is stored once. */
  const publish = async (event: StoreEvent): Promise<void> => {
    await withSpan(
      'send store.*',
      {
        kind: SpanKind.PRODUCER,
        attributes: {
          'messaging.system': 'nats',
          'messaging.operation.name': 'publish',
          'messaging.operation.type': 'send',
          'messaging.destination.template': 'store.*',
          'messaging.message.id': event.id,
        },
      },
      () =>
        js.publish(`store.${storeId}.${event.type}`, JSON.stringify(event), {
          headers: tracedHeaders(),
          msgID: event.id,
          timeout: ACK_TIMEOUT_MS,
        }),
    )
    published += 1
  }

  const publishNext = async (): Promise<StoreEvent> => {
    const event = shop.next()
    await publish(event)
    return event
  }

  const day = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const event = shop.next()
      while (!stopped.signal.aborted) {
        try {
          await publish(event)
          break
        } catch (error) {
          onFailure?.(error)
          await pause(RETRY_MS, stopped.signal)
        }
      }
      await pause(1_000 / rate, stopped.signal)
    }
  }
  const running = rate > 0 ? day() : Promise.resolve()

  return {
    storeId,
    get published() {
      return published
    },
    publishNext,
    async stop() {
      stopped.abort()
      await running
    },
  }
}

/** Waits, but no longer than until `signal`. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {})
}

/** A platform traces its events whether or not the engine's telemetry runs here. */
function tracedHeaders(): MsgHdrs {
  const traced = headers()
  injectTrace(traced)
  if (!traced.has('traceparent')) {
    traced.set('traceparent', `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`)
  }
  return traced
}
