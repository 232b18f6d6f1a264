import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { readJsonFile, writeJsonFile } from '../json-file.ts'
import { listen, type LoopbackSettings, type Running } from '../loopback.ts'
import { Deliveries, type DeliveryCounts, type ReceivedDelivery } from './deliveries.ts'
import { Instructions, type ReceiverInstruction } from './instruction.ts'
import { isSigned, type SignedHeaders, type VerificationKey } from './signature.ts'

export interface WebhookReceiverSettings extends LoopbackSettings {
  /** How many deliveries are kept whole; 10,000 by default. All are counted. */
  readonly capacity?: number
  /** Where registered keys outlive a restart; nowhere by default. */
  readonly keysFile?: string
}

/** A merchant's server: checks what it is sent, remembers it, and fails when told to. */
export interface WebhookReceiver extends Running {
  readonly counts: DeliveryCounts
  received(since?: number, path?: string): ReceivedDelivery[]
  /** From now on deliveries to `path` must be signed for one of its keys; a second key stands beside the first. */
  registerKey(path: string, key: VerificationKey): void
  behave(instruction: ReceiverInstruction): void
  behaveWell(): void
  /** Resolves with the first delivery, past or to come, that `matches`; rejects after `timeoutMs` (10,000). */
  until(matches: (delivery: ReceivedDelivery) => boolean, timeoutMs?: number): Promise<ReceivedDelivery>
}

/**
 * Starts the receiver. Deliveries are POSTs to any other path than its own: `GET /received?since=<sequence>&path=`,
 * `GET /counts`, `POST /secrets` (`{ path, secret }`), `POST /behave` (a `ReceiverInstruction`), `DELETE /behave`.
 * It answers 401 to a wrong signature.
 */
export async function startWebhookReceiver(settings: WebhookReceiverSettings = {}): Promise<WebhookReceiver> {
  const deliveries = new Deliveries(settings.capacity ?? 10_000)
  const instructions = new Instructions()
  const keys = new Map<string, VerificationKey[]>(readJsonFile(settings.keysFile, []))
  const watchers = new Set<(delivery: ReceivedDelivery) => void>()
  const stopped = new AbortController()

  const registerKey = (path: string, key: VerificationKey): void => {
    keys.set(path, [...(keys.get(path) ?? []), key])
    writeJsonFile(settings.keysFile, [...keys])
  }

  const receive = async (path: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request)
    const { status, retryAfter, delayMs, hang } = instructions.for(path)
    const expected = keys.get(path)
    const signature = !expected ? 'unsigned' : isSigned(body, signedHeaders(request), expected) ? 'valid' : 'invalid'
    const answered = hang ? undefined : signature === 'invalid' ? 401 : (status ?? 204)
    const delivery = deliveries.record({
      path,
      headers: request.headers,
      messageId: String(request.headers['webhook-id'] ?? request.headers['ce-id'] ?? ''),
      body: parsed(body),
      signature,
      status: answered,
    })
    for (const watch of watchers) watch(delivery)
    if (answered === undefined) return
    if (delayMs) await delay(delayMs, undefined, { signal: stopped.signal })
    response.writeHead(answered, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }).end()
  }

  const own: Record<string, (request: IncomingMessage, query: URLSearchParams) => Promise<unknown>> = {
    'GET /received': async (_, query) => ({
      deliveries: deliveries.since(Number(query.get('since') ?? 0), query.get('path') ?? '/'),
    }),
    'GET /counts': async () => deliveries.counts,
    'POST /secrets': async (request) => {
      const { path, secret } = parsed(await buffer(request)) as { path: string; secret: VerificationKey }
      registerKey(path, secret)
    },
    'POST /behave': async (request) => instructions.add(parsed(await buffer(request)) as ReceiverInstruction),
    'DELETE /behave': async () => instructions.clear(),
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://receiver')
    const route = own[`${request.method} ${pathname}`]
    const work = route
      ? route(request, searchParams).then((answer) => sendJson(response, answer))
      : request.method === 'POST'
        ? receive(pathname, request, response)
        : Promise.resolve(void response.writeHead(404).end())
    work.catch(() => response.destroy())
  })
  const running = await listen(server, settings)

  return {
    url: running.url,
    stop() {
      stopped.abort()
      return running.stop()
    },
    get counts() {
      return deliveries.counts
    },
    received: (since = 0, path = '/') => deliveries.since(since, path),
    registerKey,
    behave: (instruction) => instructions.add(instruction),
    behaveWell: () => instructions.clear(),
    until: (matches, timeoutMs = 10_000) =>
      new Promise((resolve, reject) => {
        const before = deliveries.since(0).find(matches)
        if (before) return resolve(before)
        const timer = setTimeout(() => {
          watchers.delete(watch)
          reject(new Error(`No such delivery within ${timeoutMs} ms; ${deliveries.counts.requests} received`))
        }, timeoutMs)
        const watch = (delivery: ReceivedDelivery): void => {
          if (!matches(delivery)) return
          clearTimeout(timer)
          watchers.delete(watch)
          resolve(delivery)
        }
        watchers.add(watch)
      }),
  }
}

function sendJson(response: ServerResponse, answer: unknown): void {
  if (answer === undefined) response.writeHead(204).end()
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
}

function signedHeaders({ headers }: IncomingMessage): SignedHeaders {
  const text = (name: keyof SignedHeaders): string => String(headers[name] ?? '')
  return {
    'webhook-id': text('webhook-id'),
    'webhook-timestamp': text('webhook-timestamp'),
    'webhook-signature': text('webhook-signature'),
  }
}

/** The body as JSON, or as text where it is none. */
function parsed(body: Buffer): unknown {
  const text = body.toString()
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
