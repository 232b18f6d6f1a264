import { CartlyError } from '@cartly/contracts'
import { AckPolicy, DeliverPolicy, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream'
import type { Bus } from './bus.ts'
import { UndecodableMessage } from './errors.ts'
import { LogMessage } from './log-message.ts'
import { pause } from './pause.ts'
import type { Source } from './source.ts'

export interface ReactorOptions<Record> {
  readonly bus: Bus
  /** Name of the durable consumer, shared by the replicas of the service: `registry-policies`. */
  readonly name: string
  readonly source: Source<Record>
  /**
   * What follows from a record: commands with an id made from the record's sequence, so that reacting twice is reacting
   * once. Called again until it returns, unless it throws a `CartlyError` that trying again would not change.
   */
  react(record: Record): Promise<void>
  readonly onTrouble?: (error: unknown) => void
}

/** A record that nobody works on any more, because its replica or its acknowledgement is lost, comes again after this. */
const ACK_WAIT_MS = 5_000
const WORKING_EVERY_MS = 2_000
const IDLE_HEARTBEAT_MS = 2_000
const MAX_BACKOFF_MS = 5_000
const passing = new Set(['unavailable', 'timeout', 'internal', 'rate_limited'])

/**
 * Carries out policies: when one context says that something happened, another does something about it. At least once,
 * one record at a time and in order, over all replicas; begins with the oldest record there is.
 */
export class Reactor<Record> {
  readonly #options: ReactorOptions<Record>
  readonly #stopping = new AbortController()
  #running: Promise<void> | undefined
  #messages: ConsumerMessages | undefined

  constructor(options: ReactorOptions<Record>) {
    this.#options = options
  }

  /** Begins; returns at once. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Ends after the record at hand. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#messages?.stop()
    await this.#running
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#stopping.signal.aborted && !this.#options.bus.nc.isClosed(); failures++) {
      try {
        this.#messages = await this.#consume()
        for await (const message of this.#messages) {
          if (await this.#handle(message)) message.ack()
          else message.nak()
          failures = 0
        }
      } catch (error) {
        this.#options.onTrouble?.(error)
      }
      await pause(Math.min(100 * 2 ** failures, MAX_BACKOFF_MS), this.#stopping.signal)
    }
  }

  async #consume(): Promise<ConsumerMessages> {
    const { bus, name, source } = this.#options
    await bus.jsm.consumers.add(source.stream, {
      durable_name: name,
      filter_subjects: [...source.filters],
      deliver_policy: DeliverPolicy.All,
      ack_policy: AckPolicy.Explicit,
      ack_wait: ACK_WAIT_MS * 1_000_000,
      max_ack_pending: 1,
      max_deliver: -1,
    })
    const consumer = await bus.js.consumers.get(source.stream, name)
    return consumer.consume({ max_messages: 1, idle_heartbeat: IDLE_HEARTBEAT_MS })
  }

  /** True when the record is done with. */
  async #handle(message: JsMsg): Promise<boolean> {
    const working = setInterval(() => message.working(), WORKING_EVERY_MS)
    try {
      for (let failures = 0; !this.#stopping.signal.aborted; failures++) {
        if (await this.#attempt(message)) return true
        await pause(Math.min(100 * 2 ** failures, MAX_BACKOFF_MS), this.#stopping.signal)
      }
      return false
    } finally {
      clearInterval(working)
    }
  }

  /** True when it succeeded, or would not by trying again. */
  async #attempt(message: JsMsg): Promise<boolean> {
    const { source, react, onTrouble } = this.#options
    try {
      await react(source.decode(LogMessage.delivered(source.stream, message)))
      return true
    } catch (error) {
      onTrouble?.(error)
      if (error instanceof UndecodableMessage) return source.undecodable === 'setAside'
      return error instanceof CartlyError && !passing.has(error.kind)
    }
  }
}
