import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { conflict, executor, notFound, registry, webhooks } from '@cartly/contracts'
import { connect } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { connector, connectorId, endpoint } from './testing/examples.ts'
import { startGateway, type GatewayUnderTest } from './testing/gateway-under-test.ts'

let gateway: GatewayUnderTest
beforeAll(async () => {
  gateway = await startGateway()
})
afterEach(() => gateway.services.reset())
afterAll(() => gateway.stop())

const connectors = '/v1/stores/s1/connectors'
const one = `${connectors}/${connectorId}`

describe('a request that fits', () => {
  test('reaches the service on behalf of the caller, and its answer comes back', async () => {
    gateway.services.on(registry.install, () => connector())

    const created = await gateway.send('POST', connectors, { body: { template: 'shippo', name: 'Shippo' } })

    expect(created.status).toBe(201)
    expect(created.json).toEqual(connector())
    expect(created.headers.get('etag')).toBe('"1"')
    expect(created.headers.get('location')).toBe(one)
    expect(gateway.services.asked[0]).toMatchObject({
      request: { storeId: 's1', template: 'shippo', name: 'Shippo' },
      call: { actor: 'user:ada' },
    })
  })

  test('of a list asks for 50 unless it says how many', async () => {
    gateway.services.on(registry.list, () => ({ data: [], nextCursor: null }))

    await gateway.send('GET', connectors)
    await gateway.send('GET', `${connectors}?limit=7&cursor=abc&status=active`)

    expect(gateway.services.of(registry.list)).toEqual([
      { storeId: 's1', limit: 50 },
      { storeId: 's1', limit: 7, cursor: 'abc', status: 'active' },
    ])
  })

  test('pages through the event types as through any list', async () => {
    const all = await gateway.send('GET', '/v1/event-types')
    expect(all.json.nextCursor).toBeNull()

    const first = await gateway.send('GET', '/v1/event-types?limit=9')
    const rest = await gateway.send('GET', `/v1/event-types?limit=9&cursor=${first.json.nextCursor}`)

    const [ofAll, ...ofPages] = [all, first, rest].map(({ json }) => json.data as unknown as object[])
    expect(ofPages.flat()).toEqual(ofAll)
    expect(rest.json.nextCursor).toBeNull()
    expect(await gateway.send('GET', '/v1/event-types?cursor=nonsense')).toMatchObject({ status: 422 })
  })

  describe('hands If-Match on', () => {
    const change = (ifMatch: string) =>
      gateway.send('PATCH', one, { body: { name: 'New' }, headers: { 'if-match': ifMatch } })

    test.each<[string, number[] | undefined]>([
      ['"3"', [3]],
      ['"3", "5"', [3, 5]],
      ['"a,b","5"', [5]],
      ['W/"3"', [3]],
      ['3', [3]],
      ['*', undefined],
    ])('%s as the revisions that it names', async (ifMatch, expectedRevisions) => {
      gateway.services.on(registry.configure, () => connector({ revision: 4 }))
      expect((await change(ifMatch)).headers.get('etag')).toBe('"4"')
      expect(gateway.services.of(registry.configure)[0]?.expectedRevisions).toEqual(expectedRevisions)
    })

    test.each(['"x"', '', '"3" "4"', '"3', '0'])('not %s, which matches nothing', async (ifMatch) => {
      expect(await change(ifMatch)).toMatchObject({ status: 412, json: { code: 'revision_mismatch' } })
      expect(gateway.services.asked).toEqual([])
    })
  })

  test('hands the trace of its caller on', async () => {
    gateway.services.on(registry.get, () => connector())
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    await gateway.send('GET', one, { headers: { traceparent } })
    expect(gateway.services.asked[0]?.traceparent).toContain('4bf92f3577b34da6a3ce929d0e0e4736')
  })

  test('that changes nothing to tell about is answered 204', async () => {
    gateway.services.on(webhooks.remove, () => ({}))
    const removed = await gateway.send('DELETE', `/v1/stores/s1/webhooks/${endpoint().id}`)
    expect(removed).toMatchObject({ status: 204, text: '' })
  })
})

describe('an error', () => {
  const cases: [name: string, method: string, path: string, body: unknown, status: number, code: string][] = [
    ['an unknown path', 'GET', '/v1/nothing', undefined, 404, 'no_such_route'],
    ['a method that the path does not take', 'PUT', one, {}, 405, 'method_not_allowed'],
    ['an id of another kind', 'GET', `${connectors}/whk_06e8rk2m4p7q`, undefined, 404, 'not_found'],
    ['a broken escape in the path', 'GET', `${connectors}/%zz`, undefined, 400, 'bad_request'],
    ['a body that is not JSON', 'POST', connectors, '{"template":', 400, 'malformed_json'],
    ['a body that is missing', 'POST', connectors, undefined, 422, 'missing_body'],
    ['a body that does not fit', 'POST', connectors, { template: 'Not A Slug', extra: 1 }, 422, 'invalid_input'],
    ['a body of another type', 'POST', connectors, [], 422, 'invalid_input'],
    ['a body with U+0000', 'POST', connectors, '{"name":"a\\u0000"}', 422, 'invalid_input'],
    ['a body with half a surrogate pair', 'POST', connectors, '{"name":"\\ud800"}', 422, 'invalid_input'],
    ['a body with __proto__', 'POST', connectors, '{"settings":{"__proto__":{}}}', 422, 'invalid_input'],
    [
      'a body nested too deep',
      'POST',
      connectors,
      `{"definition":${'['.repeat(5e4)}${']'.repeat(5e4)}}`,
      422,
      'invalid_input',
    ],
    ['a body over 1 MiB', 'POST', connectors, { name: 'x'.repeat(1024 * 1024) }, 413, 'body_too_large'],
    ['a query that does not fit', 'GET', `${connectors}?limit=many`, undefined, 422, 'invalid_input'],
    ['a query parameter there is not', 'GET', `${connectors}?lim=1`, undefined, 422, 'invalid_input'],
    ['a query parameter that comes twice', 'GET', `${connectors}?limit=1&limit=2`, undefined, 422, 'invalid_input'],
    ['a service that is not there', 'GET', connectors, undefined, 503, 'service_unavailable'],
  ]
  test.each(cases)('for %s is a problem (RFC 9457)', async (_, method, path, body, status, code) => {
    const answer = await gateway.send(method, path, { body })
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.json).toMatchObject({ type: `urn:cartly:problem:${code}`, title: expect.any(String), status, code })
    expect(answer.status).toBe(status)
  })

  test('names each place that is wrong', async () => {
    const { json } = await gateway.send('POST', connectors, { body: { template: 'Not A Slug', extra: 1 } })
    const errors = json.errors as unknown as { pointer: string }[]
    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual(['/extra', '/template'])
    const query = await gateway.send('GET', `${connectors}?limit=0`)
    expect(query.json.errors).toEqual([{ pointer: '/query/limit', message: 'must be >= 1' }])
  })

  test('for another type of content is 415', async () => {
    const answer = await gateway.send('POST', connectors, {
      body: 'template=shippo',
      headers: { 'content-type': 'text/plain' },
    })
    expect(answer.json).toMatchObject({ status: 415, code: 'unsupported_media_type' })
  })

  test('of a service keeps its kind, code, text and places', async () => {
    gateway.services.on(registry.get, ({ connectorId: id }) => {
      throw notFound('connector', id)
    })
    gateway.services.on(registry.activate, () => {
      throw conflict('test_needed', 'Test the connector first')
    })

    expect(await gateway.send('GET', one)).toMatchObject({ status: 404, json: { code: 'not_found' } })
    expect((await gateway.send('POST', `${one}/activate`)).json).toMatchObject({
      status: 409,
      code: 'test_needed',
      detail: 'Test the connector first',
    })
  })

  test('for a service that does not answer in time is 504', async () => {
    gateway.services.on(executor.invoke, () => new Promise<never>(() => {}))
    const late = await gateway.send('POST', `${one}/hooks/get_rates/invoke`, { body: { input: {}, deadlineMs: 1 } })
    expect(late.json).toMatchObject({ status: 504, code: 'timeout' })
  })

  test.each([
    ['that is not HTTP', 'HELLO\r\n\r\n', 400],
    ['with headers over 16 KiB', `GET / HTTP/1.1\r\nHost: a\r\nX-Flood: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('for a request %s is a problem too', async (_, sent, status) => {
    const { port, hostname } = new URL(gateway.url)
    const socket = connect(Number(port), hostname, () => void socket.write(sent))
    const [head, body] = (await textOf(socket)).split('\r\n\r\n')
    expect(head).toContain(`HTTP/1.1 ${status} `)
    expect(head).toContain('Content-Type: application/problem+json')
    expect(JSON.parse(body as string)).toMatchObject({ status })
  })

  test('of a defect says nothing of its cause', async () => {
    gateway.services.on(registry.get, () => {
      throw new Error('the password is hunter2')
    })
    const answer = await gateway.send('GET', one)
    expect(answer).toMatchObject({ status: 500, json: { code: 'internal' } })
    expect(answer.text).not.toMatch(/hunter2|Error:|\.ts:/)
  })
})

test('every answer carries the headers that keep browsers from running or framing it', async () => {
  for (const path of ['/v1/nothing', '/healthz', '/openapi.json', connectors]) {
    const { headers } = await gateway.send('GET', path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/)
  }
})

test.each(['/openapi.json', '/docs', '/docs/reference.js', '/healthz', '/readyz'])('%s is to be read', async (path) => {
  expect((await gateway.send('HEAD', path, { claims: null })).status).toBe(200)
  const posted = await gateway.send('POST', path, { claims: null })
  expect(posted).toMatchObject({ status: 405, json: { code: 'method_not_allowed' } })
  expect(posted.headers.get('allow')).toBe('GET, HEAD')
})

test('/healthz and /readyz need no token', async () => {
  expect(await gateway.send('GET', '/healthz', { claims: null })).toMatchObject({ status: 200, json: { status: 'ok' } })
  expect(await gateway.send('GET', '/readyz', { claims: null })).toMatchObject({ status: 200, json: { ready: true } })
})

test('each request leaves a line that says who did what', async () => {
  gateway.services.on(registry.activate, () => connector())
  const { headers } = await gateway.send('POST', `${one}/activate`)
  const line = gateway.logLines
    .map((text) => JSON.parse(text))
    .find(({ requestId }) => requestId === headers.get('request-id'))
  expect(line).toMatchObject({
    operation: 'activateConnector',
    actor: 'user:ada',
    storeId: 's1',
    connectorId,
    status: 200,
  })
})
