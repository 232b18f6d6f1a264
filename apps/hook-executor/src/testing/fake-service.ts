import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that a fake service was sent. */
export interface SentRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

export interface FakeAnswer {
  readonly status?: number
  readonly body?: unknown
}

/** An outside service that answers as the spec says. */
export interface FakeService {
  readonly url: string
  /** In order of arrival. */
  readonly requests: SentRequest[]
  /** How it answers from now on; `{ ok: true }` unless said. A promise that never ends is a service that hangs. */
  answer: (request: SentRequest) => FakeAnswer | Promise<FakeAnswer>
  stop(): Promise<void>
}

export async function startFakeService(): Promise<FakeService> {
  const requests: SentRequest[] = []
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const sent: SentRequest = {
      method: request.method!,
      path: request.url!,
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
    requests.push(sent)
    const { status = 200, body = { ok: true } } = await service.answer(sent)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const server = createServer((request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const service: FakeService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: () => ({}),
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return service
}
