import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createGzip } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { listenHttp, listenTcp, type Listener } from '../fixtures/listen.ts'
import { createEgress, type Egress, type EgressOptions } from './egress.ts'
import type { HttpResponse } from './exchange.ts'

const KIB = 1024
const MIB = 1024 * KIB
const TIMEOUT_MS = 300

/** One connection per origin: a request that does not give it back leaves none for the next. */
const options: EgressOptions = { allowedNetworks: ['127.0.0.0/8'], connectionsPerOrigin: 1, maxResponseBytes: 16 * KIB }

type Door = (egress: Egress, url: string) => Promise<HttpResponse>
const doors: [string, Door][] = [
  ['post', (egress, url) => egress.post({ url, headers: {}, body: '{}', timeoutMs: TIMEOUT_MS })],
  ['send', (egress, url) => egress.send({ method: 'POST', url, headers: {}, body: '{}', timeoutMs: TIMEOUT_MS })],
]

/** Writes for as long as the other side reads. */
function writeForEver(stream: Socket | ServerResponse, chunk: Buffer): void {
  const more = (): void => {
    while (!stream.destroyed && stream.write(chunk));
  }
  stream.on('drain', more).on('error', () => undefined)
  more()
}

function drip(stream: Socket | ServerResponse, chunk: string): void {
  const timer = setInterval(() => stream.write(chunk), 20)
  stream.on('error', () => undefined).once('close', () => clearInterval(timer))
}

const zeros = (length: number): Buffer => Buffer.alloc(length)

/** Resolves when every connection to a listener has been closed. */
async function closed({ open }: Listener): Promise<void> {
  await Promise.all([...open].map((socket) => new Promise((resolve) => socket.once('close', resolve))))
}

const HEAD = 'HTTP/1.1 200 OK\r\n'

/** What a hostile receiver does with a request, and what becomes of it. */
const hostilities: [string, (socket: Socket) => void, object][] = [
  ['says nothing', () => undefined, { code: 'first_byte_timeout' }],
  ['drips its headers', (socket) => (socket.write(HEAD), drip(socket, 'a: b\r\n')), { code: 'first_byte_timeout' }],
  [
    'sends early hints for ever',
    (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'),
    { code: 'first_byte_timeout' },
  ],
  [
    'drips its body',
    (socket) => (socket.write(`${HEAD}content-length: 10000\r\n\r\n`), drip(socket, 'x')),
    { code: 'total_timeout' },
  ],
  [
    'drips an endless chunk extension',
    (socket) => (socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n5;`), drip(socket, 'x')),
    { code: 'total_timeout' },
  ],
  [
    'floods with headers',
    (socket) => (socket.write(HEAD), writeForEver(socket, Buffer.from(`name: ${'v'.repeat(KIB)}\r\n`))),
    { code: 'header_too_large' },
  ],
  [
    'floods with one header',
    (socket) => (socket.write(`${HEAD}name: `), writeForEver(socket, Buffer.alloc(KIB, 'v'))),
    { code: 'header_too_large' },
  ],
  ['resets before an answer', (socket) => socket.resetAndDestroy(), { code: 'connection_reset' }],
  ['hangs up without an answer', (socket) => socket.end(), { code: 'connection_reset' }],
  [
    'resets within the body',
    (socket) => socket.write(`${HEAD}content-length: 100\r\n\r\nhalf`, () => socket.resetAndDestroy()),
    { code: 'connection_reset' },
  ],
  [
    'hangs up within the body',
    (socket) => socket.end(`${HEAD}content-length: 100\r\n\r\nhalf`),
    { code: 'connection_reset' },
  ],
  ['does not speak HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'), { code: 'protocol_error' }],
  [
    'sends broken chunks',
    (socket) => socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`),
    { code: 'protocol_error' },
  ],
]

/** Sends one hostile request, then a plain one, which must find the connection's slot free. */
async function survives(request: Door, egress: Egress, hostile: Listener, expected: object): Promise<void> {
  const began = performance.now()
  await expect(request(egress, `${hostile.origin}/hostile`)).rejects.toMatchObject({ sent: true, ...expected })
  expect(performance.now() - began).toBeLessThan(TIMEOUT_MS + 1_000)

  await expect(request(egress, `${hostile.origin}/plain`)).resolves.toMatchObject({ status: 204 })
  expect(performance.now() - began).toBeLessThan(TIMEOUT_MS + 1_000)
  expect(hostile.mostOpen).toBeLessThanOrEqual(2) // the dropped one may still be closing
}

describe.each(doors)('%s survives a receiver that', (_, request) => {
  test.each(hostilities)('%s', async (_name, behave, expected) => {
    let first = true
    await using hostile = await listenTcp((socket) => {
      if (first) behave(socket)
      else socket.end('HTTP/1.1 204 No Content\r\n\r\n')
      first = false
    })
    const egress = createEgress(options)
    await survives(request, egress, hostile, expected)
    await egress.close()
  })

  test('sends a body without end: keeps the first bytes and hangs up', async () => {
    await using hostile = await listenHttp((_request, response) => writeForEver(response, Buffer.alloc(64 * KIB, 'x')))
    const egress = createEgress(options)
    const response = await request(egress, hostile.origin)
    expect(response).toMatchObject({ status: 200, truncated: true, body: Buffer.alloc(16 * KIB, 'x') })
    await closed(hostile)
    await egress.close()
  })

  test('sends exactly as much as is kept: whole, and the connection stays', async () => {
    await using server = await listenHttp((_request, response) => response.end(Buffer.alloc(16 * KIB, 'x')))
    const egress = createEgress(options)
    for (let i = 0; i < 3; i += 1) {
      await expect(request(egress, server.origin)).resolves.toMatchObject({ truncated: false })
    }
    expect(server.connections).toBe(1)
    await egress.close()
  })

  test('takes no more than 16 MiB of memory, whatever it sends', async () => {
    const bomb = await gzipOfZeros(256 * MIB)
    await using hostile = await listenHttp((received, response) => {
      if (received.url === '/endless') writeForEver(response, Buffer.alloc(64 * KIB))
      else response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    })
    const egress = createEgress({ ...options, connectionsPerOrigin: 20 })
    const before = process.memoryUsage().arrayBuffers
    let most = before
    const sampler = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 5)
    await Promise.all(
      Array.from({ length: 20 }, (_value, i) => request(egress, `${hostile.origin}${i % 2 ? '/endless' : '/bomb'}`)),
    )
    clearInterval(sampler)
    expect(most - before).toBeLessThan(16 * MIB)
    await egress.close()
  })
})

describe('a compressed answer', () => {
  test('is unpacked by send, kept as it came by post', async () => {
    const packed = await gzipOfZeros(KIB)
    await using server = await listenHttp((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
    )
    const egress = createEgress(options)
    const request = { url: server.origin, headers: {}, timeoutMs: TIMEOUT_MS }
    await expect(egress.send({ method: 'GET', ...request })).resolves.toMatchObject({
      body: zeros(KIB),
      truncated: false,
    })
    await expect(egress.post({ body: '', ...request })).resolves.toMatchObject({ body: packed, truncated: false })
    await egress.close()
  })

  test('that is a bomb is cut by send and refused by fetch', async () => {
    const bomb = await gzipOfZeros(64 * MIB)
    await using server = await listenHttp((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    )
    const egress = createEgress({ ...options, maxResponseBytes: 100 * KIB })
    await expect(
      egress.send({ method: 'GET', url: server.origin, headers: {}, timeoutMs: TIMEOUT_MS }),
    ).resolves.toMatchObject({ body: zeros(100 * KIB), truncated: true })
    await expect(egress.fetch(server.origin)).rejects.toMatchObject({ code: 'decompression_limit', sent: true })
    await egress.close()
  })

  test('that goes on for ever and unpacks to nothing is cut', async () => {
    const emptyBlocks = Buffer.alloc(5 * 10_000, Buffer.from([0, 0, 0, 0xff, 0xff]))
    await using server = await listenHttp((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.write(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]))
      writeForEver(response, emptyBlocks)
    })
    const egress = createEgress(options)
    await expect(
      egress.send({ method: 'GET', url: server.origin, headers: {}, timeoutMs: 5_000 }),
    ).resolves.toMatchObject({ status: 200, body: zeros(0), truncated: true })
    await closed(server)
    await egress.close()
  })

  test('that is not what it says is an error', async () => {
    await using server = await listenHttp((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
    )
    const egress = createEgress(options)
    await expect(
      egress.send({ method: 'GET', url: server.origin, headers: {}, timeoutMs: TIMEOUT_MS }),
    ).rejects.toMatchObject({ code: 'protocol_error', sent: true })
    await egress.close()
  })
})

async function gzipOfZeros(length: number): Promise<Buffer> {
  const gzip = createGzip({ level: 9 })
  const packed = gzip.toArray()
  const chunk = Buffer.alloc(Math.min(MIB, length))
  for (let written = 0; written < length; written += chunk.length) {
    if (!gzip.write(chunk)) await once(gzip, 'drain')
  }
  gzip.end()
  return Buffer.concat(await packed)
}
