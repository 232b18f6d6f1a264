import { describe, expect, jest, test } from '@jest/globals'
import { listenHttp } from '../fixtures/listen.ts'
import { createEgress, type Egress, type EgressOptions } from './egress.ts'
import type { Resolve } from './resolve.ts'

/** 127.0.0.1 stands for the public internet here, and 0.0.0.0, which reaches the same server, for a private network. */
const PUBLIC = { address: '127.0.0.1', family: 4 }
const PRIVATE = { address: '0.0.0.0', family: 4 }
const options: EgressOptions = { allowedNetworks: ['127.0.0.1/32'] }

const doors: [string, (egress: Egress, url: string) => Promise<unknown>][] = [
  ['post', (egress, url) => egress.post({ url, headers: {}, body: '{}', timeoutMs: 2_000 })],
  ['send', (egress, url) => egress.send({ method: 'POST', url, headers: {}, body: '{}', timeoutMs: 2_000 })],
  ['fetch', (egress, url) => egress.fetch(url, { method: 'POST', body: '{}', redirect: 'follow' })],
]

const blocked = { name: 'EgressError', code: 'blocked_address', sent: false }

describe.each(doors)('%s', (_, request) => {
  test('reaches nothing by a literal address in any form', async () => {
    await using target = await listenHttp((_request, response) => response.end())
    const egress = createEgress({ allowInsecureHttp: true })
    const hosts = [
      '127.0.0.1',
      '2130706433',
      '0177.0.0.1',
      '0x7f.1',
      '127.1',
      '0',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::]',
    ]
    for (const host of [...hosts, 'localhost', 'a.localhost', '[::127.0.0.1]']) {
      await expect(request(egress, `http://${host}:${target.port}/`)).rejects.toMatchObject(blocked)
    }
    expect(target.connections).toBe(0)
    await egress.close()
  })

  test('reaches nothing through a name that points inside', async () => {
    await using target = await listenHttp((_request, response) => response.end())
    for (const address of ['127.0.0.1', '0.0.0.0', '::1', '::ffff:127.0.0.1']) {
      const resolve: Resolve = async () => [{ address, family: address.includes(':') ? 6 : 4 }]
      const egress = createEgress({ allowInsecureHttp: true, resolve })
      await expect(request(egress, `http://receiver.test:${target.port}/`)).rejects.toMatchObject(blocked)
      await egress.close()
    }
    expect(target.connections).toBe(0)
  })

  test('connects to the very address it judged, and judges again for each connection', async () => {
    await using target = await listenHttp((_request, response) => {
      response.setHeader('connection', 'close')
      response.end()
    })
    const resolve = jest.fn<Resolve>().mockResolvedValueOnce([PUBLIC]).mockResolvedValue([PRIVATE])
    const egress = createEgress({ ...options, resolve })
    const url = `http://rebinding.test:${target.port}/`

    await expect(request(egress, url)).resolves.toMatchObject({ status: 200 })
    expect(resolve).toHaveBeenCalledTimes(1)

    await expect(request(egress, url)).rejects.toMatchObject(blocked)
    expect(target.connections).toBe(1)
    await egress.close()
  })

  test('uses only the permitted addresses of a name that has both', async () => {
    await using target = await listenHttp((received, response) => response.end(received.socket.localAddress))
    const egress = createEgress({
      ...options,
      resolve: async () => [PRIVATE, { address: '10.0.0.1', family: 4 }, PUBLIC],
    })
    await expect(request(egress, `http://mixed.test:${target.port}/`)).resolves.toMatchObject({ status: 200 })
    expect(target.connections).toBe(1)
    await egress.close()
  })

  test('does not speak plain http to a name outside the allowed networks', async () => {
    const egress = createEgress({ ...options, resolve: async () => [{ address: '8.8.8.8', family: 4 }] })
    await expect(request(egress, 'http://public.test/')).rejects.toMatchObject({ code: 'invalid_url', sent: false })
    await egress.close()
  })

  test('refuses denied ports and credentials in the URL', async () => {
    await using target = await listenHttp((_request, response) => response.end())
    const egress = createEgress({ ...options, deniedPorts: [target.port] })
    await expect(request(egress, target.origin)).rejects.toMatchObject(blocked)
    const withPassword = `http://user:password@127.0.0.1:${target.port + 1}/`
    await expect(request(egress, withPassword)).rejects.toMatchObject({ code: 'invalid_url', sent: false })
    expect(target.connections).toBe(0)
    await egress.close()
  })
})

describe('redirects', () => {
  test('are answers to post and send', async () => {
    await using target = await listenHttp((_request, response) => response.writeHead(302, { location: '/other' }).end())
    const egress = createEgress(options)
    const headers = {}
    await expect(egress.post({ url: target.origin, headers, body: '', timeoutMs: 2_000 })).resolves.toMatchObject({
      status: 302,
      headers: { location: '/other' },
    })
    await expect(egress.send({ method: 'GET', url: target.origin, headers, timeoutMs: 2_000 })).resolves.toMatchObject({
      status: 302,
    })
    await egress.close()
  })

  test('are followed where asked, each hop judged', async () => {
    const paths: string[] = []
    await using target = await listenHttp((request, response) => {
      paths.push(request.url ?? '')
      const inside = `http://0.0.0.0:${target.port}/inside`
      const location = { '/a': '/b', '/b': '/c', '/x': inside }[request.url ?? '']
      if (location) response.writeHead(307, { location })
      response.end('done')
    })
    const egress = createEgress(options)
    const follow = (path: string, maxRedirects = 5) =>
      egress.send({ method: 'GET', url: target.origin + path, headers: {}, timeoutMs: 2_000, maxRedirects })

    await expect(follow('/a')).resolves.toMatchObject({ status: 200, body: Buffer.from('done') })
    await expect(follow('/a', 1)).rejects.toMatchObject({ code: 'protocol_error', sent: true })
    await expect(follow('/x')).rejects.toMatchObject({ code: 'blocked_address', sent: true })
    expect(paths).toEqual(['/a', '/b', '/c', '/a', '/b', '/x'])
    await egress.close()
  })
})
