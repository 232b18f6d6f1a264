import { createRedactor, type Redactor, type StepAttempt } from '@cartly/contracts'
import { applyAuth, type AppliedAuth, type CredentialValues } from './apply-auth.ts'
import type { BuiltRequest } from './build-request.ts'
import type { AuthSpec } from './definition/auth.ts'
import { hideMembers } from './hide-members.ts'
import type { Clock, HttpError, HttpPort, HttpResponse } from './http-port.ts'
import { readResponse, type ReadResponse } from './read-response.ts'
import { keptBody } from './record.ts'

/** How much longer than its timeout a request is waited for before it is given up as unanswered. */
const GUARD_MS = 20

/** What comes of asking for new credentials; `later` when there may be some after a while. */
export type Renewal = 'renewed' | 'none' | 'later'

export interface SessionOptions {
  readonly auth: AuthSpec
  readonly credentials: CredentialValues
  readonly http: HttpPort
  readonly clock: Clock
  /** Asked once, after a 401: gives new credentials, `later` when they cannot be had just now, `undefined` when at all. */
  readonly onUnauthorized?: () => Promise<CredentialValues | 'later' | undefined>
}

export interface ExchangeOptions {
  readonly step: string
  readonly attempt: number
  readonly index?: number
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** What came of one request, with how it is kept. */
export type Exchange = {
  readonly record: StepAttempt
  readonly tookMs: number
} & ({ readonly response: ReadResponse; readonly text: string } | { readonly silence: HttpError })

/** Requests in the connector's name: puts the credentials on, and takes them out of everything that is kept. */
export class Session {
  readonly #options: SessionOptions
  readonly #secrets: string[] = []
  #auth: AppliedAuth
  #redactor: Redactor
  #renewal: Promise<Renewal> | undefined

  /** @throws MissingCredential */
  constructor(options: SessionOptions) {
    this.#options = options
    this.#auth = applyAuth(options.auth, options.credentials)
    this.#redactor = this.#redact(options.credentials)
  }

  get redactor(): Redactor {
    return this.#redactor
  }

  async exchange(request: BuiltRequest, about: ExchangeOptions): Promise<Exchange> {
    const { clock } = this.#options
    const auth = this.#auth
    const url = new URL(request.url)
    for (const [name, value] of Object.entries(auth.query)) url.searchParams.set(name, value)
    const headers = { ...request.headers, ...auth.headers }
    const startedAt = clock.now()
    const record = {
      attempt: about.attempt,
      ...(about.index === undefined ? {} : { index: about.index }),
      startedAt: new Date(startedAt).toISOString(),
      request: this.#keptRequest(request, url, headers, auth),
    }
    try {
      const answer = await this.#send({ method: request.method, url: url.href, headers, body: request.body }, about)
      const { response, text } = readResponse(answer)
      const tookMs = clock.now() - startedAt
      return {
        record: { ...record, durationMs: tookMs, response: this.#keptResponse(response, text) },
        tookMs,
        response,
        text,
      }
    } catch (error) {
      const tookMs = clock.now() - startedAt
      const silence = asHttpError(error)
      return {
        record: { ...record, durationMs: tookMs },
        tookMs,
        silence: { ...silence, message: this.#redactor.text(silence.message) },
      }
    }
  }

  /** After a 401: whether there are new credentials to try with. Asks once, however many requests were refused. */
  renew(): Promise<Renewal> {
    this.#renewal ??= (async () => {
      const fresh = await this.#options.onUnauthorized?.()
      if (fresh === 'later') return 'later'
      if (!fresh) return 'none'
      this.#auth = applyAuth(this.#options.auth, fresh)
      this.#redactor = this.#redact(fresh)
      return 'renewed'
    })()
    return this.#renewal
  }

  #redact(credentials: CredentialValues): Redactor {
    this.#secrets.push(...this.#auth.secrets, ...Object.values(credentials))
    return createRedactor(this.#secrets)
  }

  async #send(
    request: { method: string; url: string; headers: Record<string, string>; body: string | undefined },
    { step, timeoutMs, signal }: ExchangeOptions,
  ): Promise<HttpResponse> {
    const { body, ...rest } = request
    const over = new AbortController()
    const sending = this.#options.http.send({
      step,
      ...rest,
      ...(body === undefined ? {} : { body }),
      timeoutMs,
      signal: AbortSignal.any([signal, over.signal]),
    })
    sending.catch(() => undefined)
    // The port keeps the timeout; this keeps the deadline should the port not.
    const { promise: overdue, reject } = Promise.withResolvers<never>()
    const guard = setTimeout(() => {
      over.abort()
      reject({ code: 'total_timeout', message: `no complete answer within ${Math.round(timeoutMs)} ms`, sent: true })
    }, timeoutMs + GUARD_MS)
    try {
      return await Promise.race([sending, overdue])
    } finally {
      clearTimeout(guard)
    }
  }

  #keptRequest(
    request: BuiltRequest,
    url: URL,
    headers: Record<string, string>,
    auth: AppliedAuth,
  ): StepAttempt['request'] {
    const shown = new URL(url)
    for (const name of Object.keys(auth.query)) shown.searchParams.set(name, '[redacted]')
    return {
      method: request.method,
      url: this.#redactor.text(shown.href.replaceAll('%5Bredacted%5D', '[redacted]')),
      headers: this.#redactor.json(hideMembers(headers, Object.keys(auth.headers))),
      ...(request.body === undefined ? {} : { body: keptBody(request.body, this.#redactor) }),
    }
  }

  #keptResponse(response: ReadResponse, text: string): NonNullable<StepAttempt['response']> {
    return {
      status: response.status,
      headers: this.#redactor.json(hideMembers(response.headers, ['set-cookie'])),
      ...(text === '' ? {} : { body: keptBody(text, this.#redactor) }),
    }
  }
}

function asHttpError(error: unknown): HttpError {
  if (typeof error === 'object' && error !== null && 'code' in error && 'sent' in error && 'message' in error) {
    return { code: String(error.code), message: String(error.message), sent: error.sent === true }
  }
  throw error
}
