import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { type ConnectionTimings, EgressError, NO_TIMINGS, type Timings } from './egress-error.ts'
import { CappedBody, type HttpResponse, type ResponseHeaders } from './exchange.ts'
import { overdue, toEgressError } from './failure.ts'
import type { NetworkPolicy } from './network-policy.ts'
import type { OriginPools } from './origin-pools.ts'

/** A webhook to deliver. */
export interface PostRequest {
  /** Parsed, if it is sent to often; it is checked each time either way. */
  readonly url: string | URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
  /** For everything from the call to the last byte of the answer that is kept, in milliseconds. */
  readonly timeoutMs: number
  /** How much of the answer's body to keep, in bytes; 16 KiB if not said. The rest is not read. */
  readonly maxResponseBytes?: number
}

const DEFAULT_MAX_RESPONSE_BYTES = 16 * 1024

/**
 * Sends one POST over a pooled connection. Any status is an answer; redirects are not followed, and a body is kept as
 * it came, still encoded.
 *
 * @throws EgressError (as a rejection)
 */
export function post(request: PostRequest, policy: NetworkPolicy, pools: OriginPools): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const url = policy.checkUrl(request.url)
    const exchange = new Exchange(request, url.host, startedAt, pools, resolve, reject)
    pools.get(url.origin, startedAt).dispatch(
      {
        method: 'POST',
        path: url.search === '' ? url.pathname : url.pathname + url.search,
        headers: request.headers,
        body: request.body,
      },
      exchange,
    )
  })
}

/** Follows one request through undici: keeps its deadline, its timings and the body's first bytes, and settles once. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #host: string
  readonly #startedAt: number
  readonly #timeoutMs: number
  readonly #pools: OriginPools
  readonly #resolve: (response: HttpResponse) => void
  readonly #reject: (error: EgressError) => void
  readonly #body: CappedBody
  readonly #deadline: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #connection: ConnectionTimings = NO_TIMINGS
  #writtenAt = 0
  #firstByteAt = 0
  #status = 0
  #headers: ResponseHeaders = {}
  #settled = false

  constructor(
    { timeoutMs, maxResponseBytes = DEFAULT_MAX_RESPONSE_BYTES }: PostRequest,
    host: string,
    startedAt: number,
    pools: OriginPools,
    resolve: (response: HttpResponse) => void,
    reject: (error: EgressError) => void,
  ) {
    this.#host = host
    this.#startedAt = startedAt
    this.#timeoutMs = timeoutMs
    this.#pools = pools
    this.#resolve = resolve
    this.#reject = reject
    this.#body = new CappedBody(maxResponseBytes)
    this.#deadline = setTimeout(expire, timeoutMs, this)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Throwing takes the request out of the queue and leaves the connection to the next one; aborting would close it.
    if (this.#settled) throw CALLED_OFF
    this.#controller = controller
    this.#connection = this.#pools.opened
    this.#writtenAt = performance.now()
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return
    this.#firstByteAt = performance.now()
    this.#status = status
    this.#headers = headers as ResponseHeaders
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body.take(chunk)) return
    this.#succeed()
    controller.abort(CALLED_OFF)
  }

  onResponseEnd(): void {
    this.#succeed()
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (error instanceof EgressError) this.#connection = error.timings
    this.#fail(error)
  }

  /** The deadline has passed: say so, and let go of the connection. */
  expire(): void {
    const [sent, answered] = [this.#writtenAt > 0, this.#firstByteAt > 0]
    this.#fail(overdue({ host: this.#host, timeoutMs: this.#timeoutMs, sent, answered }))
    this.#controller?.abort(CALLED_OFF)
  }

  #succeed(): void {
    if (!this.#settle()) return
    this.#resolve({
      status: this.#status,
      headers: this.#headers,
      body: this.#body.bytes,
      truncated: this.#body.truncated,
      timings: this.#timings(),
    })
  }

  #fail(error: Error): void {
    if (!this.#settle()) return
    this.#reject(toEgressError(error, { host: this.#host, sent: this.#writtenAt > 0, timings: this.#timings() }))
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    clearTimeout(this.#deadline)
    return true
  }

  #timings(): Timings {
    const { dns, connect, tls } = this.#connection
    const firstByte = this.#firstByteAt && this.#firstByteAt - this.#writtenAt
    return { dns, connect, tls, firstByte, total: performance.now() - this.#startedAt }
  }
}

const expire = (exchange: Exchange): void => exchange.expire()

/** Never seen outside: the exchange has settled before it is raised. */
const CALLED_OFF = new Error('called off')
