import type { AttemptTimings } from '@cartly/contracts'

/** A request as it leaves the engine. */
export interface HttpRequest {
  /** The step it belongs to. */
  readonly step: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** For everything: name, connection, answer. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface HttpResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly timings?: AttemptTimings
}

/** What `send` throws. `EgressError` of `@cartly/egress` is one. */
export interface HttpError {
  readonly code: string
  readonly message: string
  /** Whether bytes of the request may have reached the service. */
  readonly sent: boolean
}

/** The engine's way out. It follows no redirects and throws an `HttpError` where there is no answer. */
export interface HttpPort {
  send(request: HttpRequest): Promise<HttpResponse>
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
