import {
  newId,
  storeEventType,
  webhooks,
  type EndpointConfig,
  type StoreId,
  type WebhookEndpoint,
} from '@cartly/contracts'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { BenchEngine } from './engine.ts'

const IN_PARALLEL = 32

/** Creates endpoints for `order.created`, one for each store and URL. */
export async function createEndpoints(
  engine: BenchEngine,
  wanted: readonly { storeId: string; url: string; config?: Partial<EndpointConfig> }[],
): Promise<WebhookEndpoint[]> {
  const created: WebhookEndpoint[] = []
  const queue = [...wanted.entries()]
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [index, { storeId, url, config }] = next
      created[index] = await engine.ask(webhooks.create, {
        storeId: storeId as StoreId,
        endpointId: newId('whk'),
        config: { url, eventTypes: ['order.created'], ...config },
      })
    }
  }
  await Promise.all(Array.from({ length: IN_PARALLEL }, worker))
  return created
}

/** An `order.created` of about this many bytes; a receiver can tell from it when it was sent. */
export function orderEvent(bytes: number): { id: string; body: string } {
  const id = `evt_${randomUUID()}`
  const sentAt = performance.timeOrigin + performance.now()
  const [head, tail] = (templates[bytes] ??= templateOf(bytes))
  return { id, body: `${head}"id":"${id}","time":"${new Date().toISOString()}","data":{"sentAt":${sentAt},${tail}` }
}

/** The text of such events around what differs: the publisher shares the machine, and should cost little. */
const templates: Record<number, readonly [head: string, tail: string]> = {}

function templateOf(bytes: number): readonly [string, string] {
  const { id: _, time: __, data, ...rest } = storeEventType('order.created')!.example
  const head = `${JSON.stringify(rest).slice(0, -1)},`
  const short = JSON.stringify({ ...data, note: '' })
  const note = 'x'.repeat(Math.max(0, bytes - head.length - short.length - 120))
  return [head, `${JSON.stringify({ ...data, note }).slice(1)}}`]
}

export function publish(platform: NatsConnection, storeId: string, bytes: number): void {
  const { id, body } = orderEvent(bytes)
  const h = headers()
  h.set('Nats-Msg-Id', id)
  platform.publish(`store.${storeId}.order.created`, body, { headers: h })
}

/** Publishes events at a steady rate, in small bursts a few milliseconds apart. */
export async function publishAtRate(
  platform: NatsConnection,
  storeIds: readonly string[],
  { perSecond, seconds, bytes }: { perSecond: number; seconds: number; bytes: number },
): Promise<number> {
  const began = performance.now()
  let published = 0
  while (performance.now() - began < seconds * 1_000) {
    const due = Math.floor(((performance.now() - began) * perSecond) / 1_000)
    for (; published < due; published++) publish(platform, storeIds[published % storeIds.length] as string, bytes)
    await pause(1)
  }
  await platform.flush()
  return published
}
