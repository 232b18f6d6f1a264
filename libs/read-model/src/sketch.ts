/**
 * Counts of durations in buckets whose width grows with the value, so that any quantile is read within half a percent
 * and sketches merge by adding (DDSketch, Masson et al. 2019). Plain JSON: bucket index to count.
 */
export type Sketch = Record<string, number>

const ACCURACY = 0.005
const LOG_GAMMA = Math.log((1 + ACCURACY) / (1 - ACCURACY))
/** Durations below this many milliseconds count as this. */
const SMALLEST_MS = 0.01

const bucketOf = (ms: number): string => String(Math.ceil(Math.log(Math.max(ms, SMALLEST_MS)) / LOG_GAMMA))

/** The middle of a bucket, within `ACCURACY` of everything in it. */
const valueOf = (bucket: number): number => (2 * Math.exp(bucket * LOG_GAMMA)) / (1 + Math.exp(LOG_GAMMA))

/** Adds a duration in milliseconds. */
export function record(sketch: Sketch, ms: number): void {
  const bucket = bucketOf(ms)
  sketch[bucket] = (sketch[bucket] ?? 0) + 1
}

/** Adds all of another sketch. */
export function merge(into: Sketch, other: Sketch): void {
  for (const [bucket, count] of Object.entries(other)) into[bucket] = (into[bucket] ?? 0) + count
}

/** The quantiles (0 to 1) in milliseconds, to two decimals; null when nothing was recorded. */
export function quantiles(sketch: Sketch, ranks: readonly number[]): (number | null)[] {
  const buckets = Object.entries(sketch)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .toSorted(([a], [b]) => a - b)
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  return ranks.map((rank) => (total === 0 ? null : quantile(buckets, rank * (total - 1))))
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
