import { afterAll, beforeAll, expect, test } from '@jest/globals'
import {
  attemptsSubject,
  connectorEvents,
  endpointEvents,
  executionSubject,
  newId,
  rejectedSubject,
  type AttemptsRecorded,
  type ExecutionRecorded,
  type StoreId,
} from '@cartly/contracts'
import { envelopeHeaders } from '@cartly/event-store'
import type { NatsUser } from '@cartly/launcher'
import { eventually } from '@cartly/testing'
import { headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node'
import { connectorId, endpointId } from '../testing/examples.ts'
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts'
import { watchLive } from '../testing/live-reader.ts'

let gateway: GatewayUnderTest
const services = new Map<NatsUser, NatsConnection>()
beforeAll(async () => {
  gateway = await startGateway()
  for (const user of ['connector-registry', 'webhook-dispatcher', 'hook-executor'] as const) {
    services.set(user, await gateway.nats.connect(user))
  }
})
afterAll(() => gateway.stop())

const at = '2026-11-24T09:30:00.000Z'

const execution = (storeId: string, hook = 'get_rates'): ExecutionRecorded => ({
  executionId: newId('exec'),
  storeId: storeId as StoreId,
  connectorId,
  hook,
  trigger: 'invoke',
  connectorRevision: 1,
  templateVersion: '1.0.0',
  status: 'succeeded',
  source: 'live',
  startedAt: at,
  durationMs: 12,
  deadlineMs: 3_000,
  input: { content: { secret: 'of the buyer' }, truncated: false },
  steps: [],
})

const attempts = (storeId: string): AttemptsRecorded => ({
  storeId: storeId as StoreId,
  endpointId,
  attempts: [1, 2].map((attempt) => ({
    deliveryId: newId('dlv'),
    messageId: newId('msg'),
    eventId: 'evt_1',
    eventType: 'order.created',
    entityId: 'ord_1',
    attempt,
    trigger: 'event',
    at,
    outcome: 'failed',
    status: 500,
    timings: { dns: 0, connect: 1, tls: 0, firstByte: 4, total: 5 },
  })),
})

const publish = (user: NatsUser, subject: string, body: object): void =>
  services.get(user)?.publish(subject, JSON.stringify(body))

/** An envelope as the event store writes it. */
function append(user: NatsUser, subject: string, storeId: string, type: string, data: object): void {
  const headers = natsHeaders()
  headers.set(envelopeHeaders.events, `${type}@1`)
  headers.set(envelopeHeaders.store, storeId)
  headers.set(envelopeHeaders.actor, 'user:ada')
  headers.set(envelopeHeaders.time, at)
  headers.set(envelopeHeaders.revision, '3')
  services.get(user)?.publish(subject, JSON.stringify([data]), { headers })
}

test('shows what happens in the store, as it happens', async () => {
  const live = await watchLive(gateway, 's1')
  expect(live.headers.get('content-type')).toBe('text/event-stream')
  expect(await live.next()).toEqual({ event: 'ready', data: {} })

  publish('hook-executor', executionSubject('s1', connectorId), execution('s1'))
  const run = await live.next()
  expect(run).toMatchObject({ event: 'execution', data: { connectorId, hook: 'get_rates', status: 'succeeded' } })
  expect(JSON.stringify(run)).not.toContain('of the buyer')

  publish('webhook-dispatcher', attemptsSubject('s1', endpointId), attempts('s1'))
  expect(await live.next()).toMatchObject({ event: 'delivery', data: { endpointId, attempt: 1, durationMs: 5 } })
  expect(await live.next()).toMatchObject({ event: 'delivery', data: { endpointId, attempt: 2, outcome: 'failed' } })

  append('connector-registry', connectorEvents.subject(connectorId), 's1', 'ConnectorActivated', {})
  expect(await live.next()).toEqual({
    event: 'connector',
    data: { id: connectorId, revision: 3, at, actor: 'user:ada', changes: ['ConnectorActivated'] },
  })

  const disabled = { cause: 'failing', reason: 'Everything failed for 5 days', at }
  append('webhook-dispatcher', endpointEvents.subject(endpointId), 's1', 'EndpointDisabled', disabled)
  expect(await live.next()).toMatchObject({ event: 'webhook', data: { id: endpointId, changes: ['EndpointDisabled'] } })
  expect(await live.next()).toEqual({
    event: 'webhook.disabled',
    data: { endpointId, at, cause: 'failing', reason: 'Everything failed for 5 days' },
  })

  const rejected = {
    storeId: 's1',
    subject: 'store.s1.order.created',
    storeSequence: 1,
    at,
    code: 'c',
    reason: 'r',
    body: '{',
  }
  publish('webhook-dispatcher', rejectedSubject('s1'), rejected)
  expect(await live.next()).toMatchObject({ event: 'rejected_event', data: { code: 'c', reason: 'r' } })
  await live.close()
})

const idIn = (storeId: string): string => `conn_06e8rk2m4p${storeId}`

test("shows nothing of another store's", async () => {
  const [one, two] = await Promise.all([watchLive(gateway, 's1'), watchLive(gateway, 's2')])
  await one.next()
  await two.next()

  for (const storeId of ['s2', 's1']) {
    publish('hook-executor', executionSubject(storeId, connectorId), execution(storeId, `of_${storeId}`))
    append('connector-registry', connectorEvents.subject(idIn(storeId)), storeId, 'ConnectorConfigured', {
      name: `of ${storeId}`,
    })
  }

  for (const [live, storeId] of [
    [one, 's1'],
    [two, 's2'],
  ] as const) {
    // Published on two connections, so in either order.
    const seen = [await live.next(), await live.next()]
    expect(seen).toContainEqual({ event: 'execution', data: expect.objectContaining({ hook: `of_${storeId}` }) })
    expect(seen).toContainEqual({ event: 'connector', data: expect.objectContaining({ id: idIn(storeId) }) })
  }
  await Promise.all([one.close(), two.close()])
})

test('shows what the scopes allow', async () => {
  const live = await watchLive(gateway, 's1', { scope: 'webhooks:read' })
  await live.next()
  publish('hook-executor', executionSubject('s1', connectorId), execution('s1'))
  await services.get('hook-executor')?.flush()
  append('connector-registry', connectorEvents.subject(connectorId), 's1', 'ConnectorActivated', {})
  await services.get('connector-registry')?.flush()
  publish('webhook-dispatcher', attemptsSubject('s1', endpointId), attempts('s1'))
  expect(await live.next()).toMatchObject({ event: 'delivery' })
  await live.close()
})

test('ends with the token', async () => {
  const live = await watchLive(gateway, 's1', { exp: Math.floor(Date.now() / 1_000) + 1 })
  expect(await live.next()).toMatchObject({ event: 'ready' })
  expect(await live.next()).toBeUndefined()
})

test('a stream that was left leaves nothing behind', async () => {
  const live = await watchLive(gateway, 's1')
  await live.next()
  expect(gateway.live.size).toBeGreaterThan(0)
  await live.close()
  await eventually(() => gateway.live.size === 0)
})

test('a token holds only so many streams open', async () => {
  const token = await gateway.issuer.token()
  const open = () => fetch(`${gateway.url}/v1/stores/s1/live`, { headers: { authorization: `Bearer ${token}` } })

  const streams = await Promise.all(Array.from({ length: 21 }, open))

  expect(streams.map(({ status }) => status).toSorted()).toEqual([...Array.from({ length: 20 }, () => 200), 429])
  await Promise.all(streams.map(({ body }) => body?.cancel()))
  await eventually(() => gateway.live.size === 0)
})
