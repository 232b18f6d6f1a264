import type { ClientRequest } from 'node:http'
import { type Got, type Method, type RequestError, TimeoutError } from 'got'
import { type ConnectionTimings, EgressError, NO_TIMINGS, type Timings } from './egress-error.ts'
import { CappedBody, type HttpResponse, type ResponseHeaders } from './exchange.ts'
import { toEgressError } from './failure.ts'
import { isConnected, takeConnectionTimings } from './http-client.ts'
import { limitPackedBody } from './wire-limit.ts'

/** A request of a chain or an OAuth flow. */
export interface SendRequest {
  readonly method: Method
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
export function send(got: Got, request: SendRequest, defaultMaxResponseBytes: number): Promise<HttpResponse> {
  const { method, url, headers, body: payload, timeoutMs, signal, maxRedirects = 0 } = request
  const { maxResponseBytes = defaultMaxResponseBytes } = request
  const startedAt = performance.now()

  return new Promise((resolve, reject) => {
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
      method,
      headers,
      body: payload,
      allowGetBody: payload !== undefined,
      signal,
      timeout: { request: timeoutMs },
      followRedirect: maxRedirects > 0,
      maxRedirects,
    })
    const finish = (): void => {
      stream.destroy()
      resolve({ status, headers: received, body: body.bytes, truncated: body.truncated, timings: timings() })
    }
    const fail = (error: RequestError): void => {
      if (status === 0) connection = takeConnectionTimings(stream.socket)
      const sent = isConnected(stream.socket) || stream.redirectUrls.length > 0
      const cause =
        error instanceof TimeoutError ? overdue(stream.options.url, timeoutMs, sent, status) : causeOf(error)
      reject(toEgressError(cause, { host: hostOf(stream.options?.url), sent, timings: timings() }))
    }

    stream.on('request', (hop: ClientRequest) => {
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
    stream.once('error', (error: RequestError) => setImmediate(fail, error))
    if (payload === undefined) stream.end()
  })
}

function overdue(url: string | URL | undefined, ms: number, sent: boolean, status: number): EgressError {
  const host = hostOf(url)
  if (!sent) return new EgressError('connect_timeout', `No connection to ${host} was ready within ${ms} ms.`)
  return status === 0
    ? new EgressError('first_byte_timeout', `${host} took the request, but did not answer within ${ms} ms.`)
    : new EgressError('total_timeout', `${host} did not complete its answer within ${ms} ms.`)
}

/** What got's error wraps. The reason of a caller's signal stays out: it may be anything. */
function causeOf(error: RequestError): Error {
  return error.cause instanceof Error && error.code !== 'ERR_ABORTED' ? error.cause : error
}

const hostOf = (url: string | URL | undefined): string => (url instanceof URL ? url.host : 'the address')
