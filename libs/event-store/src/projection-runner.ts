import {
  generations,
  openGeneration,
  ProjectionSuperseded,
  promoteGeneration,
  statements,
  tryLock,
  type Generation,
  type Session,
} from '@cartly/read-model'
import { gauge, messagingMetrics, timed, withSpan } from '@cartly/telemetry'
import type { DataSource } from 'typeorm'
import { CheckpointLost, openWriterSession, writeBatch } from './batch-writer.ts'
import type { Bus } from './bus.ts'
import { decodedBatches } from './decoded-batches.ts'
import { StreamBehindReadModel } from './errors.ts'
import { Gate } from './gate.ts'
import { pause } from './pause.ts'
import { sendersOf } from './senders-of.ts'
import type { Projection } from './projection.ts'

export interface RunnerOptions {
  readonly bus: Bus
  readonly dataSource: DataSource
  readonly projection: Projection
  /** Messages in one transaction, at most. */
  readonly batchSize?: number
  /** Told of each failure before it is tried again: for the log. */
  readonly onTrouble?: (error: unknown) => void
}

/** How a projection is, as this process sees it. */
export interface ProjectionStatus {
  readonly name: string
  readonly version: number
  /**
   * `leading`: this process writes it. `building`: this process fills the tables of a new version, which nobody sees yet.
   * `standby`: another process writes. `waiting`: something keeps it from going on, and is tried again. `refused`: the
   * stream has lost what was read from it, or a newer version is live; stopped for good.
   */
  readonly state: 'starting' | 'leading' | 'building' | 'standby' | 'waiting' | 'refused' | 'stopped'
  /** The last sequence in the tables, as far as this process knows. */
  readonly sequence: number
  /** Messages that were still to come when the last was delivered; known to the leader. */
  readonly pending: number
  /** How long ago the oldest message was stored that has been delivered and not yet written; 0 when there is none. */
  readonly lagSeconds: number
  readonly failure: Error | undefined
}

const DEFAULT_BATCH = 500
const STANDBY_RETRY_MS = 1_000
const STANDBY_POLL_MS = 25
const LEADER_CHECK_MS = 250
const MAX_BACKOFF_MS = 2_000

/**
 * Keeps one projection up to date. Of all replicas, the one that holds its lock writes, on the connection that holds
 * the lock: if that breaks, so does the transaction, and another takes over behind the checkpoint.
 */
export class ProjectionRunner {
  readonly #bus: Bus
  readonly #dataSource: DataSource
  readonly #projection: Projection
  readonly #batchSize: number
  readonly #onTrouble: (error: unknown) => void
  readonly #stopping = new AbortController()
  readonly #gate = new Gate()
  readonly #prepared = Promise.withResolvers<void>()
  #running: Promise<void> | undefined
  #state: ProjectionStatus['state'] = 'starting'
  #failure: Error | undefined
  #sequence = 0
  #pending = 0
  #oldestUnwritten: Date | undefined
  #failures = 0

  constructor({ bus, dataSource, projection, batchSize = DEFAULT_BATCH, onTrouble = () => undefined }: RunnerOptions) {
    this.#bus = bus
    this.#dataSource = dataSource
    this.#projection = projection
    this.#batchSize = batchSize
    this.#onTrouble = onTrouble
  }

  /** Begins, and goes on by itself. Resolves once the tables are there to be queried, which waits for Postgres. */
  start(): Promise<void> {
    this.#running ??= this.#run().finally(() => this.#prepared.resolve())
    return this.#prepared.promise
  }

  /** Ends after the batch at hand. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
    if (this.#state !== 'refused') this.#state = 'stopped'
  }

  get status(): ProjectionStatus {
    const { name, version } = this.#projection
    return {
      name,
      version,
      state: this.#state,
      sequence: this.#sequence,
      pending: this.#pending,
      lagSeconds: this.#oldestUnwritten ? Math.max(0, (Date.now() - this.#oldestUnwritten.getTime()) / 1_000) : 0,
      failure: this.#failure,
    }
  }

  /** True once queries see the message of this sequence, whichever replica writes it; false after `timeoutMs`. */
  async passed(sequence: number, timeoutMs: number): Promise<boolean> {
    const until = Date.now() + timeoutMs
    for (;;) {
      const left = until - Date.now()
      if (
        await this.#gate.wait(sequence, Math.min(left, this.#state === 'leading' ? LEADER_CHECK_MS : STANDBY_POLL_MS))
      ) {
        return true
      }
      if (left <= 0) return false
      if (this.#state !== 'leading') await this.#readCheckpoint()
    }
  }

  /** What the tables hold that queries see, whoever writes them. */
  async #readCheckpoint(): Promise<void> {
    const known = await generations(statements(this.#dataSource), this.#projection.name).catch(() => [])
    const live = known.find(({ status }) => status === 'live')
    if (live && live.sequence > this.#gate.sequence) this.#gate.pass(live.sequence)
  }

  #measure(): void {
    const { name } = this.#projection
    gauge('cartly.projection.lag', 'Age of the oldest message that is not in the read model', 's', (result) => {
      if (this.#state !== 'standby') result.observe(this.status.lagSeconds, { 'cartly.projection': name })
    })
    gauge('cartly.projection.pending', 'Messages still to be read', '{message}', (result) => {
      if (this.#state !== 'standby') result.observe(this.#pending, { 'cartly.projection': name })
    })
  }

  async #run(): Promise<void> {
    this.#measure()
    const { signal } = this.#stopping
    while (!signal.aborted && !this.#bus.nc.isClosed() && this.#state !== 'refused') {
      try {
        await this.#serve(signal)
      } catch (error) {
        this.#note(error)
        // Another has written: it is not an outage, and its checkpoint is there to go on from.
        if (!(error instanceof CheckpointLost))
          await pause(Math.min(100 * 2 ** this.#failures++, MAX_BACKOFF_MS), signal)
      }
    }
  }

  #note(error: unknown): void {
    this.#failure = error instanceof Error ? error : new Error(String(error))
    this.#state =
      error instanceof StreamBehindReadModel || error instanceof ProjectionSuperseded ? 'refused' : 'waiting'
    this.#onTrouble(error)
  }

  /** One term of office: takes the lock and reads on from the checkpoint, until stopped or something breaks. */
  async #serve(signal: AbortSignal): Promise<void> {
    const session = await openWriterSession(this.#dataSource)
    try {
      await session.transaction((tx) => openGeneration(tx, this.#projection))
      this.#prepared.resolve()
      if (!(await this.#becomeLeader(session, signal))) return
      // Read now: until the lock was taken, another was writing.
      const generation = await session.transaction((tx) => openGeneration(tx, this.#projection))
      await this.#writeAll(session, generation, AbortSignal.any([signal, session.lost]))
    } finally {
      await session.close()
    }
  }

  async #becomeLeader(session: Session, signal: AbortSignal): Promise<boolean> {
    const { name, version } = this.#projection
    while (!signal.aborted) {
      if (await tryLock(session, `projection ${this.#dataSource.driver.schema} ${name} ${version}`)) return true
      this.#state = 'standby'
      // All of this is the leader's to know.
      this.#failure = undefined
      this.#pending = 0
      this.#oldestUnwritten = undefined
      await pause(STANDBY_RETRY_MS, signal)
    }
    return false
  }

  async #writeAll(session: Session, opened: Generation, signal: AbortSignal): Promise<void> {
    let generation = opened
    this.#reached(generation)
    const batches = decodedBatches(this.#bus, this.#projection, {
      after: generation,
      batchSize: this.#batchSize,
      signal,
      onTrouble: this.#onTrouble,
    })
    for await (const batch of batches) {
      this.#pending = batch.pending
      this.#oldestUnwritten = batch.oldest
      const from = generation
      const handled = { 'messaging.operation.name': 'process', 'cartly.projection': this.#projection.name }
      messagingMetrics.consumed.add(batch.messages.length, { 'messaging.system': 'nats', ...handled })
      generation = await withSpan(`project ${this.#projection.name}`, { links: sendersOf(batch) }, () =>
        timed(messagingMetrics.process, handled, () => writeBatch(session, this.#projection, from, batch)),
      )
      if (generation.status === 'building' && batch.pending === 0) {
        const promoted = await session.transaction((tx) => promoteGeneration(tx, generation))
        if (promoted) generation = { ...generation, status: 'live' }
      }
      this.#reached(generation)
      this.#oldestUnwritten = undefined
      this.#failures = 0
      this.#failure = undefined
    }
  }

  #reached({ sequence, status }: Generation): void {
    this.#sequence = sequence
    this.#state = status === 'live' ? 'leading' : 'building'
    if (status === 'live') this.#gate.pass(sequence)
  }
}
