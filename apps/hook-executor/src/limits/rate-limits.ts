import type { ConnectorId, Headroom } from '@cartly/contracts'
import { statements } from '@cartly/read-model'
import type { RateLimit } from '@cartly/templates'
import type { Logger } from '@cartly/telemetry'
import type { DataSource } from 'typeorm'

interface Share {
  left: number
  /** By `performance.now()`. */
  readonly until: number
}

/** Requests are taken from the common window in shares of it, so that few of them cost a query. */
const SHARES = 20
const COUNT_WITHIN_MS = 150

/**
 * Keeps the limits that services set, over all replicas: a window of so many seconds holds so many requests, counted in
 * a table by Postgres's clock. What a replica has taken and not used by the end of the window is lost.
 */
export class RateLimits {
  readonly #dataSource: DataSource
  readonly #log: Logger
  readonly #shares = new Map<string, Share>()
  readonly #taking = new Map<string, Promise<number>>()

  constructor(dataSource: DataSource, log: Logger) {
    this.#dataSource = dataSource
    this.#log = log
  }

  /** Takes one request of each limit that applies: 0, or the milliseconds until the next window when one is used up. */
  async take(connectorId: ConnectorId, limits: readonly RateLimit[], method: string): Promise<number> {
    let waitMs = 0
    for (const limit of limits) {
      if (!applies(limit, method)) continue
      waitMs = Math.max(waitMs, await this.#takeOne(bucketOf(connectorId, limit), limit))
    }
    return waitMs
  }

  /** The limit of which the least is left, in proportion; undefined when there is none, or nobody knows. */
  async tightest(connectorId: ConnectorId, limits: readonly RateLimit[]): Promise<Headroom['rateLimit']> {
    const known = await Promise.all(limits.map((limit) => this.#left(bucketOf(connectorId, limit), limit))).catch(
      (error: unknown) => {
        this.#log.warn('what is left of rate limits is not known', { error })
        return []
      },
    )
    const left = known.flatMap((one) => one ?? [])
    return left.toSorted((a, b) => a.remaining / a.limit - b.remaining / b.limit)[0]
  }

  /** Of a limit for test keys, nothing until one has been used: which a connector has is not known here. */
  async #left(bucket: string, { requests, perSeconds, test }: RateLimit): Promise<Headroom['rateLimit']> {
    const [row] = await inTime(
      statements(this.#dataSource).query<{ taken: number }>(
        `SELECT taken FROM rate_window
         WHERE bucket = $1 AND number = floor(extract(epoch FROM clock_timestamp()) / $2)::bigint`,
        [bucket, perSeconds],
      ),
    )
    if (test && !row) return undefined
    const share = this.#shares.get(bucket)
    const unused = row && share && performance.now() < share.until ? share.left : 0
    const remaining = Math.min(requests, Math.max(0, requests - (row?.taken ?? 0)) + unused)
    return { limit: requests, remaining, perSeconds }
  }

  async #takeOne(bucket: string, limit: RateLimit): Promise<number> {
    for (;;) {
      const share = this.#shares.get(bucket)
      const now = performance.now()
      if (share && now < share.until && share.left > 0) {
        share.left--
        return 0
      }
      const waitMs = await this.#takeShare(bucket, limit)
      if (waitMs > 0) return waitMs
    }
  }

  #takeShare(bucket: string, limit: RateLimit): Promise<number> {
    const known = this.#taking.get(bucket)
    if (known) return known
    const taking = this.#ask(bucket, limit).finally(() => this.#taking.delete(bucket))
    this.#taking.set(bucket, taking)
    return taking
  }

  async #ask(bucket: string, limit: RateLimit): Promise<number> {
    const { requests, perSeconds } = limit
    const wanted = Math.max(1, Math.floor(requests / SHARES))
    try {
      const { taken, leftMs } = await inTime(this.#count(bucket, limit, wanted))
      if (taken === null) return Math.max(1, Math.ceil(leftMs))
      // The last share may go over the limit: only what is below it counts.
      const left = wanted - Math.max(0, taken - requests)
      this.#shares.set(bucket, { left, until: performance.now() + leftMs })
    } catch (error) {
      // Better a little over the limit than nothing at all.
      this.#log.warn('rate limits are kept by each replica for itself', { error })
      this.#shares.set(bucket, { left: wanted, until: performance.now() + (perSeconds * 1_000) / SHARES })
    }
    return 0
  }

  /** `taken` of the window with the share in it, or null when it was used up before; what is left of the window. */
  async #count(
    bucket: string,
    { requests, perSeconds }: RateLimit,
    wanted: number,
  ): Promise<{ taken: number | null; leftMs: number }> {
    const [row] = await statements(this.#dataSource).query<{ taken: number | null; leftMs: string }>(
      `WITH this AS (
         SELECT at, floor(at / $3)::bigint AS number FROM (SELECT extract(epoch FROM clock_timestamp()) AS at) AS clock),
       taken AS (
         INSERT INTO rate_window AS known (bucket, number, taken) SELECT $1, number, $4::int FROM this
         ON CONFLICT (bucket) DO UPDATE SET
           number = excluded.number,
           taken = excluded.taken + CASE WHEN known.number = excluded.number THEN known.taken ELSE 0 END
         WHERE known.number < excluded.number OR known.taken < $2
         RETURNING taken)
       SELECT (SELECT taken FROM taken), ((number + 1) * $3 - at) * 1000 AS "leftMs" FROM this`,
      [bucket, requests, perSeconds, wanted],
    )
    return { taken: row!.taken, leftMs: Number(row!.leftMs) }
  }
}

/** Buyers wait: a database that does not answer must not hold them up. */
async function inTime<T>(counted: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('the database does not answer')), COUNT_WITHIN_MS)
  try {
    return await Promise.race([counted, promise])
  } finally {
    clearTimeout(timer)
  }
}

const applies = ({ methods }: RateLimit, method: string): boolean =>
  methods === undefined || methods.some((one) => one === method)

/** A limit is counted by what it says, so that it keeps its count whatever stands beside it. */
const bucketOf = (connectorId: ConnectorId, { requests, perSeconds, methods = [], test }: RateLimit): string =>
  `${connectorId} ${requests}/${perSeconds}${test ? ' test' : ''} ${methods.join('+')}`.trim()
