const ACCURACY = 0.005
const LOG_GAMMA = Math.log((1 + ACCURACY) / (1 - ACCURACY))
/** Durations below this many milliseconds count as this. */
const SMALLEST_MS = 0.01

const bucketOf = (ms: number): number => Math.ceil(Math.log(Math.max(ms, SMALLEST_MS)) / LOG_GAMMA)
/** Buckets are written from this one up, so that what is written is never negative. */
const FIRST_BUCKET = bucketOf(0)

/** The middle of a bucket, within `ACCURACY` of everything in it. */
const valueOf = (bucket: number): number => (2 * Math.exp(bucket * LOG_GAMMA)) / (1 + Math.exp(LOG_GAMMA))

/**
 * Counts of durations in buckets whose width grows with the value, so that any quantile is read within half a percent
 * and sketches merge by adding (DDSketch, Masson et al. 2019).
 */
export class Sketch {
  readonly #counts = new Map<number, number>()

  /** What another's `bytes` held. */
  static of(bytes: Uint8Array): Sketch {
    const sketch = new Sketch()
    const integers = readIntegers(bytes)
    let bucket = FIRST_BUCKET
    for (let i = 0; i < integers.length; i += 2) {
      bucket += integers[i] as number
      sketch.#counts.set(bucket, integers[i + 1] as number)
    }
    return sketch
  }

  /** Adds a duration in milliseconds. */
  record(ms: number): void {
    this.#add(bucketOf(ms), 1)
  }

  /** Adds all of another sketch. */
  merge(other: Sketch): void {
    for (const [bucket, count] of other.#counts) this.#add(bucket, count)
  }

  /** The quantiles (0 to 1) in milliseconds, to two decimals; null when nothing was recorded. */
  quantiles<const Ranks extends readonly number[]>(ranks: Ranks): { -readonly [I in keyof Ranks]: number | null } {
    const buckets = this.#sorted()
    const total = buckets.reduce((sum, [, count]) => sum + count, 0)
    const values = ranks.map((rank) => (total === 0 ? null : quantile(buckets, rank * (total - 1))))
    return values as { -readonly [I in keyof Ranks]: number | null }
  }

  /** To be stored: for each bucket its distance from the one before and its count, as variable-length integers (LEB128). */
  get bytes(): Buffer {
    const written: number[] = []
    let before = FIRST_BUCKET
    for (const [bucket, count] of this.#sorted()) {
      writeInteger(written, bucket - before)
      writeInteger(written, count)
      before = bucket
    }
    return Buffer.from(written)
  }

  #add(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count)
  }

  #sorted(): [bucket: number, count: number][] {
    return [...this.#counts].toSorted(([a], [b]) => a - b)
  }
}

function readIntegers(bytes: Uint8Array): number[] {
  const integers: number[] = []
  let value = 0
  let scale = 1
  for (const byte of bytes) {
    value += (byte & 0x7f) * scale
    scale *= 0x80
    if (byte >= 0x80) continue
    integers.push(value)
    value = 0
    scale = 1
  }
  return integers
}

function writeInteger(into: number[], value: number): void {
  for (; value >= 0x80; value = Math.floor(value / 0x80)) into.push((value % 0x80) | 0x80)
  into.push(value)
}

function quantile(buckets: readonly (readonly [number, number])[], rank: number): number {
  let seen = 0
  for (const [bucket, count] of buckets) {
    seen += count
    if (seen > rank) return round(valueOf(bucket))
  }
  return round(valueOf(buckets.at(-1)![0]))
}

const round = (ms: number): number => Math.round(ms * 100) / 100
