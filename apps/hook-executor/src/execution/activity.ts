import { setTimeout as pause } from 'node:timers/promises'
import { executionSubject, type ExecutionRecorded } from '@cartly/contracts'
import { counter, durations, traceHeaders, type Logger } from '@cartly/telemetry'
import type { JetStreamClient } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import type { RecordedFact } from './recorded-execution.ts'
import type { StoredFact, UnpublishedFacts } from './unpublished-facts.ts'

export interface ActivityOptions {
  readonly js: JetStreamClient
  readonly unpublished: UnpublishedFacts
  readonly log: Logger
  /** What may wait for a bus that is away, in characters of JSON; 64 Mi unless said. What comes on top waits in Postgres. */
  readonly maxWaiting?: number
}

const MAX_WAITING = 64 * 1024 * 1024
const ACK_TIMEOUT_MS = 5_000
const MAX_BACKOFF_MS = 5_000
/** How long a process that is to end waits for the bus. */
const END_WITHIN_MS = 2_000

const executions = durations('cartly.hook.duration', 'Duration of a hook as its caller saw it')
const lost = counter(
  'cartly.hook.facts.lost',
  'Executions that could be recorded neither now nor for later',
  '{execution}',
)

/** Hooks of the catalogue by name; those of the stores' own definitions under one, or there would be no end of names. */
function measure({ hook, templateVersion, trigger, status, source, error, durationMs }: ExecutionRecorded): void {
  executions.record(durationMs / 1_000, {
    'cartly.hook': templateVersion === null ? 'custom' : hook,
    'cartly.trigger': trigger,
    'cartly.status': status,
    'cartly.source': source,
    ...(error ? { 'error.type': error.class } : {}),
  })
}

/**
 * Publishes what was executed, at least once and known by its id, however long the bus is away: facts wait in memory, and
 * when those are too many, or the process is to end, in Postgres.
 */
export class Activity {
  readonly #options: ActivityOptions
  readonly #waiting = new Set<Promise<void>>()
  readonly #ending = new AbortController()
  #size = 0
  #left = false
  #catchingUp: Promise<void> | undefined

  constructor(options: ActivityOptions) {
    this.#options = options
  }

  /** Publishes what this or another process left behind. */
  start(): void {
    this.#catchUp()
  }

  /** Resolves when the fact is kept; nobody needs to wait for that who can live with its loss in a crash. */
  publish({ fact, json }: RecordedFact): Promise<void> {
    measure(fact)
    const subject = executionSubject(fact.storeId, fact.connectorId)
    const { traceparent = null } = traceHeaders()
    const stored: StoredFact = { executionId: fact.executionId, subject, traceparent, body: json }
    const kept = this.#keep(stored).finally(() => this.#waiting.delete(kept))
    this.#waiting.add(kept)
    return kept
  }

  /** Resolves when all that was published is kept; what the bus does not take soon is kept for another process. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#ending.abort(), END_WITHIN_MS)
    await Promise.all(this.#waiting)
    clearTimeout(timer)
    this.#ending.abort()
    await this.#catchingUp
  }

  async #keep(fact: StoredFact): Promise<void> {
    const { maxWaiting = MAX_WAITING } = this.#options
    const size = fact.body.length
    if (this.#size + size > maxWaiting) return this.#putBy(fact)
    this.#size += size
    try {
      if (!(await this.#publish(fact))) await this.#putBy(fact)
    } finally {
      this.#size -= size
    }
  }

  /** False when the process is to end before the bus has taken it. */
  async #publish(fact: StoredFact): Promise<boolean> {
    const { log } = this.#options
    for (let failures = 0; !this.#ending.signal.aborted; failures++) {
      try {
        await this.#send(fact)
        return true
      } catch (error) {
        if (failures === 0) log.warn('an execution is recorded later', { executionId: fact.executionId, error })
        await pause(Math.min(100 * 2 ** failures, MAX_BACKOFF_MS), undefined, this.#ending).catch(() => undefined)
      }
    }
    return false
  }

  async #send({ executionId, subject, traceparent, body }: StoredFact): Promise<void> {
    const traced = headers()
    if (traceparent) traced.set('traceparent', traceparent)
    await this.#options.js.publish(subject, body, { msgID: executionId, headers: traced, timeout: ACK_TIMEOUT_MS })
  }

  async #putBy(fact: StoredFact): Promise<void> {
    const { unpublished, log } = this.#options
    try {
      await unpublished.add(fact)
      this.#catchUp()
    } catch (error) {
      lost.add(1)
      log.error('an execution is not recorded: neither the bus nor the database takes it', {
        executionId: fact.executionId,
        error,
      })
    }
  }

  /** Publishes what waits in Postgres as soon as the bus takes it. */
  #catchUp(): void {
    this.#left = true
    this.#catchingUp ??= this.#publishLeft().finally(() => (this.#catchingUp = undefined))
  }

  async #publishLeft(): Promise<void> {
    const { unpublished, log } = this.#options
    for (let failures = 0; this.#left && !this.#ending.signal.aborted;) {
      this.#left = false
      try {
        await unpublished.hand((fact) => this.#send(fact))
        failures = 0
      } catch (error) {
        this.#left = true
        if (failures === 0) log.warn('executions wait in the database to be recorded', { error })
        await pause(Math.min(100 * 2 ** failures++, MAX_BACKOFF_MS), undefined, this.#ending).catch(() => undefined)
      }
    }
  }
}
