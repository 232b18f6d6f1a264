import { decodeBatch, type DecodedBatch } from './batch-writer.ts'
import type { Bus } from './bus.ts'
import { follow, type FollowOptions } from './follow.ts'
import type { Projection } from './projection.ts'

/**
 * Follows a projection's source. The next batch is read and decoded while the one before is being written, because then
 * this process would only wait.
 */
export async function* decodedBatches(
  bus: Bus,
  projection: Projection,
  options: Omit<FollowOptions, 'stream' | 'filters'>,
): AsyncGenerator<DecodedBatch> {
  const { stream, filters } = projection.source
  const left = new AbortController()
  const signal = AbortSignal.any([options.signal, left.signal])
  const batches = follow(bus, { ...options, stream, filters, signal })
  const decodeNext = async (): Promise<DecodedBatch | undefined> => {
    const { done, value } = await batches.next()
    return done ? undefined : decodeBatch(projection, value)
  }
  let upcoming = decodeNext()
  try {
    for (let batch; (batch = await upcoming);) {
      upcoming = decodeNext()
      // Its failure is met when it is its turn, if it comes to that.
      upcoming.catch(() => undefined)
      yield batch
    }
  } finally {
    left.abort()
  }
}
