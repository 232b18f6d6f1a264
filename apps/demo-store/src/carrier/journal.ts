/** One request that the sandbox carrier got, and what became of it. */
export interface CarrierRequest {
  /** Counts from 1. */
  readonly sequence: number
  readonly at: string
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, unknown>>
  /** As sent, but of `authorization` only the scheme and the last four characters. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
  readonly behaviour: string | undefined
  /** `undefined` until an answer is sent, and for ever where none is. */
  status: number | undefined
  ms: number | undefined
}

const KEPT = 5_000

/** At least the last 5,000 requests, for tests and for who wants to see what a connector really sends. */
export class Journal {
  #entries: CarrierRequest[] = []
  #sequence = 0

  get entries(): readonly CarrierRequest[] {
    return this.#entries
  }

  /** How many there were in all. */
  get total(): number {
    return this.#sequence
  }

  record(request: Omit<CarrierRequest, 'sequence' | 'status' | 'ms'>): CarrierRequest {
    const headers = { ...request.headers }
    if (typeof headers['authorization'] === 'string') headers['authorization'] = shortened(headers['authorization'])
    const entry = { ...request, headers, sequence: ++this.#sequence, status: undefined, ms: undefined }
    this.#entries.push(entry)
    if (this.#entries.length > 2 * KEPT) this.#entries = this.#entries.slice(-KEPT)
    return entry
  }

  clear(): void {
    this.#entries = []
  }
}

function shortened(authorization: string): string {
  const [scheme = '', value = ''] = authorization.split(' ')
  return `${scheme} …${value.slice(-4)}`
}
