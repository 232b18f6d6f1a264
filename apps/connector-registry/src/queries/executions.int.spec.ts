import {
  executionSubject,
  newId,
  registry,
  type Connector,
  type ConnectorStats,
  type ErrorClass,
  type ExecutionRecorded,
  type ResultSource,
  type StoreId,
  type Window,
} from '@cartly/contracts'
import { createEgress } from '@cartly/egress'
import { BusClient } from '@cartly/messaging'
import { loadCatalog } from '@cartly/templates'
import { eventually, testNats, testPostgres, testService, type TestNats, type TestPostgres } from '@cartly/testing'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { jetstream, type JetStreamClient } from '@nats-io/jetstream'
import { RegistryModule } from '../registry.module.ts'

const storeId = 'store_1' as StoreId
let nats: TestNats
let postgres: TestPostgres
let stop: () => Promise<void>
let gateway: BusClient
let executor: JetStreamClient

beforeAll(async () => {
  ;[nats, postgres] = await Promise.all([testNats(), testPostgres()])
  const catalog = await loadCatalog()
  const service = await testService(nats, 'connector-registry', (context) =>
    RegistryModule.create(context, { databaseUrl: postgres.urls.registry, catalog, addresses: createEgress() }),
  )
  stop = service.stop
  gateway = new BusClient(await nats.connect('admin-gateway'), 'admin-gateway')
  executor = jetstream(await nats.connect('hook-executor'))
})
afterAll(async () => {
  await stop()
  await nats.stop()
  await postgres.stop()
})

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]
const hooks = ['get_rates', 'track', 'validate_address']
const sources: readonly ResultSource[] = ['live', 'cache', 'stale', 'backup']
const classes: readonly ErrorClass[] = ['transient', 'configuration', 'permanent', 'unknown']

const install = (): Promise<Connector> => gateway.request(registry.install, { storeId, template: 'shippo' })
const statsOf = (connectorId: Connector['id'], window: Window): Promise<ConnectorStats> =>
  gateway.request(registry.stats, { storeId, connectorId, window })
const publish = (fact: ExecutionRecorded): Promise<unknown> =>
  executor.publish(executionSubject(storeId, fact.connectorId), JSON.stringify(fact))

const oneOf = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)]!
const between = (from: number, to: number): number => from + Math.random() * (to - from)
/** Long-tailed, as response times are: 95 % between 30 ms and 1.6 s. */
const responseTime = (): number =>
  Math.exp(5.4 + Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(between(0, 6.283)))

function executionOf(
  connectorId: Connector['id'],
  age: number,
  change: Partial<ExecutionRecorded> = {},
): ExecutionRecorded {
  const failed = Math.random() < 0.2
  return {
    executionId: newId('exec'),
    storeId,
    connectorId,
    hook: oneOf(hooks),
    trigger: oneOf(['invoke', 'event', 'replay']),
    connectorRevision: 1,
    templateVersion: '1.0.0',
    status: failed ? 'failed' : 'succeeded',
    source: oneOf(sources),
    ...(failed ? { error: { class: oneOf(classes), code: 'code', message: 'A message' } } : {}),
    startedAt: new Date(Date.now() - age).toISOString(),
    durationMs: responseTime(),
    deadlineMs: 3_000,
    input: { content: {}, truncated: false },
    steps: [],
    ...change,
  }
}

/** What the figures must be, from the facts themselves. */
function computed(facts: readonly ExecutionRecorded[]) {
  const failed = facts.filter(({ status }) => status === 'failed')
  const times = facts.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b)
  const counted = (of: readonly string[]) =>
    Object.fromEntries([...Map.groupBy(of, (one) => one)].map(([one, all]) => [one, all.length]))
  return {
    figures: {
      total: facts.length,
      succeeded: facts.length - failed.length,
      failed: failed.length,
      successRate: (facts.length - failed.length) / facts.length,
      bySource: counted(facts.map(({ source }) => source)),
      byErrorClass: counted(failed.map(({ error }) => error!.class)),
      byHook: Object.fromEntries(
        hooks.map((hook) => [
          hook,
          {
            total: facts.filter((fact) => fact.hook === hook).length,
            failed: failed.filter((fact) => fact.hook === hook).length,
          },
        ]),
      ),
    },
    percentile: (share: number) => times[Math.ceil(share * times.length) - 1]!,
  }
}

describe('the figures of a connector', () => {
  it('are those of its executions, within 1 %, over an hour, a day, a week and a month', async () => {
    const { id: connectorId } = await install()
    // By age, and well away from the ends of the windows, which are whole minutes and hours.
    const ages: Record<Window | 'older', () => number> = {
      '1h': () => between(0, 58 * minute),
      '24h': () => between(62 * minute, 24 * hour - 2 * minute),
      '7d': () => between(24 * hour + 2 * minute, 7 * day - 2 * hour),
      '30d': () => between(7 * day + 2 * hour, 30 * day - 2 * hour),
      older: () => between(30 * day + 2 * hour, 40 * day),
    }
    const windows = ['1h', '24h', '7d', '30d'] as const
    const facts = Object.fromEntries(
      Object.entries(ages).map(([window, age]) => [
        window,
        Array.from({ length: 600 }, () => executionOf(connectorId, age())),
      ]),
    ) as Record<Window | 'older', ExecutionRecorded[]>
    const foreign = executionOf((await install()).id, minute)
    await Promise.all([...Object.values(facts).flat(), foreign].map(publish))

    await eventually(async () => (await statsOf(connectorId, '30d')).total === 2_400)

    for (const [index, window] of windows.entries()) {
      const stats = await statsOf(connectorId, window)
      const { figures, percentile } = computed(windows.slice(0, index + 1).flatMap((reached) => facts[reached]))
      expect(stats).toMatchObject(figures)
      for (const [name, share] of [
        ['p50', 0.5],
        ['p95', 0.95],
        ['p99', 0.99],
      ] as const) {
        expect(Math.abs(stats.latencyMs[name]! / percentile(share) - 1)).toBeLessThanOrEqual(0.01)
      }
      expect(stats.series.reduce((sum, { total }) => sum + total, 0)).toBe(figures.total)
      expect(stats.series.reduce((sum, { failed }) => sum + failed, 0)).toBe(figures.failed)
    }
  })

  it('hold an execution within two seconds', async () => {
    const { id: connectorId } = await install()
    for (let count = 1; count <= 10; count++) {
      await publish(executionOf(connectorId, 0))
      await eventually(async () => (await statsOf(connectorId, '1h')).total === count, { withinMs: 2_000, everyMs: 10 })
    }
  })

  it('hold no test of the connection, which is listed only where it is asked for', async () => {
    const { id: connectorId } = await install()
    const tested = executionOf(connectorId, 0, { trigger: 'test', hook: 'test_connection' })
    const ran = executionOf(connectorId, 0)
    for (const fact of [tested, ran]) await publish(fact)
    await eventually(async () => (await statsOf(connectorId, '1h')).total === 1)

    const listed = async (include?: 'tests') => {
      const { data } = await gateway.request(registry.listExecutions, { storeId, connectorId, include, limit: 10 })
      return data.map(({ id, trigger }) => [id, trigger])
    }
    expect(await listed()).toEqual([[ran.executionId, ran.trigger]])
    expect((await listed('tests')).toSorted()).toEqual(
      [
        [tested.executionId, 'test'],
        [ran.executionId, ran.trigger],
      ].toSorted(),
    )
  })
})
