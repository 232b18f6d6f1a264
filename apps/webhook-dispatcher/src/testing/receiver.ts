import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** What was answered; 0 while nothing was. */
  readonly status: number
}

/** A merchant's server, as far as these specs need one. */
export interface Receiver {
  readonly url: string
  /** Everything it was sent, in order. */
  readonly journal: readonly Received[]
  /** Those of one event. */
  of(eventId: string): readonly Received[]
  /** How it answers a path from now on; 200 unless said. */
  answer(path: string, how: (request: Received, response: ServerResponse) => void): void
  stop(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const journal: Received[] = []
  const answers = new Map<string, (request: Received, response: ServerResponse) => void>()
  const server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { url: path = '/', headers } = request
      const received = { path, headers, body: Buffer.concat(chunks).toString(), at: Date.now(), status: 0 }
      journal.push(received)
      response.once('finish', () => (received.status = response.statusCode))
      const answer = answers.get(path)
      if (answer) answer(received, response)
      else response.writeHead(200, { 'content-type': 'text/plain' }).end('thanks')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    journal,
    of: (eventId) => journal.filter(({ body }) => body.includes(eventId)),
    answer: (path, how) => void answers.set(path, how),
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
