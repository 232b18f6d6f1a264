import type { EndpointId } from '@cartly/contracts'
import type { JetStreamClient, JsMsg } from '@nats-io/jetstream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Pause } from '../domain/health.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import { SUBJECTS } from './fleet.ts'

export interface PausesOptions {
  readonly js: JetStreamClient
  /** Unique among the replicas. */
  readonly process: string
  readonly onTrouble: (error: unknown) => void
}

/** How long a pause is remembered after its end, at least as long as a circuit is ever open: in seconds. */
const KEPT_FOR_SECONDS = 360
const ACK_TIMEOUT_MS = 2_000
const MAX_BACKOFF_MS = 2_000

/**
 * Tells the other replicas until when an endpoint is left alone, and those that start later. What is told stays in the
 * stream until after its end, so neither a crash nor another replica undercuts a `Retry-After`.
 */
export class Pauses {
  readonly #options: PausesOptions
  /** What has yet to be told, the newest of each endpoint. */
  readonly #untold = new Map<EndpointId, Pause>()
  readonly #telling = new Map<EndpointId, Promise<void>>()
  #stopped = false

  constructor(options: PausesOptions) {
    this.#options = options
  }

  tell({ id }: IndexedEndpoint, paused: Pause): void {
    this.#untold.set(id, paused)
    if (this.#telling.has(id)) return
    this.#telling.set(
      id,
      this.#tellNewest(id).finally(() => this.#telling.delete(id)),
    )
  }

  /** What another replica tells; undefined when it is our own, or the end of what was told once. */
  heard(message: JsMsg): { endpointId: EndpointId; pause: Pause } | undefined {
    const [, , , id, process] = message.subject.split('.')
    if (message.data.length === 0 || process === this.#options.process) return undefined
    return { endpointId: id as EndpointId, pause: message.json<Pause>() }
  }

  /** Resolves when everything is told; what is not within `ms` stays untold. */
  async close(ms: number): Promise<void> {
    await Promise.race([Promise.all(this.#telling.values()), pause(ms, undefined, { ref: false })])
    this.#stopped = true
  }

  async #tellNewest(id: EndpointId): Promise<void> {
    const { js, process, onTrouble } = this.#options
    for (let failures = 0; !this.#stopped;) {
      const paused = this.#untold.get(id)
      if (!paused) return
      const until = Math.max(paused.retryAfter, paused.circuit?.until ?? 0)
      const ttl = Math.ceil(Math.max(0, until - Date.now()) / 1_000) + KEPT_FOR_SECONDS
      try {
        // A subject of its own for each replica: none takes the place of what another has told.
        await js.publish(`${SUBJECTS}.pause.${id}.${process}`, JSON.stringify(paused), {
          ttl: `${ttl}s`,
          timeout: ACK_TIMEOUT_MS,
        })
        if (this.#untold.get(id) === paused) this.#untold.delete(id)
        failures = 0
      } catch (error) {
        onTrouble(error)
        await pause(Math.min(50 * 2 ** failures++, MAX_BACKOFF_MS))
      }
    }
  }
}
