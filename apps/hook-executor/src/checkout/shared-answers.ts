import { compileSchema } from '@cartly/contracts'
import type { Logger } from '@cartly/telemetry'
import type { NatsConnection } from '@nats-io/transport-node'
import { Type } from 'typebox'
import type { Entry } from './answer-cache.ts'

/** The last answer under each key, in the memory of the bus. */
const STREAM = 'ANSWERS'
const subjectOf = (key: string): string => `ans.${key}`

/** A buyer waits: what takes longer than asking a neighbour should is no help. */
const FIND_WITHIN_MS = 50
/** How long a bus that did not answer is not asked. */
const LEFT_ALONE_MS = 5_000
/** Larger ones stay with the replica that has them. */
const MAX_CHARS = 262_144

const entries = compileSchema(Type.Object({ kept: Type.String(), freshUntil: Type.Number(), keptUntil: Type.Number() }))

/**
 * Answers that all replicas know, and that outlive them: what one has asked, no other needs to ask. Without the bus each
 * replica has its own.
 */
export class SharedAnswers {
  readonly #nc: NatsConnection
  readonly #log: Logger
  #leftAloneUntil = 0

  constructor(nc: NatsConnection, log: Logger) {
    this.#nc = nc
    this.#log = log
  }

  /** What some replica has kept under this key last. */
  async find(key: string): Promise<Entry | undefined> {
    if (Date.now() < this.#leftAloneUntil) return undefined
    try {
      const subject = `$JS.API.DIRECT.GET.${STREAM}.${subjectOf(key)}`
      const found = await this.#nc.request(subject, '', { timeout: FIND_WITHIN_MS })
      // 404: there is none.
      if (found.headers?.code) return undefined
      const entry = found.json()
      return entries.is(entry) ? entry : undefined
    } catch (error) {
      this.#leftAloneUntil = Date.now() + LEFT_ALONE_MS
      this.#log.warn('answers are kept by each replica for itself', { error })
      return undefined
    }
  }

  /** Lets the others know; that they may miss it costs a request at most. */
  keep(key: string, entry: Entry): void {
    if (entry.kept.length > MAX_CHARS || this.#nc.isClosed() || this.#nc.isDraining()) return
    this.#nc.publish(subjectOf(key), JSON.stringify(entry))
  }
}
