import { attemptsSubject, type AttemptRecorded, type EndpointId, type StoreId } from '@cartly/contracts'
import type { JetStreamClient } from '@nats-io/jetstream'
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

/** A message holds no more than this of attempts, in characters; the bus carries 1 MB. */
const MAX_CHARACTERS = 128_000
/** What gathers is looked through this often. */
const LOOK_EVERY_MS = 25
const MAX_GATHER_MS = 400
/** For each endpoint whose attempts gather, they gather this much longer: about 3,300 messages a second at most. */
const GATHER_MS_PER_ENDPOINT = 0.3
const MAX_BACKOFF_MS = 2_000
const ACK_TIMEOUT_MS = 5_000

interface Gathered {
  readonly storeId: StoreId
  readonly attempts: string[]
  readonly stored: ((sequence: number) => void)[]
  readonly since: number
  characters: number
}

/**
 * Publishes what became of each attempt to the ACTIVITY stream: what gathers for an endpoint within some milliseconds
 * travels in one message. A message is published again, under one id, until the server has stored it.
 */
export class AttemptLog {
  readonly #js: JetStreamClient
  readonly #onTrouble: (error: unknown) => void
  readonly #process = randomUUID()
  /** By endpoint, the one that has gathered longest first. */
  readonly #gathered = new Map<EndpointId, Gathered>()
  #timer: NodeJS.Timeout | undefined
  #published = 0
  readonly #inFlight = new Set<Promise<void>>()

  constructor(js: JetStreamClient, onTrouble: (error: unknown) => void) {
    this.#js = js
    this.#onTrouble = onTrouble
  }

  /** Takes an attempt in; `stored` is called once it is in the stream, with its place there. */
  record(storeId: StoreId, endpointId: EndpointId, attempt: AttemptRecorded, stored: (sequence: number) => void): void {
    const text = JSON.stringify(attempt)
    let gathered = this.#gathered.get(endpointId)
    if (gathered && gathered.characters + text.length > MAX_CHARACTERS) {
      this.#publish(endpointId, gathered)
      gathered = undefined
    }
    if (!gathered) {
      gathered = { storeId, attempts: [], stored: [], since: Date.now(), characters: 0 }
      this.#gathered.set(endpointId, gathered)
    }
    gathered.attempts.push(text)
    gathered.stored.push(stored)
    gathered.characters += text.length
    this.#timer ??= setTimeout(() => this.#look(), LOOK_EVERY_MS)
  }

  /** Resolves when everything is stored. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [endpointId, gathered] of this.#gathered) this.#publish(endpointId, gathered)
    await Promise.all(this.#inFlight)
  }

  /** Publishes what has gathered long enough. */
  #look(): void {
    const until = Date.now() - Math.min(MAX_GATHER_MS, (this.#gathered.size - 1) * GATHER_MS_PER_ENDPOINT)
    for (const [endpointId, gathered] of this.#gathered) {
      if (gathered.since > until) break
      this.#publish(endpointId, gathered)
    }
    this.#timer = this.#gathered.size > 0 ? setTimeout(() => this.#look(), LOOK_EVERY_MS) : undefined
  }

  #publish(endpointId: EndpointId, { storeId, attempts, stored }: Gathered): void {
    this.#gathered.delete(endpointId)
    const body = `{"storeId":${JSON.stringify(storeId)},"endpointId":"${endpointId}","attempts":[${attempts.join(',')}]}`
    const publishing = this.#untilStored(attemptsSubject(storeId, endpointId), body).then((sequence) => {
      this.#inFlight.delete(publishing)
      for (const done of stored) done(sequence)
    })
    this.#inFlight.add(publishing)
  }

  async #untilStored(subject: string, body: string): Promise<number> {
    const msgID = `${this.#process}-${++this.#published}`
    for (let failures = 0; ; failures++) {
      try {
        return (await this.#js.publish(subject, body, { msgID, timeout: ACK_TIMEOUT_MS })).seq
      } catch (error) {
        this.#onTrouble(error)
        await pause(Math.min(50 * 2 ** failures, MAX_BACKOFF_MS))
      }
    }
  }
}
