import type { Bus } from '@cartly/event-store'
import { AckPolicy, DeliverPolicy, type Consumer, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Roster } from './roster.ts'

/** How many attempts may be in flight: for an endpoint, and for all endpoints of a store together. */
export interface Slots {
  readonly perEndpoint: number
  readonly perStore: number
}

export interface FleetOptions {
  readonly bus: Bus
  /** What all replicas together may have in flight. */
  readonly limits: Slots
  /** Whether no more is in flight than `onSlots` said last. */
  readonly withinSlots: () => boolean
  /** From now on this replica may have so much in flight. */
  readonly onSlots: (slots: Slots) => void
  /** Others will send in this replica's place: nothing may be in flight any more. */
  readonly onLeaseLost: () => void
  /** A message of the stream that is not about members. Those that there are come before the first slot is given. */
  readonly onMessage: (message: JsMsg) => void
  readonly onTrouble: (error: unknown) => void
}

export const STREAM = 'FLEET'
export const SUBJECTS = 'fleet.webhook-dispatcher'

const BEAT_EVERY_MS = 1_000
/** A member's last word leaves the stream after this time, by the server's clock: then the others deal with its share. */
const LEASE_SECONDS = 6
/** For the member itself its lease ends earlier, so that what it has called off has ended before. */
const LEASE_MARGIN_MS = 1_000
/** Without its own beat coming back for so long, reading begins anew. */
const SILENT_AFTER_MS = 2_500
const BACKOFF_MS = 250
const NOTHING: Slots = { perEndpoint: 0, perStore: 0 }

/** What a member says. Its farewell has no body, nor has the mark that the server leaves of what it has dropped. */
interface Beat {
  readonly number: number
  /** The members that it reckons with. */
  readonly acknowledged: readonly string[]
}

/**
 * This replica among those that deliver webhooks: what of the common limits is its own.
 *
 * Every member says each second, in a stream that all read, that it is there and with whom it reckons (`Roster`). The
 * lease that this renews counts from when a beat was sent, and only once it has come back: so a member that cannot
 * publish, or cannot read, stops by itself before the server drops its last word and the others take its share.
 */
export class Fleet {
  readonly #options: FleetOptions
  #roster = newRoster()
  /** The last message of the stream that has been read. */
  #position = 0
  /** This member's own last message. */
  #sequence = 0
  /** All who were there when this member came are known. */
  #complete = false
  #admitted = false
  /** When beats were sent that have not come back, by number; of a clock that is never set. */
  readonly #sent = new Map<number, number>()
  #beats = 0
  #heardAt = 0
  #leasedUntil = 0
  #slots = NOTHING
  #sending = Promise.withResolvers<void>()
  /** What is being read; what still comes of another is not looked at. */
  #messages: ConsumerMessages | undefined
  #heart: NodeJS.Timeout | undefined
  #fence: NodeJS.Timeout | undefined
  #reading: Promise<void> | undefined
  #stopped = false

  constructor(options: FleetOptions) {
    this.#options = options
  }

  start(): void {
    this.#reading ??= this.#read()
    this.#heart = setInterval(() => this.#beat(), BEAT_EVERY_MS).unref()
  }

  /** Whether an attempt may begin now. */
  maySend(): boolean {
    return this.#slots.perEndpoint > 0 && performance.now() < this.#leasedUntil
  }

  /** Resolves when attempts may begin. */
  async sending(): Promise<void> {
    while (this.#slots.perEndpoint === 0 && !this.#stopped) await this.#sending.promise
  }

  /** To be called when nothing is in flight: what was its share is the others' at once. */
  async leave(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#heart)
    clearTimeout(this.#fence)
    this.#sending.resolve()
    this.#readAnew(this.#position)
    await this.#reading
    const { js } = this.#options.bus
    await js
      .publish(memberSubject(this.#roster.id), '', { ttl: `${LEASE_SECONDS}s`, timeout: BEAT_EVERY_MS })
      .catch(this.#options.onTrouble)
  }

  async #read(): Promise<void> {
    const { bus, onTrouble } = this.#options
    while (!this.#stopped && !bus.nc.isClosed()) {
      try {
        const after = this.#position
        const consumer = await this.#consumer(after)
        const messages = await consumer.consume()
        // Meanwhile it may have lapsed, or be leaving.
        if (this.#position === after && !this.#stopped) await this.#follow(messages)
        messages.stop()
        consumer.delete().catch(() => undefined)
      } catch (error) {
        onTrouble(error)
      }
      if (!this.#stopped) await pause(BACKOFF_MS)
    }
  }

  async #follow(messages: ConsumerMessages): Promise<void> {
    this.#messages = messages
    this.#heardAt = performance.now()
    this.#beat()
    for await (const message of messages) {
      if (this.#messages !== messages) return
      this.#take(message)
    }
  }

  async #consumer(after: number): Promise<Consumer> {
    const { js, jsm } = this.#options.bus
    const info = await jsm.consumers.add(STREAM, {
      name: `fleet_${randomUUID().replaceAll('-', '')}`,
      filter_subject: `${SUBJECTS}.>`,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: after + 1,
      ack_policy: AckPolicy.None,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: nanos(60_000),
    })
    return js.consumers.getConsumerFromInfo(info)
  }

  #take(message: JsMsg): void {
    this.#position = message.seq
    const [, , kind, id = ''] = message.subject.split('.')
    if (kind === 'member') this.#heard(id, message)
    else this.#options.onMessage(message)
    this.#complete ||= this.#sequence > 0 && message.info.pending === 0
    this.#admitted ||= this.#complete && this.#roster.welcome
    this.#deal()
    if (kind === 'member' && this.#options.withinSlots() && this.#roster.acknowledge()) this.#beat()
  }

  #heard(id: string, message: JsMsg): void {
    const beat = message.data.length > 0 ? message.json<Beat>() : undefined
    if (id === this.#roster.id) {
      if (beat) this.#renewed(message.seq, beat.number)
      else this.#lapse()
    } else if (beat) this.#roster.heard(id, beat.acknowledged)
    else this.#roster.gone(id)
  }

  #renewed(sequence: number, number: number): void {
    this.#sequence = sequence
    this.#heardAt = performance.now()
    const sentAt = this.#sent.get(number)
    if (sentAt === undefined) return
    for (const older of this.#sent.keys()) if (older <= number) this.#sent.delete(older)
    this.#leasedUntil = sentAt + LEASE_SECONDS * 1_000 - LEASE_MARGIN_MS
    clearTimeout(this.#fence)
    this.#fence = setTimeout(() => this.#lapse(), this.#leasedUntil - this.#heardAt).unref()
  }

  #beat(): void {
    const now = performance.now()
    if (now - this.#heardAt > SILENT_AFTER_MS) this.#readAnew(this.#leasedUntil === 0 ? 0 : this.#position)
    if (this.#options.withinSlots()) this.#roster.acknowledge()
    const number = ++this.#beats
    this.#sent.set(number, now)
    const beat: Beat = { number, acknowledged: this.#roster.acknowledged }
    const { js } = this.#options.bus
    js.publish(memberSubject(this.#roster.id), JSON.stringify(beat), {
      ttl: `${LEASE_SECONDS}s`,
      timeout: BEAT_EVERY_MS,
      // A beat that was under way for longer than the lease brings nobody back.
      expect: { lastSubjectSequence: this.#sequence },
    }).catch(() => undefined)
  }

  /** Gives out what is this member's share, where that has changed. */
  #deal(): void {
    const { limits, onSlots } = this.#options
    const share = this.#admitted
      ? { perEndpoint: this.#roster.share(limits.perEndpoint), perStore: this.#roster.share(limits.perStore) }
      : NOTHING
    // Where a limit has fewer slots than there are members, some stand by.
    const slots = share.perEndpoint > 0 && share.perStore > 0 ? share : NOTHING
    const before = this.#slots
    if (slots.perEndpoint === before.perEndpoint && slots.perStore === before.perStore) return
    this.#slots = slots
    onSlots(slots)
    if (slots === NOTHING) this.#sending = Promise.withResolvers()
    else this.#sending.resolve()
  }

  /** It is a member no more, and comes again as another. */
  #lapse(): void {
    clearTimeout(this.#fence)
    this.#roster = newRoster()
    this.#sequence = 0
    this.#sent.clear()
    this.#leasedUntil = 0
    this.#complete = false
    this.#admitted = false
    this.#deal()
    this.#options.onLeaseLost()
    this.#readAnew(0)
  }

  #readAnew(after: number): void {
    this.#position = after
    this.#messages?.stop()
    this.#messages = undefined
  }
}

/** Those who came first have the first ranks, as far as their clocks agree; nothing but that depends on it. */
const newRoster = (): Roster => new Roster(`${Date.now().toString(36)}-${randomUUID()}`)

const memberSubject = (id: string): string => `${SUBJECTS}.member.${id}`
