import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@cartly/testing'
import { randomUUID } from 'node:crypto'
import type { Answer, Api, Json } from './api.ts'
import { rates } from './rates.ts'
import { openScene, type Scene } from './scene.ts'

/** What the contract says of every route alike, tried at each one that `/openapi.json` lists. */
const store = 'store_http'
const elsewhere = 'store_elsewhere'
let scene: Scene
let operations: readonly Operation[]
/** Of things that are there, by the name of their path parameter. */
let ids: Record<string, string>

interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly scopes: readonly string[]
  readonly isPublic: boolean
  readonly parameters: readonly string[]
  readonly example: unknown
}

beforeAll(async () => {
  scene = await openScene('contract-http')
  operations = await operationsOf(scene.engine.run.gatewayUrl)
  ids = await make()
}, 120_000)

afterAll(() => scene?.close(), 60_000)

async function operationsOf(gatewayUrl: string): Promise<Operation[]> {
  interface Described {
    readonly operationId: string
    readonly security: readonly Record<string, readonly string[]>[]
    readonly parameters: readonly { readonly name: string }[]
    readonly requestBody?: { readonly content: { readonly 'application/json': { readonly example: unknown } } }
  }
  const { paths } = (await (await fetch(`${gatewayUrl}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Described>>
  }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, security, parameters, requestBody }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      scopes: security.flatMap(({ bearer = [] }) => bearer),
      isPublic: security.length === 0,
      parameters: parameters.map(({ name }) => name),
      example: requestBody?.content['application/json'].example,
    })),
  )
}

async function make(): Promise<Record<string, string>> {
  const { api, demo } = scene
  const connector = await scene.connectShippo(store)
  const { executionId } = await api.post(`${connector}/hooks/get_rates/invoke`, { input: rates })
  await eventually(async () => (await api.call('GET', `/v1/stores/${store}/executions/${executionId}`)).status === 200)
  const webhooks = `/v1/stores/${store}/webhooks`
  const endpoint = await api.post<{ id: string }>(webhooks, { url: demo.receiverUrl, eventTypes: ['*'] })
  const delivery = await api.post<{ id: string }>(`${webhooks}/${endpoint.id}/test`)
  const since = '2026-01-01T00:00:00Z'
  const recovery = await api.post<{ id: string }>(`${webhooks}/${endpoint.id}/recover`, { since, dryRun: true })
  return {
    storeId: store,
    connectorId: connector.split('/').at(-1)!,
    executionId: String(executionId),
    endpointId: endpoint.id,
    deliveryId: delivery.id,
    recoveryId: recovery.id,
    hook: 'get_rates',
    slug: 'shippo',
    version: '1.0.0',
    type: 'order.created',
    keyId: 'key_none',
    connectionKey: 'none',
  }
}

const fill = ({ path }: Operation, others: Record<string, string> = {}): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ({ ...ids, ...others })[name]!)

/** What each operation answers, by its id, of those that pick chooses. */
async function each(
  pick: (operation: Operation) => boolean,
  ask: (operation: Operation) => Promise<Answer>,
): Promise<{ id: string; answer: Answer }[]> {
  const picked = operations.filter(pick)
  expect(picked.length).toBeGreaterThan(0)
  const answers = []
  for (const operation of picked) answers.push({ id: operation.id, answer: await ask(operation) })
  return answers
}

/** `{ operation: [status, code] }`, where that is not what it ought to be. */
const unlike = (answers: readonly { id: string; answer: Answer }[], status: number, code?: string) =>
  Object.fromEntries(
    answers
      .filter(({ answer }) => answer.status !== status || (code !== undefined && String(answer.body.code) !== code))
      .map(({ id, answer }) => [id, [answer.status, answer.body.code]]),
  )

const isOfStore = ({ path }: Operation) => path.includes('{storeId}')
const send = (api: Api, operation: Operation, path = fill(operation), headers = {}) =>
  api.call(operation.method, path, operation.example, headers)

describe('every route', () => {
  it("answers 404 for another store's things, as for what there is not", async () => {
    const api = await scene.as({ stores: [elsewhere] })
    const other = await each(
      (operation) => isOfStore(operation) && /\{storeId\}.*\{/.test(operation.path),
      (operation) => send(api, operation, fill(operation, { storeId: elsewhere })),
    )
    expect(unlike(other, 404, 'not_found')).toEqual({})
    const theirs = await each(isOfStore, (operation) => send(api, operation))
    expect(unlike(theirs, 404, 'not_found')).toEqual({})
  })

  it('whatever revision is expected of them', async () => {
    const none = 'conn_00000000000000000000000000'
    const answers = await each(
      ({ path, parameters }) => path.includes('{connectorId}') && parameters.includes('If-Match'),
      (operation) => send(scene.api, operation, fill(operation, { connectorId: none }), { 'if-match': '"7"' }),
    )
    expect(unlike(answers, 404, 'not_found')).toEqual({})
  })

  it('needs a token, and one with the scope', async () => {
    const unknown = await each(
      ({ isPublic }) => !isPublic,
      (operation) => send(scene.api, operation, fill(operation), { authorization: 'Bearer e30.e30.e30' }),
    )
    expect(unlike(unknown, 401, 'invalid_token')).toEqual({})
    for (const { answer } of unknown) expect(answer.headers.get('www-authenticate')).toContain('invalid_token')

    const api = await scene.as({ stores: [store], scope: 'nothing' })
    const unscoped = await each(
      ({ scopes }) => scopes.length > 0,
      (operation) => send(api, operation),
    )
    expect(unlike(unscoped, 403, 'insufficient_scope')).toEqual({})
    for (const { answer } of unscoped) expect(answer.headers.get('www-authenticate')).toContain('insufficient_scope')
  })

  it('refuses what it does not know, and says where', async () => {
    const notOthers = ({ id }: Operation) => !['oauthCallback', 'endSignIn'].includes(id)
    const asked = await each(notOthers, (operation) =>
      send(scene.api, operation, `${fill(operation, { storeId: elsewhere })}?unheardOf=1`),
    )
    const pointers = asked.map(({ id, answer }) => [id, (answer.body.errors as unknown as Json[])?.[0]?.pointer])
    expect(Object.fromEntries(pointers)).toEqual(Object.fromEntries(asked.map(({ id }) => [id, '/query/unheardOf'])))

    const withBody = ({ example }: Operation) => example !== undefined
    const put = (body: unknown, headers = {}) =>
      each(withBody, (operation) => scene.api.call(operation.method, fill(operation), body, headers))
    expect(unlike(await put('{"a":'), 400, 'malformed_json')).toEqual({})
    expect(unlike(await put('a=1', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type')).toEqual({})
    expect(unlike(await put([]), 422, 'invalid_input')).toEqual({})
    expect(unlike(await put({ a: 'x'.repeat(2 ** 20) }), 413, 'body_too_large')).toEqual({})
  }, 60_000)

  it('names the methods that its path takes, to those that it does not', async () => {
    for (const [path, rows] of Map.groupBy(operations, (operation) => operation.path)) {
      const taken = rows.map(({ method }) => method)
      const method = taken.includes('PUT') ? 'PATCH' : 'PUT'
      const { status, headers } = await fetch(`${scene.engine.run.gatewayUrl}${fill(rows[0]!)}`, { method })
      expect([path, status]).toEqual([path, 405])
      expect(headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(taken))
    }
  })
})

describe('a list', () => {
  const isList = ({ parameters }: Operation) => parameters.includes('cursor')

  it('takes a limit of 1 to 200, and cursors of its own', async () => {
    for (const limit of ['0', '201', '1.5', 'many', '']) {
      const answers = await each(isList, (operation) => scene.api.call('GET', `${fill(operation)}?limit=${limit}`))
      expect(unlike(answers, 422, 'invalid_input')).toEqual({})
      for (const { answer } of answers) expect(answer.body.errors).toMatchObject([{ pointer: '/query/limit' }])
    }
    const most = await each(isList, (operation) => scene.api.call('GET', `${fill(operation)}?limit=200`))
    expect(unlike(most, 200)).toEqual({})
    const strange = await each(isList, (operation) => scene.api.call('GET', `${fill(operation)}?cursor=b3RoZXI`))
    expect(unlike(strange, 422, 'invalid_cursor')).toEqual({})
    for (const { answer } of strange) expect(answer.body.errors).toMatchObject([{ pointer: '/query/cursor' }])
  })

  it.each([
    ['connectors', { template: 'stripe' }],
    ['webhooks', { url: 'http://127.0.0.1:9/hook', eventTypes: ['*'] }],
  ])('of %s keeps its pages while more are made, and their ids tell the order', async (kind, body) => {
    const path = `/v1/stores/store_pages/${kind}`
    const create = async () => (await scene.api.post<{ id: string }>(path, body)).id
    const made = [await create(), await create(), await create(), await create()]
    expect(made.toSorted()).toEqual(made)

    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { data: { id: string }[]; nextCursor: string | null } = await scene.api.get(
        `${path}?limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      )
      seen.push(...page.data.map(({ id }) => id))
      if (seen.length < 4) await create()
      cursor = page.nextCursor
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining(made))
  })
})

describe('an aggregate', () => {
  it.each([
    ['connectors', { template: 'stripe' }, { name: 'New' }],
    ['webhooks', { url: 'http://127.0.0.1:9/hook', eventTypes: ['*'] }, { description: 'New' }],
  ])('of %s is changed at the revision that was meant', async (kind, body, change) => {
    const path = `/v1/stores/store_revisions/${kind}`
    const made = await scene.api.call('POST', path, body)
    const one = `${path}/${String(made.body.id)}`
    expect(made.headers.get('location')).toBe(one)
    const etag = (await scene.api.call('GET', one)).headers.get('etag')!
    expect(etag).toBe(made.headers.get('etag'))
    const patch = (ifMatch: string) => scene.api.call('PATCH', one, change, { 'if-match': ifMatch })

    const changed = await patch(`"99", ${etag}`)
    expect(changed).toMatchObject({ status: 200, body: { revision: Number(etag.slice(1, -1)) + 1 } })
    expect(await patch(etag)).toMatchObject({ status: 412, body: { code: 'revision_changed' } })
    expect((await patch('*')).status).toBe(200)
    expect((await scene.api.call('DELETE', one, undefined, { 'if-match': etag })).status).toBe(412)
    expect((await scene.api.call('DELETE', one)).status).toBe(204)
    expect((await patch('*')).status).toBe(404)
  })
})

describe('an Idempotency-Key', () => {
  const takesKey = ({ parameters }: Operation) => parameters.includes('Idempotency-Key')

  it('is taken by every POST but those whose answer is bound to a browser', () => {
    const posts = operations.filter(({ method }) => method === 'POST')
    const without = posts.filter((operation) => !takesKey(operation)).map(({ id }) => id)
    expect(without).toEqual(['authorizeConnector', 'signIn'])
  })

  it('has what went well answered alike, and what failed tried again', async () => {
    for (const operation of operations.filter(takesKey)) {
      const headers = { 'idempotency-key': randomUUID() }
      const first = await send(scene.api, operation, fill(operation), headers)
      const again = await send(scene.api, operation, fill(operation), headers)
      const replayed = again.headers.get('idempotent-replayed')
      const { id } = operation
      if (first.status >= 300) expect({ id, replayed }).toEqual({ id, replayed: null })
      else expect({ id, replayed, ...again, headers }).toEqual({ id, replayed: 'true', ...first, headers })
    }
  })

  it('with another body is refused', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const preview = (input: object) => scene.api.call('POST', '/v1/mappings/preview', { mapping: {}, input }, headers)
    expect((await preview({ a: 1 })).status).toBe(200)
    expect(await preview({ a: 2 })).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })
})
