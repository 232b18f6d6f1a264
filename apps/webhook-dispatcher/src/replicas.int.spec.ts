import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { webhooks, type StoreId } from '@cartly/contracts'
import { eventually, type TestService } from '@cartly/testing'
import { jetstreamManager } from '@nats-io/jetstream'
import { runningDispatcher, type RunningDispatcher } from './testing/running-dispatcher.ts'

let running: RunningDispatcher
let second: TestService
beforeAll(async () => {
  running = await runningDispatcher({
    concurrency: { perProcess: 64, perStore: 6 },
    health: {
      maxConcurrency: 3,
      startConcurrency: 2,
      openAfter: 3,
      openMs: 1_000,
      openAtMostMs: 2_000,
    },
  })
  second = await running.startReplica()
})
afterAll(async () => {
  if (process.env['SHOW']) console.log([...running.service.lines, ...second.lines].join(''))
  await running?.stop()
})

let stores = 0
const newStore = (): StoreId => `store_${++stores}` as StoreId
const at = (path: string) => running.receiver.journal.filter((each) => each.path === path)

describe('two replicas', () => {
  it('deliver each event once, and together never have more in flight for an endpoint than it may', async () => {
    const storeId = newStore()
    let open = 0
    let most = 0
    running.receiver.answer('/shared', (_, response) => {
      most = Math.max(most, ++open)
      setTimeout(() => {
        open--
        response.writeHead(200).end()
      }, 5)
    })
    await running.createEndpoint(storeId, '/shared')
    const events = await Promise.all(Array.from({ length: 300 }, () => running.publish(storeId, 'order.created')))
    await eventually(() => at('/shared').length >= events.length, { withinMs: 15_000 })
    expect(new Set(at('/shared').map(({ headers }) => headers['webhook-id'])).size).toBe(300)
    expect(at('/shared')).toHaveLength(300)
    expect(most).toBe(3)
  })

  it('together never have more in flight for a store than it may', async () => {
    const storeId = newStore()
    let open = 0
    let most = 0
    const paths = ['/shop-a', '/shop-b', '/shop-c']
    for (const path of paths) {
      running.receiver.answer(path, (_, response) => {
        most = Math.max(most, ++open)
        setTimeout(() => {
          open--
          response.writeHead(200).end()
        }, 5)
      })
      await running.createEndpoint(storeId, path)
    }
    await Promise.all(Array.from({ length: 100 }, () => running.publish(storeId, 'order.created')))
    await eventually(() => paths.every((path) => at(path).length >= 100), { withinMs: 15_000 })
    expect(most).toBe(6)
  })

  it('keep to the rate of an endpoint together', async () => {
    const storeId = newStore()
    await running.createEndpoint(storeId, '/paced', { rateLimitPerSecond: 20 })
    await Promise.all(Array.from({ length: 50 }, () => running.publish(storeId, 'order.created')))
    await eventually(() => at('/paced').length === 50, { withinMs: 10_000 })
    const times = at('/paced').map(({ at: time }) => time)
    // Nowhere within a second were there more than the rate, with the tenth of a second's worth that may go at once.
    for (const [index, time] of times.entries()) {
      expect(times.slice(index).filter((other) => other < time + 1_000).length).toBeLessThanOrEqual(20 + 2 + 1)
    }
  })

  it('try an endpoint whose circuit is open by one attempt at a time, later and later', async () => {
    const storeId = newStore()
    running.receiver.answer('/broken', (_, response) => response.writeHead(500).end())
    await running.createEndpoint(storeId, '/broken', { retrySchedule: [1, 1, 1, 1, 1, 1] })
    for (let i = 0; i < 40; i++) await running.publish(storeId, 'order.created')
    const stats = async () => {
      const [endpoint] = (await running.ask(webhooks.list, { storeId, limit: 1 })).data
      return running.ask(webhooks.stats, { storeId, endpointId: endpoint?.id ?? ('' as never), window: '1h' })
    }
    await eventually(async () => (await stats()).circuit !== 'closed')
    // Three failures in a row at one of them, fewer at the other, and what was in flight then.
    const opening = at('/broken').length
    expect(opening).toBeLessThanOrEqual(3 + 2 + 3)
    await eventually(() => at('/broken').length >= opening + 3, { withinMs: 10_000 })
    const probes = at('/broken').slice(opening - 1)
    const pauses = probes.slice(1).map(({ at: time }, index) => time - (probes[index]?.at ?? 0))
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(900)
  })

  it('acknowledge an event soon though an endpoint hangs, which holds up nobody else', async () => {
    const storeId = newStore()
    running.receiver.answer('/hangs', () => undefined)
    await running.createEndpoint(storeId, '/hangs', { timeoutMs: 3_000, retrySchedule: [] })
    await running.createEndpoint(storeId, '/beside-it')
    for (let i = 0; i < 40; i++) await running.publish(storeId, 'order.created')
    await eventually(() => at('/beside-it').length === 40, { withinMs: 2_000 })
    const jsm = await jetstreamManager(running.service.context.nc, { checkAPI: false })
    await eventually(async () => (await jsm.consumers.info('STORE', 'webhook-dispatcher')).num_ack_pending === 0, {
      withinMs: 3_500,
    })
    // It is not sent to by more than it may have in flight, and its circuit opens.
    expect(at('/hangs').length).toBeLessThanOrEqual(3)
    const [endpoint] = (await running.ask(webhooks.list, { storeId, limit: 1 })).data
    const stats = await running.ask(webhooks.stats, {
      storeId,
      endpointId: endpoint?.id ?? ('' as never),
      window: '1h',
    })
    expect(stats.backlog.size).toBeGreaterThan(20)
  })

  it('go on without the one that has left', async () => {
    const storeId = newStore()
    let broken = true
    running.receiver.answer('/handed-on', (_, response) => response.writeHead(broken ? 503 : 200).end())
    await running.createEndpoint(storeId, '/handed-on', { retrySchedule: [1, 1, 1, 1, 1, 1] })
    const events = await Promise.all(Array.from({ length: 10 }, () => running.publish(storeId, 'order.created')))
    await eventually(() => at('/handed-on').length > 0)
    await second.stop()
    broken = false
    await eventually(
      async () => {
        const { data } = await running.ask(webhooks.listDeliveries, { storeId, status: 'succeeded', limit: 50 })
        return data.length === events.length
      },
      { withinMs: 20_000 },
    )
  })
})

describe('without the vault', () => {
  it('what cannot be signed waits, and is sent when the vault is back', async () => {
    const storeId = newStore()
    await running.createEndpoint(storeId, '/unsigned')
    running.vault.away = true
    await running.publish(storeId, 'order.created')
    await eventually(() => running.service.lines.some((line) => line.includes('a delivery waits')), {
      withinMs: 15_000,
    })
    expect(at('/unsigned')).toHaveLength(0)
    running.vault.away = false
    await eventually(() => at('/unsigned').length === 1, { withinMs: 15_000 })
  })
})
