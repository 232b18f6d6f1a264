import { EgressError } from './egress-error.ts'
import type { HttpResponse } from './exchange.ts'
import type { NetworkPolicy } from './network-policy.ts'
import type { SendRequest } from './send.ts'

/** The part of the Fetch API that libraries taking a custom `fetch` rely on (`oauth4webapi`, `jose`). */
export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>

/** What `redirect: 'follow'` may follow; anything else leaves a redirect to the caller. */
const MAX_REDIRECTS = 5
/** Statuses the Fetch standard gives no body. */
const BODILESS = new Set([204, 205, 304])

/** Puts `send` behind the face of `fetch`. A body over the limit is an error, since a `Response` cannot say it was cut. */
export function createFetch(
  policy: NetworkPolicy,
  send: (request: SendRequest) => Promise<HttpResponse>,
  timeoutMs: number,
): Fetch {
  return async (url, init = {}) => {
    const request = new Request(policy.checkUrl(url), init)
    const response = await send({
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: request.body ? Buffer.from(await request.arrayBuffer()) : undefined,
      timeoutMs,
      signal: init.signal ?? undefined,
      maxRedirects: init.redirect === 'follow' ? MAX_REDIRECTS : 0,
    })
    const { status, body, timings } = response
    if (response.truncated) throw tooLarge(response)
    if (status < 200 || status > 599) {
      throw new EgressError('protocol_error', `The answer has the unknown status ${status}.`, { sent: true, timings })
    }
    return new Response(BODILESS.has(status) ? null : new Uint8Array(body), { status, headers: headersOf(response) })
  }
}

function tooLarge({ headers, body, timings }: HttpResponse): EgressError {
  const packed = headers['content-encoding'] !== undefined
  return new EgressError(
    packed ? 'decompression_limit' : 'response_too_large',
    `The answer ${packed ? 'unpacks to' : 'has'} more than ${body.length} bytes.`,
    { sent: true, timings },
  )
}

function headersOf({ headers }: HttpResponse): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, each]),
  )
}
