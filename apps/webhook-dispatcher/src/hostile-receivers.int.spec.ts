import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { newId, webhooks, type Delivery, type StoreId } from '@cartly/contracts'
import { eventually } from '@cartly/testing'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { runningDispatcher, type RunningDispatcher } from './testing/running-dispatcher.ts'

let running: RunningDispatcher
const servers: Server[] = []
beforeAll(async () => {
  running = await runningDispatcher()
})
afterAll(async () => {
  for (const server of servers) server.close()
  await running?.stop()
})

const TIMEOUT_MS = 1_000
/** Packed beforehand: that takes longer than an attempt may. */
const BOMB = gzipSync(Buffer.alloc(64 * 1024 * 1024))
let stores = 0

/** A server that does this with every connection once a request has come. @returns its URL. */
async function hostile(behave: (socket: Socket) => void): Promise<string> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', () => behave(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** Delivers one event there and waits for what is recorded of it. */
async function attempt(url: string): Promise<{ delivery: Delivery; tookMs: number }> {
  const storeId = `store_${++stores}` as StoreId
  await running.ask(webhooks.create, {
    storeId,
    endpointId: newId('whk'),
    config: { url, eventTypes: ['order.created'], timeoutMs: TIMEOUT_MS, retrySchedule: [] },
  })
  const began = Date.now()
  await running.publish(storeId, 'order.created')
  const delivery = await eventually(async () => {
    const [summary] = (await running.ask(webhooks.listDeliveries, { storeId, limit: 1 })).data
    if (!summary || summary.attempts === 0) return undefined
    return running.ask(webhooks.getDelivery, { storeId, deliveryId: summary.id })
  })
  return { delivery, tookMs: Date.now() - began }
}

const endless = (socket: Socket, head: string, chunk: Buffer): void => {
  socket.write(head)
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk));
    if (!socket.destroyed) socket.once('drain', more)
  }
  more()
}

describe('a receiver that', () => {
  const cases: [string, (socket: Socket) => void, { status: 'succeeded' | 'failed'; code?: string }][] = [
    ['never answers', () => undefined, { status: 'failed', code: 'first_byte_timeout' }],
    [
      'drips its headers',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n')
        const drip = setInterval(() => (socket.destroyed ? clearInterval(drip) : socket.write('x-a: b\r\n')), 50)
      },
      { status: 'failed', code: 'first_byte_timeout' },
    ],
    [
      'drips its body',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n')
        const drip = setInterval(() => (socket.destroyed ? clearInterval(drip) : socket.write('x')), 50)
      },
      { status: 'failed', code: 'total_timeout' },
    ],
    [
      'answers with an endless body',
      (socket) => endless(socket, 'HTTP/1.1 200 OK\r\n\r\n', Buffer.alloc(64 * 1024, 120)),
      { status: 'succeeded' },
    ],
    [
      'answers with a compression bomb',
      (socket) => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${BOMB.length}\r\n\r\n`)
        socket.write(BOMB)
      },
      { status: 'succeeded' },
    ],
    [
      'floods with headers',
      (socket) => endless(socket, 'HTTP/1.1 200 OK\r\n', Buffer.from(`x-flood: ${'y'.repeat(1_000)}\r\n`.repeat(32))),
      { status: 'failed', code: 'header_too_large' },
    ],
    ['closes its half of the connection', (socket) => socket.end(), { status: 'failed', code: 'connection_reset' }],
    [
      'closes its half in the middle of an answer',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'),
      { status: 'failed', code: 'connection_reset' },
    ],
    ['resets the connection', (socket) => socket.resetAndDestroy(), { status: 'failed', code: 'connection_reset' }],
    [
      'does not speak HTTP',
      (socket) => socket.end('SSH-2.0-OpenSSH\r\n'),
      { status: 'failed', code: 'protocol_error' },
    ],
  ]

  it.each(cases)(
    '%s is dealt with in time, with bounded memory and the reason recorded',
    async (_, behave, expected) => {
      const url = await hostile(behave)
      const before = process.memoryUsage().rss
      const { delivery, tookMs } = await attempt(url)
      expect(delivery.status).toBe(expected.status)
      if (expected.code) expect(delivery.error).toMatchObject({ code: expected.code, message: expect.any(String) })
      expect(tookMs).toBeLessThan(TIMEOUT_MS + 1_000)
      expect(delivery.attemptLog[0]?.responseBody?.length ?? 0).toBeLessThanOrEqual(16 * 1024)
      expect(process.memoryUsage().rss - before).toBeLessThan(48 * 1024 * 1024)
    },
  )

  it('is gone behind a connection that is still open costs one attempt its time, and the next connects anew', async () => {
    let connections = 0
    const server = createServer((socket) => {
      connections++
      socket.on('error', () => socket.destroy())
      let answers = 0
      // As when the host behind a load balancer has died: what is written arrives nowhere.
      socket.on('data', () => {
        if (++answers === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    servers.push(server)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    expect((await attempt(url)).delivery.status).toBe('succeeded')
    const { delivery, tookMs } = await attempt(url)
    expect(delivery.error?.code).toBe('first_byte_timeout')
    expect(tookMs).toBeLessThan(TIMEOUT_MS + 1_000)
    expect((await attempt(url)).delivery.status).toBe('succeeded')
    expect(connections).toBe(2)
  })

  it('is not there, or speaks TLS wrongly, is told apart', async () => {
    const refused = await attempt('http://127.0.0.1:9/')
    expect(refused.delivery.error?.code).toBe('connect_refused')
    const plain = await hostile((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
    const wrong = await attempt(plain.replace('http:', 'https:'))
    expect(wrong.delivery.error?.code).toBe('tls_invalid')
  })
})
