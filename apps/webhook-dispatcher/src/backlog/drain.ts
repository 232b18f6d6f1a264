import type { EndpointId } from '@cartly/contracts'
import { setTimeout as pause } from 'node:timers/promises'
import { isOrdered } from '../delivery/attempt.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { Dispatcher } from '../delivery/dispatcher.ts'
import { DEFAULT_TIMEOUT_MS } from '../delivery/sender.ts'
import type { EndpointLanes } from '../delivery/endpoint-lanes.ts'
import type { PreparedEvent } from '../delivery/prepared-event.ts'
import { Pace } from '../domain/pace.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import type { Backlog, BacklogKey } from './backlog.ts'
import type { BacklogRow } from './backlog-row.ts'
import type { BacklogWriter } from './backlog-writer.ts'
import type { Payloads } from './payloads.ts'
import { Alarm } from './alarm.ts'

export interface DrainOptions {
  readonly backlog: Backlog
  readonly writer: BacklogWriter
  readonly payloads: Payloads
  readonly dispatcher: Dispatcher
  readonly lanes: EndpointLanes
  readonly endpoint: (id: EndpointId) => IndexedEndpoint | undefined
  /** Whether this replica may send at all now; one that may not leaves the queues to others. */
  readonly maySend: () => boolean
  readonly onTrouble: (error: unknown) => void
}

const LEASE_MS = 10_000
const RENEW_EVERY_MS = 3_000
/** An attempt is not begun so shortly before the end of a lease. */
const LEASE_MARGIN_MS = 1_000
const MAX_QUEUES = 1_000
/** Rows of one endpoint in memory at most, waiting or in flight. */
const ROWS_AT_HAND = 256
/** Queues without a holder are looked for no more often than this. */
const CLAIM_EVERY_MS = 20
/** How soon another replica's due rows are noticed, and the queues of one that died. */
const LOOK_EVERY_MS = 1_000
/** A disabled endpoint's queue is looked at again; enabling it wakes it at once. */
const DISABLED_RECHECK_MS = 3_600_000

/** A queue that this process holds. */
interface Held {
  readonly endpointId: EndpointId
  /** Rows that are in memory. */
  readonly atHand: Set<string>
  leasedUntil: number
  pace: Pace | undefined
  /** Nothing more was due when last asked. */
  drained: boolean
}

/**
 * Works off the backlog. An endpoint's queue is held by one process at a time, for as long as its lease is renewed, so
 * its pace and its order are kept whatever the number of replicas, and a queue whose holder died is taken over when the
 * lease ends. All queues are claimed, read and given back together, a few statements a round.
 */
export class Drain {
  readonly #options: DrainOptions
  readonly #held = new Map<EndpointId, Held>()
  readonly #alarm = new Alarm()
  #stopped = false
  #running: Promise<void> | undefined
  #renewedAt = 0
  #claimedAt = 0

  constructor(options: DrainOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Something is due then (milliseconds since the epoch). */
  hint(dueAt: number): void {
    this.#alarm.set(dueAt)
  }

  /** Whether this process works on the endpoint's queue. */
  holds(endpointId: EndpointId): boolean {
    return this.#held.has(endpointId)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#alarm.set(0)
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#round()
      } catch (error) {
        this.#options.onTrouble(error)
        await pause(LOOK_EVERY_MS)
      }
      await this.#alarm.wait(LOOK_EVERY_MS)
    }
    // What is in flight has been given time; its queues go to whoever is next.
    await this.#release([...this.#held.values()]).catch(this.#options.onTrouble)
  }

  async #round(): Promise<void> {
    const maySend = this.#options.maySend()
    if (maySend) await this.#claim()
    await this.#renew()
    if (maySend) await this.#fill()
    const idle = [...this.#held.values()].filter(({ drained, atHand }) => (drained || !maySend) && atHand.size === 0)
    await this.#release(idle)
  }

  async #claim(): Promise<void> {
    const room = MAX_QUEUES - this.#held.size
    const claimedAt = Date.now()
    if (room <= 0) return
    if (claimedAt - this.#claimedAt < CLAIM_EVERY_MS) return this.#alarm.set(this.#claimedAt + CLAIM_EVERY_MS)
    this.#claimedAt = claimedAt
    for (const endpointId of await this.#options.backlog.claim(room, LEASE_MS)) {
      const endpoint = this.#options.endpoint(endpointId)
      const pace = paceOf(endpoint, undefined)
      const leasedUntil = claimedAt + LEASE_MS
      // A lease that outlasts an attempt is needed before the first may begin.
      if (endpoint && isOrdered(endpoint)) this.#renewedAt = 0
      this.#held.set(endpointId, { endpointId, atHand: new Set(), leasedUntil, pace, drained: false })
    }
  }

  async #renew(): Promise<void> {
    const now = Date.now()
    if (this.#held.size === 0 || now - this.#renewedAt < RENEW_EVERY_MS) return
    this.#renewedAt = now
    const leases = [...this.#held.keys()].map((endpointId) => ({ endpointId, leaseMs: this.#leaseFor(endpointId) }))
    const renewed = await this.#options.backlog.renew(leases)
    for (const { endpointId, leaseMs } of leases) {
      const held = this.#held.get(endpointId)
      if (held && renewed.has(endpointId)) held.leasedUntil = now + leaseMs
      else this.#held.delete(endpointId)
    }
  }

  #leaseFor(endpointId: EndpointId): number {
    const endpoint = this.#options.endpoint(endpointId)
    return endpoint && isOrdered(endpoint) ? LEASE_MS + timeoutOf(endpoint) : LEASE_MS
  }

  /** Reads what is due for the queues that have room at hand, and hands it to the dispatcher. */
  async #fill(): Promise<void> {
    const now = Date.now()
    const wanted: { endpointId: EndpointId; limit: number; atHand: string[] }[] = []
    for (const held of this.#held.values()) {
      const limit = this.#wants(held, now)
      if (limit > 0) wanted.push({ endpointId: held.endpointId, limit, atHand: [...held.atHand] })
    }
    if (wanted.length === 0) return
    const rows = await this.#options.backlog.due(wanted)
    const found = new Map<EndpointId, number>()
    for (const { endpointId } of rows) found.set(endpointId, (found.get(endpointId) ?? 0) + 1)
    for (const { endpointId, limit } of wanted) {
      const held = this.#held.get(endpointId)
      if (held) held.drained = (found.get(endpointId) ?? 0) < limit
    }
    await Promise.all(rows.map((row) => this.#resume(row)))
  }

  /** How many more rows of a queue may be taken up now. */
  #wants(held: Held, now: number): number {
    const { endpointId, atHand } = held
    const endpoint = this.#options.endpoint(endpointId)
    const pace = (held.pace = paceOf(endpoint, held.pace))
    const pausedUntil = this.#options.lanes.known(endpointId)?.health.pausedUntil ?? 0
    if (!endpoint?.enabled || pausedUntil > now) {
      held.drained = true
      return 0
    }
    const room = ROWS_AT_HAND - atHand.size
    // Half of them at a time: fewer statements.
    if (room < ROWS_AT_HAND / 2) return 0
    if (!pace) return room
    // What waited for a slot would go out in a heap when there is one.
    const slots = this.#options.lanes.of(endpoint.storeId, endpointId).lane.room
    const allowed = Math.min(room, slots, pace.allowed(now))
    if (slots > 0 && allowed === 0) this.#alarm.set(pace.nextAt)
    return Math.max(0, allowed)
  }

  async #resume(row: BacklogRow): Promise<void> {
    const held = this.#held.get(row.endpointId)
    const endpoint = this.#options.endpoint(row.endpointId)
    if (!held || !endpoint || held.atHand.has(row.deliveryId)) return
    held.atHand.add(row.deliveryId)
    const event = await this.#options.payloads.at(row.storeSequence).catch((error: unknown) => {
      // It stays due, and is taken up again.
      held.atHand.delete(row.deliveryId)
      throw error
    })
    if (!event) return this.#giveUp(held, row)
    held.pace?.take(Date.now())
    this.#options.dispatcher.resume(this.#deliveryOf(held, row, event), endpoint)
  }

  #deliveryOf(held: Held, row: BacklogRow, event: PreparedEvent): Delivery {
    return {
      id: row.deliveryId,
      endpointId: row.endpointId,
      event,
      attempt: row.attempt,
      trigger: row.trigger,
      stored: true,
      mayBegin: () => this.#mayBegin(held),
      safe: () => undefined,
      ended: () => this.#ended(held, row.deliveryId),
    }
  }

  /** Nobody else may hold the queue before the attempt has ended, where order depends on it. */
  #mayBegin(held: Held): boolean {
    if (this.#held.get(held.endpointId) !== held) return false
    const endpoint = this.#options.endpoint(held.endpointId)
    const longest = endpoint && isOrdered(endpoint) ? timeoutOf(endpoint) : 0
    return held.leasedUntil - LEASE_MARGIN_MS - longest > Date.now()
  }

  #ended(held: Held, deliveryId: string): void {
    held.atHand.delete(deliveryId)
    const endpoint = this.#options.endpoint(held.endpointId)
    if (endpoint && isOrdered(endpoint)) {
      // The next of its entity is due now.
      held.drained = false
      this.#alarm.set(0)
    } else if (held.pace || held.atHand.size === ROWS_AT_HAND / 2 || held.atHand.size === 0) this.#alarm.set(0)
  }

  /** The payload has reached its age: there is nothing left to send. */
  async #giveUp(held: Held, { endpointId, deliveryId, entityId }: BacklogRow): Promise<void> {
    const key: BacklogKey = { endpointId, deliveryId, entityId }
    await this.#options.writer.remove(key, this.#options.endpoint(endpointId)?.config.ordering === 'entity')
    this.#ended(held, deliveryId)
  }

  async #release(queues: readonly Held[]): Promise<void> {
    if (queues.length === 0) return
    const now = Date.now()
    const released = queues.map(({ endpointId, pace }) => ({
      endpointId,
      notBefore: Math.max(this.#notBefore(endpointId, now), pace?.nextAt ?? 0),
    }))
    for (const { endpointId } of queues) this.#held.delete(endpointId)
    for (const dueAt of (await this.#options.backlog.release(released)).values()) this.#alarm.set(dueAt)
  }

  #notBefore(endpointId: EndpointId, now: number): number {
    const endpoint = this.#options.endpoint(endpointId)
    if (!endpoint?.enabled) return now + DISABLED_RECHECK_MS
    return this.#options.lanes.known(endpointId)?.health.pausedUntil ?? 0
  }
}

const timeoutOf = ({ config }: IndexedEndpoint): number => config.timeoutMs ?? DEFAULT_TIMEOUT_MS

/** The pace that the endpoint asks for now: the one before as long as it is the same. */
function paceOf(endpoint: IndexedEndpoint | undefined, before: Pace | undefined): Pace | undefined {
  const perSecond = endpoint?.config.rateLimitPerSecond
  if (perSecond === before?.perSecond) return before
  return perSecond === undefined ? undefined : new Pace(perSecond)
}
