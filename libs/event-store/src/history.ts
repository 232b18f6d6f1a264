import type { StoredMsg } from '@nats-io/jetstream'
import type { Bus } from './bus.ts'
import { LogMessage } from './log-message.ts'
import { nextMessage } from './next-message.ts'
import { untilAnswered } from './until-answered.ts'

const BATCH = 256

/**
 * A subject's messages from a sequence on, up to the newest that is acknowledged. Most of them come in batches, which
 * any replica answers and may be a little behind with; the end comes from the leader.
 */
export async function* history(bus: Bus, stream: string, subject: string, from: number): AsyncGenerator<LogMessage> {
  let next = from
  for (let batch; (batch = await untilAnswered(bus, () => readBatch(bus, stream, subject, next))).length > 0;) {
    for (const message of batch) yield LogMessage.stored(stream, message)
    next = batch.at(-1)!.seq + 1
    if (batch.length < BATCH) break
  }
  for (let last; (last = await nextMessage(bus, stream, subject, next)); next = last.sequence + 1) yield last
}

/** By callback, because the client gives up the batch's subscription only then (jetstream 3.4, `DirectStreamAPI`). */
async function readBatch({ jsm }: Bus, stream: string, subject: string, from: number): Promise<StoredMsg[]> {
  const batch: StoredMsg[] = []
  const { promise, resolve, reject } = Promise.withResolvers<StoredMsg[]>()
  await jsm.direct.getBatch(stream, {
    seq: from,
    batch: BATCH,
    next_by_subj: subject,
    callback(done, message) {
      if (!done) batch.push(message)
      else if (done.err && !isNotFound(done.err)) reject(done.err)
      else resolve(batch)
    },
  })
  return promise
}

const isNotFound = (error: Error): boolean => 'code' in error && error.code === 404
