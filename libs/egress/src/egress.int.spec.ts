import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { listenHttp } from '../fixtures/listen.ts'
import { createEgress, type Egress, type EgressOptions } from './egress.ts'
import type { EgressError } from './egress-error.ts'
import type { HttpResponse } from './exchange.ts'

const options: EgressOptions = {
  allowedNetworks: ['127.0.0.0/8'],
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
}

type Door = (egress: Egress, url: string, timeoutMs?: number) => Promise<HttpResponse>
const doors: [string, Door][] = [
  ['post', (egress, url, timeoutMs = 2_000) => egress.post({ url, headers: {}, body: '{}', timeoutMs })],
  [
    'send',
    (egress, url, timeoutMs = 2_000) => egress.send({ method: 'POST', url, headers: {}, body: '{}', timeoutMs }),
  ],
]

/** A promise and the function that resolves it. */
const signal = (): PromiseWithResolvers<void> => Promise.withResolvers<void>()

const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }))

describe.each(doors)('%s', (name, request) => {
  test('carries method, path, headers and body, and brings back the answer', async () => {
    await using server = await listenHttp(async (received, response) => {
      const body = (await received.toArray()).join('')
      response.writeHead(418, { 'x-one': 'a', 'set-cookie': ['b=1', 'c=2'] })
      response.end(JSON.stringify([received.method, received.url, received.headers['x-test'], body]))
    })
    const egress = createEgress(options)
    const what = { url: `${server.origin}/path?a=1`, headers: { 'x-test': 'yes' }, body: 'payload', timeoutMs: 2_000 }
    const response = await (name === 'post' ? egress.post(what) : egress.send({ method: 'POST', ...what }))
    expect(response).toMatchObject({ status: 418, headers: { 'x-one': 'a', 'set-cookie': ['b=1', 'c=2'] } })
    expect(JSON.parse(response.body.toString())).toEqual(['POST', '/path?a=1', 'yes', 'payload'])
    await egress.close()
  })

  test('reuses a connection, and counts its opening once', async () => {
    await using server = await listenHttp((received, response) => received.resume().once('end', () => response.end()))
    const egress = createEgress(options)
    const url = `http://receiver.test:${server.port}/`
    const { timings: first } = await request(egress, url)
    await setImmediate() // undici gives the connection a turn of the event loop before it takes another request
    const { timings: second } = await request(egress, url)

    expect(server.connections).toBe(1)
    expect(first.dns).toBeGreaterThan(0)
    expect(first.connect).toBeGreaterThan(0)
    expect(first.tls).toBe(0)
    expect(first.firstByte).toBeGreaterThan(0)
    expect(first.total).toBeGreaterThanOrEqual(first.dns + first.connect + first.firstByte)
    expect(second).toMatchObject({ dns: 0, connect: 0, tls: 0 })
    expect(second.firstByte).toBeGreaterThan(0)
    await egress.close()
  })

  test('keeps a connection that is used for longer than an idle one is kept', async () => {
    await using server = await listenHttp((received, response) =>
      received.resume().once('end', () => setTimeout(() => response.end(), received.url === '/slow' ? 300 : 0)),
    )
    const egress = createEgress({ ...options, keepAliveMs: 100 })
    await request(egress, server.origin)
    await setImmediate()
    await expect(request(egress, `${server.origin}/slow`)).resolves.toMatchObject({ status: 200 })
    expect(server.connections).toBe(1)

    const [connection] = server.open
    await new Promise((resolve) => connection?.once('close', resolve))
    await expect(request(egress, server.origin)).resolves.toMatchObject({ status: 200 })
    expect(server.connections).toBe(2)
    await egress.close()
  })

  test('never opens more connections to an origin than the cap, and serves all', async () => {
    await using server = await listenHttp((received, response) =>
      received.resume().once('end', () => setTimeout(() => response.end(), 5)),
    )
    const egress = createEgress({ ...options, connectionsPerOrigin: 4 })
    const responses = await Promise.all(Array.from({ length: 40 }, () => request(egress, server.origin)))
    expect(responses.every(({ status }) => status === 200)).toBe(true)
    expect(server.mostOpen).toBe(4)
    await egress.close()
  })

  test('calls a wait for a free connection a connect timeout, with nothing sent', async () => {
    const hold = signal()
    const arrived = signal()
    await using server = await listenHttp(async (_request, response) => {
      arrived.resolve()
      await hold.promise
      response.end()
    })
    const egress = createEgress({ ...options, connectionsPerOrigin: 1 })
    const first = request(egress, server.origin)
    await arrived.promise
    await expect(request(egress, server.origin, 50)).rejects.toMatchObject({ code: 'connect_timeout', sent: false })
    hold.resolve()
    await expect(first).resolves.toMatchObject({ status: 200 })

    await expect(request(egress, server.origin)).resolves.toMatchObject({ status: 200 })
    expect(server.connections).toBe(1)
    await egress.close()
  })

  test('says that nothing listens, that a name does not exist, that name servers fail', async () => {
    const closed = await listenHttp(() => undefined)
    await closed[Symbol.asyncDispose]()
    const cases: [EgressOptions, string, string][] = [
      [options, `http://127.0.0.1:${closed.port}/`, 'connect_refused'],
      [{ ...options, resolve: failing('ENOTFOUND') }, 'https://nowhere.test/', 'dns_not_found'],
      [{ ...options, resolve: async () => [] }, 'https://empty.test/', 'dns_not_found'],
      [{ ...options, resolve: failing('ESERVFAIL') }, 'https://broken.test/', 'dns_failed'],
      [
        { ...options, connectTimeoutMs: 50, resolve: () => new Promise(() => undefined) },
        'https://silent.test/',
        'dns_failed',
      ],
    ]
    for (const [each, url, code] of cases) {
      const egress = createEgress(each)
      await expect(request(egress, url)).rejects.toMatchObject({ code, sent: false })
      await egress.close()
    }
  })

  test('keeps paths, queries and headers out of its errors', async () => {
    const closed = await listenHttp(() => undefined)
    await closed[Symbol.asyncDispose]()
    const egress = createEgress(options)
    const url = `http://127.0.0.1:${closed.port}/path-planted?key=query-planted`
    const what = { url, headers: { 'x-key': 'header-planted' }, body: 'body-planted', timeoutMs: 500 }
    const sent = name === 'post' ? egress.post(what) : egress.send({ method: 'POST', ...what })
    const error = await sent.catch((reason: EgressError) => reason)
    expect(error).toMatchObject({ code: 'connect_refused' })
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('planted')
    await egress.close()
  })

  test('lets requests under way end when it closes, and takes no more', async () => {
    const hold = signal()
    const arrived = signal()
    await using server = await listenHttp(async (_request, response) => {
      arrived.resolve()
      await hold.promise
      response.end('late')
    })
    const egress = createEgress(options)
    const underWay = request(egress, server.origin)
    await arrived.promise
    const closed = egress.close()
    await expect(request(egress, server.origin)).rejects.toMatchObject({ code: 'aborted', sent: false })
    hold.resolve()
    await expect(underWay).resolves.toMatchObject({ body: Buffer.from('late') })
    await closed
  })
})

describe('post', () => {
  test('drops origins that are not used, and their connections', async () => {
    await using first = await listenHttp((received, response) => received.resume().once('end', () => response.end()))
    await using second = await listenHttp((received, response) => received.resume().once('end', () => response.end()))
    const egress = createEgress({ ...options, maxOrigins: 1, keepAliveMs: 60_000 })
    const post = (url: string) => egress.post({ url, headers: {}, body: '', timeoutMs: 2_000 })
    await post(first.origin)
    const [connection] = first.open
    const closed = new Promise((resolve) => connection?.once('close', resolve))
    await post(second.origin)
    await closed
    await expect(post(first.origin)).resolves.toMatchObject({ status: 200 })
    await egress.close()
  })

  test('is called off with all that are under way, and goes on with those that come after', async () => {
    const arrived = signal()
    let answers = false
    await using server = await listenHttp((_request, response) => {
      arrived.resolve()
      if (answers) response.end()
    })
    const egress = createEgress(options)
    const post = () => egress.post({ url: server.origin, headers: {}, body: '', timeoutMs: 2_000 })
    const underWay = post()
    await arrived.promise
    egress.callOff()
    await expect(underWay).rejects.toMatchObject({ code: 'aborted', sent: true })
    answers = true
    await expect(post()).resolves.toMatchObject({ status: 200 })
    await egress.close()
  })

  test('refuses headers that would break out of theirs', async () => {
    await using server = await listenHttp((_request, response) => response.end())
    const egress = createEgress(options)
    const headers = { 'x-test': 'a\r\nx-injected: b' }
    await expect(egress.post({ url: server.origin, headers, body: '', timeoutMs: 500 })).rejects.toMatchObject({
      code: 'protocol_error',
      sent: false,
    })
    await egress.close()
  })
})

describe('send', () => {
  test('is called off by its signal', async () => {
    const arrived = signal()
    await using server = await listenHttp(() => arrived.resolve())
    const egress = createEgress(options)
    const caller = new AbortController()
    const sent = egress.send({
      method: 'GET',
      url: server.origin,
      headers: {},
      timeoutMs: 2_000,
      signal: caller.signal,
    })
    await arrived.promise
    caller.abort(new Error('secret reason'))
    await expect(sent).rejects.toMatchObject({
      code: 'aborted',
      sent: true,
      message: expect.not.stringContaining('secret'),
    })

    const early = AbortSignal.abort()
    await expect(
      egress.send({ method: 'GET', url: server.origin, headers: {}, timeoutMs: 2_000, signal: early }),
    ).rejects.toMatchObject({ code: 'aborted', sent: false })
    await egress.close()
  })

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const)('sends %s with no body', async (method) => {
    await using server = await listenHttp((received, response) =>
      response.setHeader('x-method', received.method ?? '').end(),
    )
    const egress = createEgress(options)
    const response = await egress.send({ method, url: server.origin, headers: {}, timeoutMs: 2_000 })
    expect(response).toMatchObject({ status: 200, headers: { 'x-method': method }, body: Buffer.alloc(0) })
    await egress.close()
  })

  test('does not repeat a request', async () => {
    let requests = 0
    await using server = await listenHttp((_request, response) => {
      requests += 1
      response.writeHead(503, { 'retry-after': '0' }).end()
    })
    const egress = createEgress(options)
    await expect(
      egress.send({ method: 'GET', url: server.origin, headers: {}, timeoutMs: 2_000 }),
    ).resolves.toMatchObject({ status: 503 })
    expect(requests).toBe(1)
    await egress.close()
  })
})

describe('fetch', () => {
  test('speaks the Fetch API', async () => {
    await using server = await listenHttp(async (received, response) => {
      const body = (await received.toArray()).join('')
      response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] })
      response.end(JSON.stringify({ type: received.headers['content-type'], body }))
    })
    const egress = createEgress(options)
    const response = await egress.fetch(server.origin, { method: 'POST', body: new URLSearchParams({ grant: 'x y' }) })
    expect(response.status).toBe(201)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await response.json()).toEqual({
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
      body: 'grant=x+y',
    })
    await egress.close()
  })

  test('leaves a redirect to the caller, gives a 204 no body, refuses too much', async () => {
    await using server = await listenHttp((received, response) => {
      if (received.url === '/moved') response.writeHead(302, { location: '/' }).end()
      else if (received.url === '/none') response.writeHead(204).end()
      else response.end('x'.repeat(2_000))
    })
    const egress = createEgress({ ...options, maxResponseBytes: 1_000 })
    expect((await egress.fetch(`${server.origin}/moved`)).status).toBe(302)
    expect((await egress.fetch(`${server.origin}/none`)).body).toBeNull()
    await expect(egress.fetch(server.origin)).rejects.toMatchObject({ code: 'response_too_large', sent: true })
    await egress.close()
  })
})
