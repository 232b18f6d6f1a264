import { randomUUID } from 'node:crypto'
import { AckPolicy, DeliverPolicy, type Consumer, type ConsumerConfig, type ConsumerInfo } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import type { Bus } from './bus.ts'

const FORGOTTEN_AFTER_MS = 60_000

/**
 * Makes a consumer of our own that delivers each matching message from a sequence on, once, in order, and keeps no
 * account of what was read: in memory, unacknowledged, gone a minute after we are.
 *
 * Asked by hand: for several filters the client (jetstream 3.4) uses a subject without the stream's consumer in it,
 * which no service is permitted.
 */
export async function openConsumer(
  { nc, js }: Bus,
  stream: string,
  filters: readonly string[],
  fromSequence: number,
): Promise<Consumer> {
  const name = `follow_${randomUUID().replaceAll('-', '')}`
  const config: Partial<ConsumerConfig> = {
    name,
    filter_subjects: [...filters],
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: fromSequence,
    ack_policy: AckPolicy.None,
    max_deliver: 1,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: nanos(FORGOTTEN_AFTER_MS),
  }
  const reply = await nc.request(
    `$JS.API.CONSUMER.CREATE.${stream}.${name}`,
    JSON.stringify({ stream_name: stream, config, action: 'create' }),
    { timeout: 5_000 },
  )
  const answer = reply.json<ConsumerInfo & { error?: { description: string } }>()
  if (answer.error) throw new Error(`${stream} cannot be read: ${answer.error.description}`)
  return js.consumers.getConsumerFromInfo(answer)
}
