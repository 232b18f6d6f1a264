import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What came, as it came. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface Reply {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** A server outside of the engine: it keeps what it gets, and answers as it is told, 204 unless it is. */
export interface Receiver {
  readonly url: string
  at(path: string): readonly Received[]
  /** `undefined` leaves the request unanswered. `nth`: how often this path was asked, 1 for the first. */
  answer(path: string, reply: (nth: number, received: Received) => Reply | undefined): void
  close(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const kept: Received[] = []
  const replies = new Map<string, (nth: number, received: Received) => Reply | undefined>()
  const at = (path: string): Received[] => kept.filter((received) => received.path === path)
  const server = createServer(async (request, response) => {
    const { url: path = '/', headers } = request
    const received = { path, headers, body: await text(request), at: Date.now() }
    kept.push(received)
    const reply = replies.has(path) ? replies.get(path)!(at(path).length, received) : { status: 204 }
    if (reply) response.writeHead(reply.status, reply.headers).end(reply.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    at,
    answer: (path, reply) => void replies.set(path, reply),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
