import type { RequestListener } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { authority, type Certificate, listenHttp, listenHttps, listenTcp } from '../fixtures/listen.ts'
import { createEgress, type Egress, type EgressOptions } from './egress.ts'
import type { HttpResponse } from './exchange.ts'

const options: EgressOptions = {
  allowedNetworks: ['127.0.0.1/32'],
  trustedAuthorities: [authority],
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
}

type Door = (egress: Egress, url: string, headers?: Record<string, string>) => Promise<HttpResponse>
const doors: [string, Door][] = [
  ['post', (egress, url, headers = {}) => egress.post({ url, headers, body: 'secret', timeoutMs: 2_000 })],
  [
    'send',
    (egress, url, headers = {}) => egress.send({ method: 'POST', url, headers, body: 'secret', timeoutMs: 2_000 }),
  ],
]

describe.each(doors)('%s', (_, request) => {
  test('accepts a certificate of a trusted authority for the host of the URL', async () => {
    await using server = await listenHttps('trusted', (_request, response) => response.end('hello'))
    const egress = createEgress(options)
    for (const host of ['receiver.test', '127.0.0.1']) {
      const response = await request(egress, `https://${host}:${server.port}/`)
      expect(response).toMatchObject({ status: 200, body: Buffer.from('hello') })
      expect(response.timings.tls).toBeGreaterThan(0)
    }
    await egress.close()
  })

  test.each<[Certificate, RegExp]>([
    ['expired', /has expired/],
    ['wrong-host', /is for another host name/],
    ['self-signed', /is self-signed/],
  ])('refuses a certificate that is %s, says so, and sends nothing', async (certificate, message) => {
    let requests = 0
    await using server = await listenHttps(certificate, (_request, response) => {
      requests += 1
      response.end()
    })
    const egress = createEgress(options)
    const outcome = request(egress, `https://receiver.test:${server.port}/`)
    await expect(outcome).rejects.toMatchObject({
      code: 'tls_invalid',
      message: expect.stringMatching(message),
      sent: false,
    })
    await egress.close()
    expect(requests).toBe(0)
  })

  test('does not trust a private authority by itself', async () => {
    await using server = await listenHttps('trusted', (_request, response) => response.end())
    const egress = createEgress({ ...options, trustedAuthorities: [] })
    await expect(request(egress, `https://receiver.test:${server.port}/`)).rejects.toMatchObject({
      code: 'tls_invalid',
    })
    await egress.close()
  })

  test('judges the certificate by the URL, not by a Host header', async () => {
    await using server = await listenHttps('wrong-host', (_request, response) => response.end())
    const egress = createEgress(options)
    const outcome = request(egress, `https://receiver.test:${server.port}/`, { host: 'other.test' })
    await expect(outcome).rejects.toMatchObject({ code: 'tls_invalid', sent: false })
    await egress.close()
  })

  test('says when the port does not speak TLS', async () => {
    await using server = await listenHttp((_request, response) => response.end())
    const egress = createEgress(options)
    await expect(request(egress, `https://receiver.test:${server.port}/`)).rejects.toMatchObject({
      code: 'tls_invalid',
      message: expect.stringContaining('is this an https port?'),
      sent: false,
    })
    await egress.close()
  })

  test('gives up on a handshake that does not end', async () => {
    await using server = await listenTcp(() => undefined)
    const egress = createEgress({ ...options, connectTimeoutMs: 100 })
    await expect(request(egress, `https://receiver.test:${server.port}/`)).rejects.toMatchObject({
      code: 'connect_timeout',
      sent: false,
    })
    await egress.close()
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('resumes a %s session on a new connection', async (maxVersion) => {
    let resumed = 0
    const respond: RequestListener = (received, response) => {
      if ((received.socket as { isSessionReused?(): boolean }).isSessionReused?.()) resumed += 1
      response.setHeader('connection', 'close')
      response.end()
    }
    await using server = await listenHttps('trusted', respond, { maxVersion })
    const egress = createEgress(options)
    for (let i = 0; i < 3; i += 1) await request(egress, `https://receiver.test:${server.port}/`)
    expect(server.connections).toBe(3)
    expect(resumed).toBeGreaterThan(0)
    await egress.close()
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('never resumes a %s session with the wrong host', async (maxVersion) => {
    await using server = await listenHttps('wrong-host', (_request, response) => response.end(), { maxVersion })
    const egress = createEgress(options)
    for (let i = 0; i < 3; i += 1) {
      const outcome = request(egress, `https://receiver.test:${server.port}/`)
      await expect(outcome).rejects.toMatchObject({ code: 'tls_invalid', sent: false })
    }
    await egress.close()
  })
})
