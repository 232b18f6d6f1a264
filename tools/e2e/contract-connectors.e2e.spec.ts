import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@cartly/testing'
import { Client } from 'pg'
import type { Json } from './api.ts'
import { openScene, shippoKey, type Scene } from './scene.ts'
import { rates } from './rates.ts'

/** The rows of the contract on templates, connectors and executions; every answer is held against `/openapi.json`. */
const store = 'store_contract'
const connectors = `/v1/stores/${store}/connectors`
let scene: Scene

beforeAll(async () => {
  scene = await openScene('contract-connectors')
}, 120_000)

afterAll(() => scene?.close(), 60_000)

interface List<T> {
  readonly data: readonly T[]
  readonly nextCursor: string | null
}
interface Connector {
  readonly id: string
  readonly status: string
  readonly revision: number
}
const shipping = ['easypost', 'shipengine', 'shippo', 'shipstation']
const others = ['algolia', 'avalara', 'hubspot', 'klaviyo', 'mailchimp', 'quickbooks', 'sendgrid', 'slack', 'stripe']
const slugs = [...shipping, ...others, 'taxjar', 'xero'].toSorted()

async function all<T>(path: string, limit: number): Promise<T[]> {
  const found: T[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: List<T> = await scene.api.get(
      `${path}?limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    )
    expect(page.data.length).toBeLessThanOrEqual(limit)
    found.push(...page.data)
    cursor = page.nextCursor
  }
  return found
}

describe('the catalogue', () => {
  it('has every template, and pages through them', async () => {
    expect((await all<{ slug: string }>('/v1/templates', 4)).map(({ slug }) => slug)).toEqual(slugs)
  })

  it.each(slugs)('shows %s whole, in its newest version and in each', async (slug) => {
    const template = await scene.api.get(`/v1/templates/${slug}`)
    expect(template).toMatchObject({
      slug,
      category: expect.any(String),
      docsUrl: expect.stringMatching(/^https:/),
      auth: { type: expect.any(String) },
      credentialFields: expect.arrayContaining([expect.objectContaining({ name: expect.any(String) })]),
      testConnection: { request: { method: expect.any(String) } },
    })
    expect(Object.keys(template.hooks!).length).toBeGreaterThan(0)
    for (const version of template.versions as unknown as string[]) {
      expect(await scene.api.get(`/v1/templates/${slug}/versions/${version}`)).toMatchObject({ slug, version })
    }
  })

  it('says what is wrong with a query', async () => {
    expect(await scene.api.call('GET', '/v1/templates?limit=201')).toMatchObject({
      status: 422,
      body: { code: 'invalid_input', errors: [{ pointer: '/query/limit' }] },
    })
    expect(await scene.api.call('GET', '/v1/templates/nothing')).toMatchObject({ status: 404 })
  })
})

describe('a connector', () => {
  it('takes changes by merging, at the revision they were meant for', async () => {
    const { id } = await scene.api.post<Connector>(connectors, { template: 'shippo', name: 'One' })
    const path = `${connectors}/${id}`
    const change = (body: object, revision: number) =>
      scene.api.call('PATCH', path, body, { 'if-match': `"${revision}"` })

    const first = await change({ settings: { labelFormat: 'PNG' }, endpoints: { baseUrl: 'https://a.example' } }, 1)
    expect(first.headers.get('etag')).toBe('"2"')
    expect(await change({ name: 'Late' }, 1)).toMatchObject({ status: 412 })
    const second = await change({ settings: { defaultCarrier: null }, endpoints: { baseUrl: null } }, 2)

    expect(second.body).toMatchObject({ name: 'One', settings: { labelFormat: 'PNG' }, endpoints: {}, revision: 3 })
    expect(second.body.settings).not.toHaveProperty('defaultCarrier')
    expect(await change({ settings: { labelFormat: 'GIF' } }, 3)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/settings/labelFormat', message: expect.stringContaining('"PNG"') }] },
    })
  })

  it('is installed once under an Idempotency-Key', async () => {
    const post = (name: string) =>
      scene.api.call('POST', connectors, { template: 'stripe', name }, { 'idempotency-key': 'install-1' })
    const [first, again, other] = [await post('A'), await post('A'), await post('B')]
    expect([first.status, again.status, other.status]).toEqual([201, 201, 422])
    expect(again.body).toEqual(first.body)
  })

  it('needs a test since its last change to be active, and says what it lacks', async () => {
    const { id } = await scene.api.post<Connector>(connectors, {
      template: 'shippo',
      endpoints: { baseUrl: scene.demo.carrierUrl },
    })
    const path = `${connectors}/${id}`
    const activation = async () => (await scene.api.call('POST', `${path}/activate`)).body.code as unknown
    const status = async () => (await scene.api.get<Connector>(path)).status

    expect(await activation()).toBe('credentials_missing')
    await scene.api.put(`${path}/credentials`, { values: { apiKey: shippoKey } })
    expect(await activation()).toBe('test_missing')
    expect(await scene.api.post(`${path}/test`)).toMatchObject({ ok: true, checks: expect.any(Array) })
    expect(await status()).toBe('ready')
    await scene.api.patch(path, { settings: { labelFormat: 'PNG' } })
    expect(await status()).toBe('installed')
    expect(await activation()).toBe('test_outdated')
    await scene.api.post(`${path}/test`)
    expect(await activation()).toBeUndefined()
    expect(await status()).toBe('active')
    await scene.api.post(`${path}/deactivate`)
    expect(await status()).toBe('inactive')
  })

  it('never shows a credential, and says so when it has lost it', async () => {
    const path = await scene.connectShippo(store)
    const shown = await scene.api.get(`${path}/credentials`)
    expect(shown).toMatchObject({ version: 1, fields: [{ name: 'apiKey', set: true, last4: shippoKey.slice(-4) }] })

    await scene.api.delete(`${path}/credentials`)

    expect(await scene.api.get(path)).toMatchObject({
      status: 'needs_attention',
      statusReason: { code: 'credentials_missing', message: expect.any(String) },
    })
    await scene.api.put(`${path}/credentials`, { values: { apiKey: shippoKey } })
    expect(await scene.api.get(path)).toMatchObject({ status: 'active' })
    const history = await scene.api.get(`${path}/history?limit=200`)
    expect(JSON.stringify([shown, history])).not.toContain(shippoKey)
  })

  it('is upgraded after a look at the differences, goes back, and is seen as it was', async () => {
    const { id } = await scene.api.post<Connector>(connectors, { template: 'shippo', version: '0.9.0' })
    const path = `${connectors}/${id}`
    const version = async (query = '') =>
      (await scene.api.get<{ template: { version: string } }>(path + query)).template.version

    const looked = await scene.api.post(`${path}/upgrade`, { version: '1.0.0', dryRun: true })
    expect(looked).toMatchObject({ diff: { settings: expect.any(Array), hooks: expect.any(Array) } })
    expect(await version()).toBe('0.9.0')
    await scene.api.post(`${path}/upgrade`, { version: '1.0.0' })
    expect(await version()).toBe('1.0.0')
    await scene.api.post(`${path}/rollback`)
    expect(await version()).toBe('0.9.0')
    expect((await scene.api.call('POST', `${path}/rollback`)).status).toBe(409)

    const history = await all<{ type: string; at: string; actor: string }>(`${path}/history`, 1)
    expect(history.map(({ type }) => type)).toEqual(['ConnectorRolledBack', 'ConnectorUpgraded', 'ConnectorInstalled'])
    expect(await version(`?asOf=${history[1]!.at}`)).toBe('1.0.0')
    expect((await scene.api.call('GET', `${path}?asOf=2020-01-01T00:00:00Z`)).status).toBe(404)
  })

  it('is gone when it is removed', async () => {
    const { id } = await scene.api.post<Connector>(connectors, { template: 'stripe' })
    await scene.api.delete(`${connectors}/${id}`)
    expect((await scene.api.call('GET', `${connectors}/${id}`)).status).toBe(404)
    expect((await scene.api.call('POST', `${connectors}/${id}/activate`)).status).toBe(404)
  })

  it('leaves nothing of its credentials when it is removed', async () => {
    const path = await scene.connectShippo(store)
    const db = new Client({ connectionString: scene.engine.run.postgresUrl })
    await db.connect()
    try {
      const keys = async () => {
        const sql = 'SELECT FROM vault.data_key WHERE owner_id = $1'
        return (await db.query(sql, [path.split('/').at(-1)])).rowCount
      }
      expect(await keys()).toBe(1)
      await scene.api.delete(path)
      await eventually(async () => (await keys()) === 0)
    } finally {
      await db.end()
    }
  })

  it('ends what it is doing when it is deactivated, and does nothing more', async () => {
    const slowStore = 'store_deactivated'
    const path = await scene.connectShippo(slowStore)
    const ask = async () => {
      // The sandbox takes two seconds to answer for this destination.
      const input = { ...rates, to: { ...rates.to, postalCode: '00003' } }
      const body = JSON.stringify({ input, deadlineMs: 6_000 })
      const reply = await scene.nc.request(`integrations.invoke.${slowStore}.get_rates`, body, { timeout: 8_000 })
      return reply.json<{ results: object[] }>().results
    }
    const running = ask()
    await eventually(async () => {
      const { requests } = (await (await fetch(`${scene.demo.carrierUrl}/__journal`)).json()) as {
        requests: { body?: { address_to?: { zip?: string } } }[]
      }
      return requests.some(({ body }) => body?.address_to?.zip === '00003')
    })

    expect(await scene.api.post(`${path}/deactivate`)).toMatchObject({ status: 'inactive' })
    expect(await running).toMatchObject([{ status: 'succeeded', source: 'live' }])
    expect(await ask()).toEqual([])
  })
})

describe('a definition of one’s own', () => {
  const definition = (hook: object): object => ({
    name: 'Mine',
    description: 'A service of our own',
    docsUrl: 'https://docs.example.com',
    auth: { type: 'bearer' },
    baseUrl: 'https://api.example.com',
    testConnection: { request: { method: 'GET', path: '/me' }, expect: { status: [200] } },
    hooks: { ask: { description: 'Asks', ...hook } },
  })
  const read = (id: string, needs?: string) => ({
    id,
    request: { method: 'GET', path: `/${id}`, ...(needs ? { query: { from: { $: `steps.${needs}.id` } } } : {}) },
  })

  it('is a connector, and previews show what it would send and make of the answers', async () => {
    const hook = { steps: [read('a'), read('b', 'a')], result: { found: { $: 'steps.b.name' } } }
    const { id } = await scene.api.post<Connector>(connectors, { definition: definition(hook) })
    const preview = (responses?: object) =>
      scene.api.post(`${connectors}/${id}/hooks/ask/preview`, { input: {}, ...(responses && { responses }) })

    expect(await preview()).toMatchObject({
      requests: [{ step: 'a', method: 'GET', url: 'https://api.example.com/a' }],
      error: { code: 'no_response_given' },
    })
    expect(await preview({ a: { body: { id: '7' } }, b: { body: { name: 'Ada' } } })).toMatchObject({
      requests: [
        { step: 'a' },
        { step: 'b', url: 'https://api.example.com/b?from=7', headers: { authorization: '[redacted]' } },
      ],
      output: { found: 'Ada' },
    })
  })

  it.each<[string, object, string]>([
    [
      'an unknown reference',
      { steps: [read('a', 'z')], result: { $: 'steps.a' } },
      '/definition/hooks/ask/steps/0/request/query/from/$',
    ],
    [
      'a circle',
      { steps: [read('a', 'b'), read('b', 'a')], result: { $: 'steps.a' } },
      '/definition/hooks/ask/steps/0',
    ],
    [
      'a step that nothing needs',
      { steps: [read('a'), read('b')], result: { $: 'steps.a' } },
      '/definition/hooks/ask/steps/1',
    ],
    ['an unknown function', { steps: [read('a')], result: { $eval: 'steps.a' } }, '/definition/hooks/ask/result/$eval'],
  ])('is refused with %s, and told where', async (_, hook, pointer) => {
    const { status, body } = await scene.api.call('POST', connectors, { definition: definition(hook) })
    expect(status).toBe(422)
    expect(body.errors).toContainEqual({ pointer, message: expect.any(String) })
  })

  it('may try its mappings', async () => {
    const preview = (mapping: unknown) => scene.api.post('/v1/mappings/preview', { mapping, input: { name: ' Ada ' } })
    expect(await preview({ to: { $trim: { $: 'input.name' } } })).toEqual({ output: { to: 'Ada' } })
    expect(await preview({ $jsonata: '{ "to": $trim(name) }' })).toEqual({ output: { to: 'Ada' } })
    expect(await preview({ to: { $nothing: 1 } })).toMatchObject({ error: { pointer: '/to/$nothing' } })
  })
})

describe('executions', () => {
  it('are found by what they were, told step by step, counted and replayed', async () => {
    const path = await scene.connectShippo('store_executions')
    const list = async (query = '') => (await scene.api.get<List<Json>>(`${path}/executions?${query}`)).data
    const invoke = (hook: string, input: unknown) => scene.api.post(`${path}/hooks/${hook}/invoke`, { input })
    await invoke('get_rates', rates)
    await invoke('get_rates', rates)
    const failed = await invoke('buy_label', { rateId: 'no_such_rate' })
    expect(failed).toMatchObject({ status: 'failed', error: { class: 'permanent' } })
    await eventually(async () => (await list()).length === 3)

    expect(await list('hook=get_rates')).toHaveLength(2)
    expect(await list('status=failed')).toMatchObject([{ id: failed.executionId }])
    expect(await list('errorClass=permanent&hook=buy_label')).toHaveLength(1)
    expect(await list('errorClass=transient')).toEqual([])
    expect(await list('until=2020-01-01T00:00:00Z')).toEqual([])
    const [tested] = await eventually(async () => {
      const tests = (await list('include=tests')).filter(({ trigger }) => String(trigger) === 'test')
      return tests.length === 1 && tests
    })
    expect(tested).toMatchObject({ hook: 'test_connection', status: 'succeeded' })
    expect(
      await scene.api.call('POST', `/v1/stores/store_executions/executions/${String(tested!.id)}/replay`),
    ).toMatchObject({ status: 409, body: { code: 'test_not_replayed' } })

    const one = `/v1/stores/store_executions/executions/${String(failed.executionId)}`
    const told = await scene.api.get(one)
    expect(told).toMatchObject({
      input: { content: { rateId: 'no_such_rate' } },
      steps: [
        {
          input: { content: { input: { rateId: 'no_such_rate' } } },
          attempts: [{ attempt: 1, request: { headers: { authorization: '[redacted]' } }, response: { status: 400 } }],
        },
      ],
    })
    expect(JSON.stringify(told)).not.toContain(shippoKey)
    for (const configuration of ['current', 'original']) {
      expect(await scene.api.post(`${one}/replay`, { configuration })).toMatchObject({ status: 'failed' })
    }

    for (const window of ['1h', '24h', '7d', '30d']) {
      const stats = await eventually(async () => {
        const { body } = await scene.api.call('GET', `${path}/stats?window=${window}`)
        return (body.total as unknown) === 5 && body
      })
      expect(stats).toMatchObject({ succeeded: 2, failed: 3, successRate: 0.4, bySource: { live: 4, cache: 1 } })
    }
    expect(await scene.api.call('GET', `${path}/stats?window=2d`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/query/window', message: 'must be one of "1h", "24h", "7d", "30d"' }] },
    })
  })
})

describe('a token', () => {
  it.each<[string, string, string, object | undefined]>([
    ['integrations:read', 'GET', '', undefined],
    ['integrations:write', 'PATCH', '', { name: 'Renamed' }],
    ['credentials:write', 'PUT', '/credentials', { values: { apiKey: shippoKey } }],
    ['executions:read', 'GET', '/executions', undefined],
  ])('of %s does what that allows, and no other does', async (scope, method, rest, body) => {
    const { id } = await scene.api.post<Connector>(connectors, { template: 'shippo' })
    const by = async (granted: string) =>
      (await (await scene.as({ stores: [store], scope: granted })).call(method, `${connectors}/${id}${rest}`, body))
        .status

    expect(await by(scope)).toBe(200)
    expect(await by('admin')).toBe(200)
    expect(await by('webhooks:read webhooks:write executions:replay')).toBe(403)
  })
})
