import {
  BusError,
  CartlyError,
  compileSchema,
  type Operation,
  type RequestOf,
  type ResponseOf,
} from '@cartly/contracts'
import { injectTrace, messagingMetrics, timed, withSpan } from '@cartly/telemetry'
import { SpanKind } from '@opentelemetry/api'
import { errors, headers as natsHeaders, type Msg, type NatsConnection } from '@nats-io/transport-node'
import { busHeaders } from './headers.ts'

export interface CallOptions {
  /** Milliseconds since the epoch; the operation's own timeout from now when absent. The earlier of both counts. */
  readonly deadlineAt?: number
  readonly actor?: string
  /** The same id again is the same command: it is applied once, and answered alike. */
  readonly commandId?: string
}

/** Asks services on the bus. Request and reply are checked against the operation's schemas. */
export class BusClient {
  readonly #nc: NatsConnection
  readonly #user: string

  constructor(nc: NatsConnection, user: string) {
    this.#nc = nc
    this.#user = user
  }

  /**
   * @throws CartlyError as the service threw it; `unavailable` when no replica of it listens; `timeout` when the deadline
   * passed, in which case a command may still take effect (send it again with the same `commandId`).
   */
  async request<O extends Operation>(
    operation: O,
    payload: RequestOf<O>,
    options: CallOptions = {},
  ): Promise<ResponseOf<O>> {
    const body = JSON.stringify(compileSchema(operation.request).parse(payload, `The request to ${operation.name}`))
    const deadlineAt = Math.min(options.deadlineAt ?? Infinity, Date.now() + operation.timeoutMs)
    const headers = natsHeaders()
    headers.set(busHeaders.actor, options.actor ?? `service:${this.#user}`)
    if (options.commandId) headers.set(busHeaders.commandId, options.commandId)
    return withSpan(
      `send ${operation.subject}`,
      { kind: SpanKind.CLIENT, attributes: attributes(operation) },
      async () => {
        injectTrace(headers)
        const request = { 'messaging.operation.name': 'request', 'messaging.destination.template': operation.subject }
        return timed(messagingMetrics.operation, request, async () =>
          this.#read(operation, await this.#send(operation, body, headers, deadlineAt)),
        )
      },
    )
  }

  async #send(
    operation: Operation,
    body: string,
    headers: ReturnType<typeof natsHeaders>,
    deadlineAt: number,
  ): Promise<Msg> {
    const timeout = Math.ceil(deadlineAt - Date.now())
    if (timeout <= 0) throw timedOut(operation)
    headers.set(busHeaders.timeout, String(timeout))
    try {
      return await this.#nc.request(operation.subject, body, { timeout, headers })
    } catch (error) {
      throw translate(operation, error)
    }
  }

  #read<O extends Operation>(operation: O, reply: Msg): ResponseOf<O> {
    const value = JSON.parse(reply.string()) as unknown
    if (reply.headers?.get(busHeaders.error)) {
      throw CartlyError.fromBus(busError.parse((value as { error?: unknown }).error, 'The error reply'))
    }
    const [wrong] = compileSchema(operation.response).errors(value)
    // The service's defect, not the caller's: it must not come out as a request that was wrong.
    if (wrong)
      throw new TypeError(`the reply to ${operation.subject} does not fit its schema at ${wrong.pointer || '/'}`)
    return value as ResponseOf<O>
  }
}

const busError = compileSchema(BusError)

const attributes = ({ service, subject }: Operation) => ({
  'messaging.system': 'nats',
  'messaging.destination.name': subject,
  'messaging.operation.type': 'send',
  'peer.service': service,
})

const timedOut = ({ service, name }: Operation, cause?: unknown): CartlyError =>
  new CartlyError('timeout', 'timeout', `${service} did not answer ${name} in time`, { cause })

/** Failures of the transport in the engine's own terms. */
function translate(operation: Operation, error: unknown): Error {
  if (error instanceof errors.TimeoutError) return timedOut(operation, error)
  if (error instanceof errors.NoRespondersError || (error instanceof errors.RequestError && error.isNoResponders())) {
    const message = `${operation.service} is not running`
    return new CartlyError('unavailable', 'service_unavailable', message, { cause: error, retryAfterMs: 1_000 })
  }
  if (isRefused(error)) {
    return new CartlyError('forbidden', 'not_entitled', `This service may not ask for ${operation.name}`, {
      cause: error,
    })
  }
  if (error instanceof RangeError || /payload/i.test((error as Error).message)) {
    return new CartlyError(
      'too_large',
      'request_too_large',
      `The request to ${operation.name} is larger than the bus carries`,
      {
        cause: error,
      },
    )
  }
  return new CartlyError('unavailable', 'bus_unavailable', 'The message bus is not reachable', {
    cause: error,
    retryAfterMs: 1_000,
  })
}

/** The server's refusal comes bare or as the cause of a `RequestError`. */
const isRefused = (error: unknown): boolean =>
  error instanceof errors.PermissionViolationError ||
  (error instanceof Error && error.cause instanceof errors.PermissionViolationError)
