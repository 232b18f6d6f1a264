import { parseRetryAfter } from './retry.ts'

/** An answer, or that there was none. */
export type Reply =
  | { readonly status: number; readonly retryAfter: string | undefined }
  | { readonly failure: { readonly code: string; readonly message: string } }

/** What a reply means for the delivery and for its endpoint. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** The receiver wants no more, ever. */
  | { readonly kind: 'gone'; readonly error: AttemptError }
  | {
      readonly kind: 'failed'
      readonly error: AttemptError
      /** It asks for less, or cannot keep up: 429, 502, 504, a timeout, or a `Retry-After`. */
      readonly slowDown: boolean
      readonly retryAfterMs?: number
    }

export interface AttemptError {
  readonly code: string
  readonly message: string
}

const overloaded = new Set([429, 502, 504])
const timeouts = new Set(['connect_timeout', 'first_byte_timeout', 'total_timeout'])

/** Standard Webhooks: 2xx alone is success, redirects are not followed, 410 ends it, 429, 502 and 504 mean slower. */
export function outcomeOf(reply: Reply, now: number): Outcome {
  if ('failure' in reply) {
    const { code, message } = reply.failure
    return { kind: 'failed', error: { code, message }, slowDown: timeouts.has(code) }
  }
  const { status } = reply
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  const error = describe(status)
  if (status === 410) return { kind: 'gone', error }
  const retryAfterMs = parseRetryAfter(reply.retryAfter, now)
  const slowDown = overloaded.has(status) || retryAfterMs !== undefined
  return { kind: 'failed', error, slowDown, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}

function describe(status: number): AttemptError {
  if (status === 410) return { code: 'gone', message: 'The receiver answered 410 Gone: it wants no more deliveries.' }
  if (status >= 300 && status < 400) {
    return {
      code: 'redirect',
      message: `The receiver answered ${status}. Redirects are not followed; set the final URL.`,
    }
  }
  return { code: `http_${status}`, message: `The receiver answered ${status}; only 2xx means that it took the event.` }
}
