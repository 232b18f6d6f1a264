import { decodeBatch, type DecodedBatch } from './batch-writer.ts'
import type { Bus } from './bus.ts'
import { follow, type FollowOptions } from './follow.ts'
import { pause } from './pause.ts'
import type { Projection } from './projection.ts'

/**
 * Follows a projection's source. While a batch is being written, what comes gathers for the next; a full batch is decoded
 * meanwhile, because then this process would only wait. Batches that are not full begin `projection.paceMs` apart.
 */
export async function* decodedBatches(
  bus: Bus,
  projection: Projection,
  options: Omit<FollowOptions, 'stream' | 'filters' | 'ready'>,
): AsyncGenerator<DecodedBatch> {
  const { stream, filters } = projection.source
  const left = new AbortController()
  const signal = AbortSignal.any([options.signal, left.signal])
  let written = Promise.withResolvers<void>()
  let paced: Promise<void> = Promise.resolve()
  const ready = (): Promise<unknown> => Promise.all([written.promise, paced])
  const batches = follow(bus, { ...options, stream, filters, ready, signal })
  const decodeNext = async (): Promise<DecodedBatch | undefined> => {
    const { done, value } = await batches.next()
    return done ? undefined : decodeBatch(projection, value)
  }
  written.resolve()
  let upcoming = decodeNext()
  try {
    for (let batch; (batch = await upcoming);) {
      written = Promise.withResolvers()
      if (projection.paceMs && batch.messages.length > 0) paced = pause(projection.paceMs, signal)
      upcoming = decodeNext()
      // Its failure is met when it is its turn, if it comes to that.
      upcoming.catch(() => undefined)
      yield batch
      written.resolve()
    }
  } finally {
    left.abort()
  }
}
