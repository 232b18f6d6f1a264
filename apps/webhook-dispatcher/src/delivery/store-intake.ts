import { rejectedSubject, parseStoreSubject, type StoreEventRejected } from '@cartly/contracts'
import type { Bus } from '@cartly/event-store'
import { AckPolicy, DeliverPolicy, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Unfinished } from '../backlog/unfinished.ts'
import type { EndpointIndex } from '../matching/endpoint-index.ts'
import { isOrdered } from './attempt.ts'
import { deliveryIdOf, type Delivery } from './delivery.ts'
import type { Dispatcher } from './dispatcher.ts'
import { OpenEvents } from './open-events.ts'
import { prepare, PreparedEvent, type Rejection } from './prepared-event.ts'

export interface StoreIntakeOptions {
  readonly bus: Bus
  readonly index: () => EndpointIndex
  readonly dispatcher: Dispatcher
  readonly unfinished: Unfinished
  /** Resolves when this replica may send; until then events are left to others. */
  readonly sending: () => Promise<void>
  readonly onTrouble: (error: unknown) => void
}

/** Shared by the replicas: each event goes to one of them. */
const DURABLE = 'webhook-dispatcher'
const ACK_WAIT_MS = 30_000
/** Events without acknowledgement at most, over all replicas. */
const MAX_ACK_PENDING = 10_000
const READ_AHEAD = 1_000
const MAX_BACKOFF_MS = 5_000
const REJECTED_BODY_BYTES = 4_096

/**
 * Takes the store events in, and acknowledges each once every endpoint that takes it has it, or has it in the backlog.
 * An event that does not fit is published to the ACTIVITY stream with the reason, and stops nothing behind it.
 */
export class StoreIntake {
  readonly #options: StoreIntakeOptions
  readonly #open = new OpenEvents()
  #messages: ConsumerMessages | undefined
  #running: Promise<void> | undefined
  readonly #stopping = Promise.withResolvers<void>()
  #stopped = false

  constructor(options: StoreIntakeOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Leaves what comes from now on to others, until this replica may send again. */
  interrupt(): void {
    this.#messages?.stop()
  }

  /** Takes no more in; what is open stays open. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#stopping.resolve()
    this.#open.close()
    this.#messages?.stop()
    await this.#running
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stopped && !this.#options.bus.nc.isClosed(); failures++) {
      try {
        await Promise.race([this.#options.sending(), this.#stopping.promise])
        if (this.#stopped) return
        this.#messages = await this.#consume()
        for await (const message of this.#messages) {
          await this.#takeIn(message)
          failures = 0
        }
      } catch (error) {
        this.#options.onTrouble(error)
      }
      if (!this.#stopped) await pause(Math.min(100 * 2 ** failures, MAX_BACKOFF_MS))
    }
  }

  async #consume(): Promise<ConsumerMessages> {
    const { js, jsm } = this.#options.bus
    await jsm.consumers.add('STORE', {
      durable_name: DURABLE,
      filter_subject: 'store.>',
      deliver_policy: DeliverPolicy.All,
      ack_policy: AckPolicy.Explicit,
      ack_wait: ACK_WAIT_MS * 1_000_000,
      max_ack_pending: MAX_ACK_PENDING,
      max_deliver: -1,
    })
    const consumer = await js.consumers.get('STORE', DURABLE)
    return consumer.consume({ max_messages: READ_AHEAD })
  }

  async #takeIn(message: JsMsg): Promise<void> {
    const { dispatcher } = this.#options
    const prepared = prepare({
      subject: message.subject,
      data: message.data,
      sequence: message.seq,
      storedAt: message.time.getTime(),
      header: (name) => message.headers?.get(name) || undefined,
    })
    if (!(prepared instanceof PreparedEvent)) return this.#reject(message, prepared)
    const open = this.#open.open(message)
    const endpoints = this.#options.index().match(prepared.storeId, prepared.event, prepared.storedAt)
    const deliveries: Delivery[] = []
    for (const endpoint of endpoints) {
      // What keeps an order is taken in by one replica alone (`OrderedIntake`), from when that was asked for.
      if (isOrdered(endpoint) && prepared.storedAt >= (endpoint.orderedAt ?? 0)) continue
      const delivery: Delivery = {
        id: deliveryIdOf(prepared, endpoint.id),
        endpointId: endpoint.id,
        event: prepared,
        attempt: 1,
        trigger: 'event',
        stored: false,
        mayBegin: () => true,
        safe: () => open.settle(),
        ended: () => undefined,
      }
      open.expect()
      if (message.info.deliveryCount > 1) deliveries.push(delivery)
      else dispatcher.offer(delivery, endpoint)
    }
    if (deliveries.length > 0) this.#options.unfinished.add(deliveries)
    open.settle()
    await this.#open.room()
    await dispatcher.room()
  }

  async #reject(message: JsMsg, { code, reason }: Rejection): Promise<void> {
    const storeId = parseStoreSubject(message.subject)?.storeId ?? message.subject.split('.')[1] ?? 'unknown'
    const fact: StoreEventRejected = {
      storeId,
      subject: message.subject,
      storeSequence: message.seq,
      at: new Date().toISOString(),
      ...idOf(message),
      code,
      reason,
      body: new TextDecoder().decode(message.data.subarray(0, REJECTED_BODY_BYTES)),
    }
    const { js } = this.#options.bus
    await js.publish(rejectedSubject(storeId), JSON.stringify(fact), { msgID: `rejected-${message.seq}` })
    message.ack()
  }
}

/** What the platform called it, if it said so. */
function idOf(message: JsMsg): { eventId?: string } {
  const id = message.headers?.get('Nats-Msg-Id')
  return id ? { eventId: id.slice(0, 128) } : {}
}
