import type { ClientRequest } from 'node:http'
import type { Got, Method, RequestError } from 'got'
import { type ConnectionTimings, NO_TIMINGS, type Timings } from './egress-error.ts'
import { CappedBody, type HttpResponse, type ResponseHeaders } from './exchange.ts'
import { overdue, toEgressError } from './failure.ts'
import { isConnected, takeConnectionTimings } from './http-client.ts'
import type { NetworkPolicy } from './network-policy.ts'
import { limitPackedBody } from './wire-limit.ts'

/** A request of a chain or an OAuth flow. */
export interface SendRequest {
  /** In upper case. */
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** For everything from the call to the last byte, in milliseconds. */
  readonly timeoutMs: number
  /** Calls the request off; it then fails with `aborted`. */
  readonly signal?: AbortSignal
  /** How much of the unpacked body to keep, in bytes; the egress's `maxResponseBytes` if not said. */
  readonly maxResponseBytes?: number
  /** How many redirects to follow, each checked like the first address; 0 if not said. */
  readonly maxRedirects?: number
}

/**
 * Sends one request. Any status is an answer, and so is a redirect that is not to be followed. The body arrives
 * unpacked, the headers as they were received, `content-encoding` among them.
 *
 * @throws EgressError (as a rejection); its `sent` decides whether the outcome is known
 */
export function send(
  got: Got,
  policy: NetworkPolicy,
  request: SendRequest & { maxResponseBytes: number },
): Promise<HttpResponse> {
  const { method, headers, body: payload, timeoutMs, signal, maxResponseBytes, maxRedirects = 0 } = request
  const startedAt = performance.now()

  return new Promise((resolve, reject) => {
    const url = policy.checkUrl(request.url)
    const body = new CappedBody(maxResponseBytes)
    let status = 0
    let received: ResponseHeaders = {}
    let connection: ConnectionTimings = NO_TIMINGS
    let writtenAt = 0
    let firstByte = 0
    const timings = (): Timings => {
      const { dns, connect, tls } = connection
      return { dns, connect, tls, firstByte, total: performance.now() - startedAt }
    }

    const stream = got.stream(url, {
      method: method as Method,
      headers,
      body: payload,
      allowGetBody: payload !== undefined,
      signal,
      followRedirect: maxRedirects > 0,
      maxRedirects,
    })
    const finish = (): void => {
      clearTimeout(deadline)
      stream.destroy()
      resolve({ status, headers: received, body: body.bytes, truncated: body.truncated, timings: timings() })
    }
    const fail = (error: Error): void => {
      clearTimeout(deadline)
      stream.destroy()
      const { host, sent } = state()
      if (status === 0) connection = takeConnectionTimings(stream.socket)
      reject(toEgressError(error, { host, sent, timings: timings() }))
    }
    const state = () => ({
      host: (stream.redirectUrls.at(-1) ?? url).host,
      sent: isConnected(stream.socket) || stream.redirectUrls.length > 0,
      answered: status > 0,
    })
    // Not got's own timeout: that one waits for a request that is itself waiting for a free connection.
    const deadline = setTimeout(() => fail(overdue({ ...state(), timeoutMs })), timeoutMs)

    stream.on('request', (hop: ClientRequest) => {
      status = 0
      hop.once('finish', () => (writtenAt = performance.now()))
      hop.prependOnceListener('response', (response) => {
        status = response.statusCode ?? 0
        received = response.headers as ResponseHeaders
        connection = takeConnectionTimings(response.socket)
        firstByte = writtenAt && performance.now() - writtenAt
        limitPackedBody(response, maxResponseBytes, () => {
          body.cut()
          finish()
        })
      })
    })
    stream.on('data', (chunk: Buffer) => {
      if (!body.take(chunk)) finish()
    })
    stream.once('end', finish)
    // The socket reports how far it came a tick after the request reports its failure.
    stream.on('error', (error: RequestError) => setImmediate(fail, causeOf(error)))
    if (payload === undefined) stream.end()
  })
}

/** What got's error wraps. The reason of a caller's signal stays out: it may be anything. */
function causeOf(error: RequestError): Error {
  return error.code === 'ERR_ABORTED' ? error : ((error.cause as Error | undefined) ?? error)
}
