/** One delivery as it came. */
export interface ReceivedDelivery {
  /** Counts from 1. */
  readonly sequence: number
  readonly at: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** `webhook-id`: the same on every attempt of one message. */
  readonly messageId: string
  readonly body: unknown
  /** `unsigned`: no key is registered for the path. */
  readonly signature: 'valid' | 'invalid' | 'unsigned'
  /** The status it was answered with; `undefined` when it was left hanging. */
  readonly status: number | undefined
}

export interface DeliveryCounts {
  /** Requests in all. */
  readonly requests: number
  /** Messages answered 2xx at least once. */
  readonly accepted: number
  /** 2xx answers beyond the first, summed over messages. */
  readonly duplicates: number
  readonly invalidSignatures: number
}

/** The receiver's memory: counts of everything, and the last deliveries whole. */
export class Deliveries {
  #kept: ReceivedDelivery[] = []
  #requests = 0
  #invalid = 0
  readonly #accepted = new Map<string, number>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  record(delivery: Omit<ReceivedDelivery, 'sequence' | 'at'>): ReceivedDelivery {
    const received = { ...delivery, sequence: ++this.#requests, at: new Date().toISOString() }
    if (delivery.signature === 'invalid') this.#invalid += 1
    if (delivery.status !== undefined && delivery.status < 300) {
      const key = `${delivery.path} ${delivery.messageId}`
      this.#accepted.set(key, (this.#accepted.get(key) ?? 0) + 1)
    }
    this.#kept.push(received)
    if (this.#kept.length >= 2 * this.#capacity) this.#kept = this.#kept.slice(-this.#capacity)
    return received
  }

  since(sequence: number, path = '/'): ReceivedDelivery[] {
    return this.#kept.filter((delivery) => delivery.sequence > sequence && delivery.path.startsWith(path))
  }

  get counts(): DeliveryCounts {
    let answers = 0
    for (const times of this.#accepted.values()) answers += times
    return {
      requests: this.#requests,
      accepted: this.#accepted.size,
      duplicates: answers - this.#accepted.size,
      invalidSignatures: this.#invalid,
    }
  }
}
