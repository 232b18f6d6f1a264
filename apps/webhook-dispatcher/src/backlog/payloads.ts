import type { Bus } from '@cartly/event-store'
import { prepare, PreparedEvent } from '../delivery/prepared-event.ts'

const KEPT = 2_000

/** Payloads are read again where they are kept, in the STORE stream; those of the last deliveries stay at hand. */
export class Payloads {
  readonly #bus: Bus
  readonly #kept = new Map<number, Promise<PreparedEvent | undefined>>()

  constructor(bus: Bus) {
    this.#bus = bus
  }

  /** The event at this place of the stream; undefined when it has reached its age, or is no event. */
  at(sequence: number): Promise<PreparedEvent | undefined> {
    const known = this.#kept.get(sequence)
    if (known) return known
    const reading = this.#read(sequence)
    this.#kept.set(sequence, reading)
    reading.catch(() => this.#kept.delete(sequence))
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value as number)
    return reading
  }

  async #read(sequence: number): Promise<PreparedEvent | undefined> {
    const { direct, streams } = this.#bus.jsm
    const query = { seq: sequence }
    // Any copy of the stream may answer the first; only its leader knows for sure that there is nothing.
    const message = (await direct.getMessage('STORE', query)) ?? (await streams.getMessage('STORE', query))
    if (!message) return undefined
    const prepared = prepare({
      subject: message.subject,
      data: message.data,
      sequence,
      storedAt: message.time.getTime(),
      header: (name) => message.header.get(name) || undefined,
    })
    return prepared instanceof PreparedEvent ? prepared : undefined
  }
}
