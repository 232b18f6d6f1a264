import { setTimeout as pause } from 'node:timers/promises'
import { checkStoreEvent, parseStoreSubject, type StoreEvent, type StoreId } from '@cartly/contracts'
import type { Bus } from '@cartly/event-store'
import type { Logger } from '@cartly/telemetry'
import { AckPolicy, DeliverPolicy, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'

export interface StoreEventConsumerOptions {
  readonly bus: Bus
  readonly log: Logger
  /** Takes an event over; once it returns, the event is done with here. Called again with the same one if it throws. */
  take(storeId: StoreId, event: StoreEvent): Promise<void>
}

const DURABLE = 'hook-executor'
const ACK_WAIT_MS = 30_000
const AT_ONCE = 200
const MAX_BACKOFF_MS = 5_000

/**
 * Reads the store platform's events, shared among the replicas, each at least once. One that does not fit its schema is
 * passed over: the webhook dispatcher puts those aside and says why.
 */
export class StoreEventConsumer {
  readonly #options: StoreEventConsumerOptions
  readonly #stopping = new AbortController()
  readonly #underWay = new Set<Promise<void>>()
  #messages: ConsumerMessages | undefined
  #running: Promise<void> | undefined

  constructor(options: StoreEventConsumerOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Takes no more events, and ends with those it has. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#messages?.stop()
    await this.#running
    await Promise.all(this.#underWay)
  }

  async #run(): Promise<void> {
    const { bus, log } = this.#options
    for (let failures = 0; !this.#stopping.signal.aborted && !bus.nc.isClosed(); failures++) {
      try {
        this.#messages = await this.#consume()
        for await (const message of this.#messages) {
          failures = 0
          const handled = this.#handle(message).finally(() => this.#underWay.delete(handled))
          this.#underWay.add(handled)
          if (this.#underWay.size >= AT_ONCE) await Promise.race(this.#underWay)
        }
      } catch (error) {
        log.warn('store events cannot be read just now', { error })
      }
      await pause(Math.min(100 * 2 ** failures, MAX_BACKOFF_MS), undefined, { signal: this.#stopping.signal }).catch(
        () => {},
      )
    }
  }

  async #consume(): Promise<ConsumerMessages> {
    const { js, jsm } = this.#options.bus
    await jsm.consumers.add('STORE', {
      durable_name: DURABLE,
      // What was published before the engine's first start is not news to anybody.
      deliver_policy: DeliverPolicy.All,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
      max_ack_pending: 4 * AT_ONCE,
      max_deliver: -1,
    })
    const consumer = await js.consumers.get('STORE', DURABLE)
    return consumer.consume({ max_messages: AT_ONCE })
  }

  async #handle(message: JsMsg): Promise<void> {
    const check = checkStoreEvent(message.subject, message.data)
    const storeId = parseStoreSubject(message.subject)?.storeId as StoreId
    if (!check.ok) {
      message.ack()
      return
    }
    try {
      await this.#options.take(storeId, check.event)
      message.ack()
    } catch (error) {
      this.#options.log.warn('a store event is taken up later', { error, eventId: check.event.id })
      message.nak(1_000)
    }
  }
}
