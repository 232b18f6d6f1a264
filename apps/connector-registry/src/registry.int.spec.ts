import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  CartlyError,
  credentialEvents,
  executionSubject,
  executor,
  newId,
  registry,
  type Connector,
  type ExecutionRecorded,
  type Headroom,
  type Operation,
  type RequestOf,
  type ResponseOf,
  type StoreId,
} from '@cartly/contracts'
import { createEgress } from '@cartly/egress'
import { createEventStore } from '@cartly/event-store'
import { BusClient } from '@cartly/messaging'
import { loadCatalog } from '@cartly/templates'
import {
  eventually,
  testNats,
  testPostgres,
  testService,
  type TestNats,
  type TestPostgres,
  type TestService,
} from '@cartly/testing'
import { jetstream, jetstreamManager, type JetStreamClient } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { RegistryModule } from './registry.module.ts'

const storeId = 'store_1' as StoreId
let nats: TestNats
let postgres: TestPostgres
let service: TestService
let gateway: BusClient
let executorJs: JetStreamClient
let executorNc: NatsConnection
/** What the executor that stands in here knows of a connector; undefined when it does not answer. */
let headroom: Headroom | undefined
/** What it says of a test. */
let testResult: ResponseOf<typeof executor.test> = { ok: true, latencyMs: 3, checks: [] }

beforeAll(async () => {
  ;[nats, postgres] = await Promise.all([testNats(), testPostgres()])
  const catalog = await loadCatalog()
  service = await testService(nats, 'connector-registry', (context) =>
    RegistryModule.create(context, { databaseUrl: postgres.urls.registry, catalog, addresses: createEgress() }),
  )
  gateway = new BusClient(await nats.connect('admin-gateway'), 'admin-gateway')
  executorNc = await nats.connect('hook-executor')
  executorJs = jetstream(executorNc)
  executorNc.subscribe(executor.headroom.subject, {
    callback: (_, message) => {
      if (headroom) message.respond(JSON.stringify(headroom))
    },
  })
  executorNc.subscribe(executor.test.subject, {
    callback: (_, message) => void message.respond(JSON.stringify(testResult)),
  })
})

afterAll(async () => {
  await service?.stop()
  await nats?.stop()
  await postgres?.stop()
})

const ask = <O extends Operation>(operation: O, request: RequestOf<O>, commandId?: string): Promise<ResponseOf<O>> =>
  gateway.request(operation, request, { actor: 'user:ada', ...(commandId ? { commandId } : {}) })

const refusal = async (asked: Promise<unknown>): Promise<CartlyError> => {
  const outcome: unknown = await asked.catch((error: unknown) => error)
  if (outcome instanceof CartlyError) return outcome
  throw new Error(`not refused: ${JSON.stringify(outcome)}`)
}

const install = (request: Partial<RequestOf<typeof registry.install>> = {}): Promise<Connector> =>
  ask(registry.install, { storeId, template: 'shippo', ...request })

describe('the catalogue', () => {
  it('is found by category and by words', async () => {
    const shipping = await ask(registry.listTemplates, { category: 'shipping', limit: 50 })
    expect(shipping.data.map(({ slug }) => slug)).toEqual(expect.arrayContaining(['easypost', 'shippo']))

    const found = await ask(registry.listTemplates, { q: 'shippo', limit: 50 })
    expect(found.data.map(({ slug }) => slug)).toEqual(['shippo'])
  })

  it('shows what a template asks for', async () => {
    const template = await ask(registry.getTemplate, { slug: 'shippo' })
    expect(template.credentialFields).toEqual([expect.objectContaining({ name: 'apiKey', secret: true })])
    expect(template.hooks.map(({ name }) => name)).toEqual(expect.arrayContaining(['get_rates', 'buy_label']))
    expect((await refusal(ask(registry.getTemplate, { slug: 'nothing' }))).kind).toBe('not_found')
  })
})

describe('a connector', () => {
  it('goes from installed to active', async () => {
    const installed = await install({ name: 'My Shippo' })
    expect(installed).toMatchObject({
      status: 'installed',
      name: 'My Shippo',
      revision: 1,
      credentials: { set: false },
    })
    const place = { storeId, connectorId: installed.id }
    expect(await refusal(ask(registry.activate, place))).toMatchObject({
      kind: 'conflict',
      code: 'credentials_missing',
    })

    await ask(registry.attachCredentials, { ...place, purpose: 'connector', credentialId: newId('cred'), version: 1 })
    expect(await ask(registry.test, place)).toMatchObject({ ok: true })
    expect(await ask(registry.get, place)).toMatchObject({ status: 'ready', lastTest: { ok: true } })
    expect(await ask(registry.activate, place)).toMatchObject({ status: 'active' })
    await ask(registry.reportCircuit, { ...place, state: 'open', reason: 'Shippo answered 503' })
    expect(await ask(registry.get, place)).toMatchObject({
      status: 'needs_attention',
      statusReason: { code: 'breaker_open', message: 'Shippo answered 503' },
    })
    await ask(registry.reportCircuit, { ...place, state: 'closed', reason: 'It answers again' })
    expect(await ask(registry.deactivate, place)).toMatchObject({ status: 'inactive' })
    await ask(registry.remove, place)
    expect((await refusal(ask(registry.get, place))).kind).toBe('not_found')
  })

  it('is installed before it is configured, and says what it lacks before it is tested', async () => {
    const { id: connectorId } = await install({ template: 'slack' })
    const place = { storeId, connectorId }

    const refused = await refusal(ask(registry.test, place))
    expect(refused).toMatchObject({ kind: 'conflict', code: 'settings_missing' })
    expect(refused.errors?.map(({ pointer }) => pointer)).toEqual(['/settings/channel'])
    expect((await refusal(ask(registry.activate, place))).code).toBe('settings_missing')

    await ask(registry.configure, { ...place, settings: { channel: '#orders' } })
    expect(await ask(registry.test, place)).toMatchObject({ ok: true })
  })

  it('is installed once by a command that comes twice', async () => {
    const first = await ask(registry.install, { storeId, template: 'shippo' }, 'same-command')
    const second = await ask(registry.install, { storeId, template: 'shippo' }, 'same-command')
    expect(second.id).toBe(first.id)
    expect(second.revision).toBe(1)
  })

  it('hears from the vault that it has credentials', async () => {
    const { id: connectorId } = await install()
    const vaultNc = await nats.connect('credential-vault')
    const vault = createEventStore({
      nc: vaultNc,
      js: jetstream(vaultNc),
      jsm: await jetstreamManager(vaultNc, { checkAPI: false }),
    })
    const credentialId = newId('cred')
    const data = {
      credentialId,
      storeId,
      ownerId: connectorId,
      purpose: 'connector' as const,
      version: 1,
      keyId: 'k1',
      fields: [],
      storedAt: new Date().toISOString(),
    }
    await vault.append(credentialEvents, credentialId, {
      events: [{ type: 'CredentialStored', data }],
      storeId,
      revision: 1,
      expectedSequence: 0,
      commandId: credentialId,
      actor: 'user:ben',
      time: new Date().toISOString(),
    })

    await eventually(async () => {
      const { credentials } = await ask(registry.get, { storeId, connectorId })
      expect(credentials).toEqual({ set: true, credentialId, version: 1 })
      return true
    })
    const [heard] = (await ask(registry.history, { storeId, connectorId, limit: 1 })).data
    expect(heard).toMatchObject({ type: 'ConnectorCredentialsAttached', actor: 'user:ben' })
  })

  it('explains a test that failed', async () => {
    const { id: connectorId } = await install()
    const place = { storeId, connectorId }
    await ask(registry.attachCredentials, { ...place, purpose: 'connector', credentialId: newId('cred'), version: 1 })
    testResult = { ok: false, latencyMs: 3, checks: [], error: { code: 'http_401', message: 'Shippo refused the key' } }
    await ask(registry.test, place)
    testResult = { ok: true, latencyMs: 3, checks: [] }

    expect((await refusal(ask(registry.activate, place))).message).toContain('Shippo refused the key')
  })

  it('is changed on the revision that was seen, or not at all', async () => {
    const { id: connectorId } = await install()
    const place = { storeId, connectorId }
    expect(await ask(registry.configure, { ...place, name: 'One', expectedRevisions: [1] })).toMatchObject({
      revision: 2,
    })
    expect((await refusal(ask(registry.configure, { ...place, name: 'Two', expectedRevisions: [1] }))).kind).toBe(
      'precondition_failed',
    )
    expect(await ask(registry.get, place)).toMatchObject({ name: 'One' })
  })

  it('is seen as it was, with who changed what', async () => {
    const { id: connectorId, updatedAt } = await install({ name: 'Before' })
    const place = { storeId, connectorId }
    await ask(registry.configure, { ...place, name: 'After' })

    expect(await ask(registry.get, { ...place, asOf: updatedAt })).toMatchObject({ name: 'Before', revision: 1 })
    const { data } = await ask(registry.history, { ...place, limit: 50 })
    expect(data.map(({ type, actor }) => [type, actor])).toEqual([
      ['ConnectorConfigured', 'user:ada'],
      ['ConnectorInstalled', 'user:ada'],
    ])
    const first = await ask(registry.history, { ...place, limit: 1 })
    const second = await ask(registry.history, { ...place, limit: 1, cursor: first.nextCursor! })
    expect([first.data[0]!.type, second.data[0]!.type, second.nextCursor]).toEqual([
      'ConnectorConfigured',
      'ConnectorInstalled',
      null,
    ])
  })

  it('is not there for another store', async () => {
    const { id: connectorId } = await install()
    const foreign = { storeId: 'store_2' as StoreId, connectorId }
    const asked = [
      ask(registry.get, foreign),
      ask(registry.configure, { ...foreign, name: 'Mine' }),
      ask(registry.attachCredentials, { ...foreign, purpose: 'connector', credentialId: newId('cred'), version: 1 }),
      ask(registry.test, foreign),
      ask(registry.activate, foreign),
      ask(registry.deactivate, foreign),
      ask(registry.remove, foreign),
      ask(registry.upgrade, { ...foreign, version: '1.0.0' }),
      ask(registry.rollback, foreign),
      ask(registry.history, { ...foreign, limit: 1 }),
      ask(registry.stats, { ...foreign, window: '1h' }),
      ask(registry.listExecutions, { ...foreign, limit: 1 }),
    ]
    const kinds = await Promise.all(asked.map(async (one) => (await refusal(one)).kind))
    expect(kinds).toEqual(kinds.map(() => 'not_found'))
  })
})

describe('input that does not fit', () => {
  const mine = {
    name: 'Mine',
    description: 'A service of our own',
    docsUrl: 'https://docs.example.com',
    auth: { type: 'bearer' },
    baseUrl: 'https://[::ffff:10.0.0.7]',
    testConnection: { request: { method: 'GET', path: '/me' }, expect: { status: [200] } },
    hooks: { ask: { description: 'Asks', steps: [{ id: 'a', request: { method: 'POST', path: '/' } }], result: {} } },
  }
  it.each<[string, Partial<RequestOf<typeof registry.install>>, string]>([
    ['an unknown template', { template: 'nope' }, '/template'],
    ['an unknown version', { version: '9.9.9' }, '/version'],
    ['neither template nor definition', { template: undefined }, '/template'],
    ['an unknown setting', { settings: { nope: 1 } }, '/settings/nope'],
    ['an address with credentials', { endpoints: { baseUrl: 'https://me:secret@example.com' } }, '/endpoints/baseUrl'],
    ['an address of a cloud', { endpoints: { baseUrl: 'http://169.254.169.254/latest' } }, '/endpoints/baseUrl'],
    ['a private address', { endpoints: { baseUrl: 'https://10.0.0.7' } }, '/endpoints/baseUrl'],
    ['a private address in disguise', { endpoints: { baseUrl: 'https://0x7f000001' } }, '/endpoints/baseUrl'],
    ['an address without TLS', { endpoints: { baseUrl: 'http://api.example.com' } }, '/endpoints/baseUrl'],
    ['a private address of its own definition', { template: undefined, definition: mine }, '/definition/baseUrl'],
    [
      'a sample that its definition does not keep',
      {
        template: undefined,
        definition: {
          ...mine,
          baseUrl: 'https://api.example.com',
          samples: [{ description: 'It asks', hook: 'ask', input: {}, responses: { a: {} }, output: { x: 1 } }],
        },
      },
      '/definition/samples/0',
    ],
    ['an unknown mapping', { mappings: { nope: {} } }, '/mappings/nope'],
    ['a definition without hooks', { template: undefined, definition: { name: 'Mine' } }, '/definition/hooks'],
    [
      'a regular expression',
      { template: undefined, definition: { settings: { properties: { a: { type: 'string', pattern: '^(a+)+$' } } } } },
      '/definition/settings/properties/a/pattern',
    ],
  ])('%s is refused with its place', async (_, request, pointer) => {
    const error = await refusal(install(request))
    expect(error.kind).toBe('invalid')
    expect(error.errors?.map((field) => field.pointer)).toContain(pointer)
  })
})

describe('executions', () => {
  const execution = (connectorId: Connector['id'], change: Partial<ExecutionRecorded> = {}): ExecutionRecorded => ({
    executionId: newId('exec'),
    storeId,
    connectorId,
    hook: 'get_rates',
    trigger: 'invoke',
    connectorRevision: 1,
    templateVersion: '1.0.0',
    status: 'succeeded',
    source: 'live',
    startedAt: new Date().toISOString(),
    durationMs: 100,
    deadlineMs: 3_000,
    input: { content: {}, truncated: false },
    steps: [],
    ...change,
  })
  const publish = (fact: ExecutionRecorded): Promise<unknown> =>
    executorJs.publish(executionSubject(storeId, fact.connectorId), JSON.stringify(fact))

  it('are listed, shown and counted', async () => {
    const { id: connectorId } = await install()
    const error = { class: 'transient' as const, code: 'http_503', message: 'Shippo is away' }
    const facts = [
      ...Array.from({ length: 98 }, (_, i) => execution(connectorId, { durationMs: i + 1 })),
      execution(connectorId, { status: 'failed', error, durationMs: 99 }),
      execution(connectorId, { source: 'cache', durationMs: 100 }),
    ]
    // The last comes twice, as it does after a lost acknowledgement.
    for (const fact of [...facts, facts.at(-1)!]) await publish(fact)

    const stats = await eventually(async () => {
      const found = await ask(registry.stats, { storeId, connectorId, window: '1h' })
      expect(found.total).toBe(100)
      return found
    })
    expect(stats).toMatchObject({
      succeeded: 99,
      failed: 1,
      successRate: 0.99,
      bySource: { live: 99, cache: 1 },
      byErrorClass: { transient: 1 },
      byHook: { get_rates: { total: 100, failed: 1 } },
    })
    expect(Math.abs(stats.latencyMs.p50! - 50)).toBeLessThanOrEqual(0.5)
    expect(Math.abs(stats.latencyMs.p95! - 95)).toBeLessThanOrEqual(0.95)
    expect(Math.abs(stats.latencyMs.p99! - 99)).toBeLessThanOrEqual(0.99)
    expect(await ask(registry.stats, { storeId, connectorId, window: '30d' })).toMatchObject({ total: 100 })

    const listed = await ask(registry.list, { storeId, include: 'health', limit: 200 })
    const { health } = listed.data.find(({ id }) => id === connectorId)!
    expect(health).toMatchObject({ total: 100, failed: 1, successRate: 0.99, p95Ms: stats.latencyMs.p95 })
    expect(health!.hours.reduce((sum, { total }) => sum + total, 0)).toBe(100)
    expect(health!.lastFailure).toEqual({
      id: facts.find(({ error: why }) => why)!.executionId,
      at: expect.any(String),
    })
    expect(listed.data.filter(({ health: of }) => of?.total === 0).every(({ health: of }) => !of?.lastFailure)).toBe(
      true,
    )
    expect((await ask(registry.list, { storeId, limit: 1 })).data[0]).not.toHaveProperty('health')

    expect(stats).not.toHaveProperty('circuit')
    headroom = {
      circuit: 'open',
      retryAt: new Date().toISOString(),
      rateLimit: { limit: 60, remaining: 12, perSeconds: 60 },
    }
    expect(await ask(registry.stats, { storeId, connectorId, window: '1h' })).toMatchObject(headroom)
    headroom = undefined

    const failed = await ask(registry.listExecutions, { storeId, connectorId, status: 'failed', limit: 10 })
    expect(failed.data).toEqual([expect.objectContaining({ error, status: 'failed' })])
    const page = await ask(registry.listExecutions, { storeId, connectorId, limit: 60 })
    const rest = await ask(registry.listExecutions, { storeId, connectorId, limit: 60, cursor: page.nextCursor! })
    expect(page.data.length + rest.data.length).toBe(100)
    expect(rest.nextCursor).toBeNull()

    const whole = await ask(registry.getExecution, { storeId, executionId: facts[0]!.executionId })
    expect(whole).toMatchObject({ id: facts[0]!.executionId, durationMs: 1 })
    const foreign = { storeId: 'store_2' as StoreId, executionId: facts[0]!.executionId }
    expect((await refusal(ask(registry.getExecution, foreign))).kind).toBe('not_found')
  })

  it('go on when one of them cannot be read', async () => {
    const { id: connectorId } = await install()
    await executorJs.publish(executionSubject(storeId, connectorId), '{"executionId":')
    const fact = execution(connectorId)
    await publish(fact)

    await eventually(() => ask(registry.getExecution, { storeId, executionId: fact.executionId }))
  })
})
