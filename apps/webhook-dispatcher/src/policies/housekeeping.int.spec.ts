import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  attemptsSubject,
  newId,
  webhooks,
  type AttemptRecorded,
  type StoreId,
  type WebhookEndpoint,
} from '@cartly/contracts'
import { createDataSource, statements } from '@cartly/read-model'
import { eventually } from '@cartly/testing'
import type { DataSource } from 'typeorm'
import type { Disabled } from '../domain/endpoint.ts'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import { runningDispatcher, type RunningDispatcher } from '../testing/running-dispatcher.ts'
import { Housekeeping } from './housekeeping.ts'

const DAY_MS = 86_400_000
const storeId = 'store_1' as StoreId
let running: RunningDispatcher
let dataSource: DataSource

beforeAll(async () => {
  running = await runningDispatcher()
  dataSource = createDataSource({ url: running.postgres.urls.dispatcher, schema: 'dispatcher' })
  await dataSource.initialize()
})
afterAll(async () => {
  await dataSource?.destroy()
  await running?.stop()
})

/** Says of an endpoint that it was tried then, as the dispatcher would have. */
async function tried(endpoint: WebhookEndpoint, at: number, outcome: 'succeeded' | 'failed'): Promise<void> {
  const attempt: AttemptRecorded = {
    deliveryId: newId('dlv', at),
    messageId: newId('msg', at),
    eventId: 'evt_1',
    eventType: 'order.created',
    entityId: 'ord_1',
    attempt: 1,
    trigger: 'event',
    at: new Date(at).toISOString(),
    outcome,
    timings: { dns: 0, connect: 0, tls: 0, firstByte: 5, total: 5 },
    ...(outcome === 'failed' ? { error: { code: 'http_500', message: 'The receiver answered 500.' } } : {}),
  }
  const fact = { storeId, endpointId: endpoint.id, attempts: [attempt] }
  const { js } = running.service.context
  const { seq } = await js.publish(attemptsSubject(storeId, endpoint.id), JSON.stringify(fact))
  await eventually(async () => {
    const [row] = await statements(dataSource).query<{ sequence: number }>(
      `SELECT sequence FROM checkpoint WHERE projection = 'webhook_activity' AND status = 'live'`,
    )
    return Number(row?.sequence) >= seq
  })
}

/** Keeps house as of some time, with endpoints that were enabled long ago. */
async function keepHouse(now: number, enabledAt: number): Promise<{ id: string; disabled: Disabled }[]> {
  const disabledNow: { id: string; disabled: Disabled }[] = []
  const housekeeping = new Housekeeping({
    dataSource,
    endpoint: (id) => ({ id, storeId, enabled: true, enabledAt }) as IndexedEndpoint,
    disableAfterMs: 5 * DAY_MS,
    activityDays: 30,
    disable: async ({ id }, disabled) => void disabledNow.push({ id, disabled }),
    onTrouble: (error) => {
      throw error
    },
  })
  await housekeeping.run(now)
  return disabledNow
}

describe('housekeeping', () => {
  it('disables what has failed everything for five days, and nothing else', async () => {
    const now = Date.now()
    const [failing, recovered, quiet] = (await Promise.all(
      ['/a', '/b', '/c'].map((path) => running.createEndpoint(storeId, path)),
    )) as [WebhookEndpoint, WebhookEndpoint, WebhookEndpoint]
    for (const daysAgo of [6, 3, 0.5]) await tried(failing, now - daysAgo * DAY_MS, 'failed')
    await tried(recovered, now - 6 * DAY_MS, 'failed')
    await tried(recovered, now - 2 * DAY_MS, 'succeeded')
    await tried(recovered, now - 0.1 * DAY_MS, 'failed')
    // Failed once, long ago, and was not tried since.
    await tried(quiet, now - 6 * DAY_MS, 'failed')

    const disabled = await keepHouse(now, 0)
    expect(disabled).toEqual([
      {
        id: failing.id,
        disabled: {
          cause: 'failing',
          reason: 'Every delivery has failed for 5 days. The last error: The receiver answered 500.',
          at: new Date(now).toISOString(),
        },
      },
    ])
    // Enabled again since, it has five days more.
    expect(await keepHouse(now, now - DAY_MS)).toEqual([])
  })

  it('drops the days that have reached their age, and rolls up the hours that have ended', async () => {
    const now = Date.now()
    const endpoint = await running.createEndpoint(storeId, '/d')
    for (const daysAgo of [32, 5, 5, 0]) await tried(endpoint, now - daysAgo * DAY_MS, 'succeeded')
    const stats = () => running.ask(webhooks.stats, { storeId, endpointId: endpoint.id, window: '30d' })
    const before = await stats()
    await keepHouse(now, 0)

    const days = await statements(dataSource).query<{ day: string }>(
      'SELECT DISTINCT created_at::date::text AS day FROM delivery WHERE endpoint_id = $1 ORDER BY day',
      [endpoint.id],
    )
    expect(days).toHaveLength(2)
    const rows = await statements(dataSource).query(
      'SELECT resolution, total FROM attempt_stats WHERE endpoint_id = $1 ORDER BY resolution, total',
      [endpoint.id],
    )
    expect(rows).toEqual([
      { resolution: 60, total: 1 },
      { resolution: 3600, total: 2 },
    ])
    expect(await stats()).toMatchObject({ total: 3, latencyMs: before.latencyMs })
  })
})
