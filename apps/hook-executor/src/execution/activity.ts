import { setTimeout as pause } from 'node:timers/promises'
import { executionSubject, type ExecutionRecorded } from '@cartly/contracts'
import { durations, injectTrace, type Logger } from '@cartly/telemetry'
import type { JetStreamClient } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'

/** Facts that may wait for a bus that is away; beyond that, the newest are refused. */
const MAX_WAITING = 10_000
const ACK_TIMEOUT_MS = 5_000
const MAX_BACKOFF_MS = 5_000

const executions = durations('cartly.hook.duration', 'Duration of a hook as its caller saw it')

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

/** Publishes what was executed, at least once and known by its id, however long the bus is away. */
export class Activity {
  readonly #js: JetStreamClient
  readonly #log: Logger
  readonly #waiting = new Set<Promise<void>>()

  constructor(js: JetStreamClient, log: Logger) {
    this.#js = js
    this.#log = log
  }

  /** Resolves when the fact is stored; nobody needs to wait for that who can live with its loss in a crash. */
  publish(fact: ExecutionRecorded): Promise<void> {
    if (this.#waiting.size >= MAX_WAITING) {
      this.#log.error('an execution is not recorded: the bus is away for too long', { executionId: fact.executionId })
      return Promise.resolve()
    }
    measure(fact)
    const stored = this.#store(fact).finally(() => this.#waiting.delete(stored))
    this.#waiting.add(stored)
    return stored
  }

  /** Resolves when all that was published is stored. */
  async flush(): Promise<void> {
    await Promise.all(this.#waiting)
  }

  async #store(fact: ExecutionRecorded): Promise<void> {
    const subject = executionSubject(fact.storeId, fact.connectorId)
    const body = JSON.stringify(fact)
    const traced = headers()
    injectTrace(traced)
    for (let failures = 0; ; failures++) {
      try {
        await this.#js.publish(subject, body, { msgID: fact.executionId, headers: traced, timeout: ACK_TIMEOUT_MS })
        return
      } catch (error) {
        if (failures === 0) this.#log.warn('an execution is recorded later', { executionId: fact.executionId, error })
        await pause(Math.min(100 * 2 ** failures, MAX_BACKOFF_MS))
      }
    }
  }
}
