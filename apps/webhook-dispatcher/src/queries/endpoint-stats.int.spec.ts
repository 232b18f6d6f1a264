import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { webhooks, type EndpointId, type EndpointStats, type StoreId } from '@cartly/contracts'
import { eventually } from '@cartly/testing'
import { runningDispatcher, type RunningDispatcher } from '../testing/running-dispatcher.ts'

const storeId = 'store_1' as StoreId

describe("an endpoint's figures", () => {
  let running: RunningDispatcher
  beforeAll(async () => {
    running = await runningDispatcher()
  })
  afterAll(() => running?.stop())

  const statsOf = (endpointId: EndpointId): Promise<EndpointStats> =>
    running.ask(webhooks.stats, { storeId, endpointId, window: '1h' })

  it('have percentiles within one percent of those of the recorded attempts', async () => {
    running.receiver.answer('/varied', (_, response) => {
      setTimeout(() => response.writeHead(200).end(), Math.random() ** 3 * 60)
    })
    const { id: endpointId } = await running.createEndpoint(storeId, '/varied', { eventTypes: ['product.created'] })
    const events = 60
    await Promise.all(Array.from({ length: events }, () => running.publish(storeId, 'product.created')))

    const stats = await eventually(async () => {
      const found = await statsOf(endpointId)
      return found.total === events && found
    })

    const { data } = await running.ask(webhooks.listDeliveries, { storeId, endpointId, limit: 200 })
    const deliveries = await Promise.all(
      data.map(({ id: deliveryId }) => running.ask(webhooks.getDelivery, { storeId, deliveryId })),
    )
    const times = deliveries.flatMap(({ attemptLog }) => attemptLog.map(({ timings }) => timings.total))
    times.sort((a, b) => a - b)
    for (const [name, rank] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      const exact = times[Math.floor(rank * (events - 1))]!
      expect(Math.abs(stats.latencyMs[name]! - exact)).toBeLessThanOrEqual(exact * 0.01 + 0.005)
    }
    expect(stats.series.reduce((sum, { total }) => sum + total, 0)).toBe(events)
    expect(stats).toMatchObject({ succeeded: events, failed: 0, successRate: 1 })
  })

  it('say how much waits, and for how long the oldest has', async () => {
    running.receiver.answer('/down', (_, response) => response.writeHead(500).end())
    const settings = { eventTypes: ['customer.created'], retrySchedule: [3_600] }
    const { id: endpointId } = await running.createEndpoint(storeId, '/down', settings)
    const before = Date.now()
    await running.publish(storeId, 'customer.created')
    const after = Date.now()
    await running.publish(storeId, 'customer.created')

    const { backlog } = await eventually(async () => {
      const found = await statsOf(endpointId)
      return found.backlog.size === 2 && found
    })

    const asked = Date.now()
    expect(backlog.oldestAgeMs).toBeLessThanOrEqual(asked - before)
    const again = (await statsOf(endpointId)).backlog.oldestAgeMs!
    expect(again).toBeGreaterThanOrEqual(asked - after)
  })
})
