import {
  type BusError,
  CartlyError,
  compileSchema,
  type Operation,
  type RequestOf,
  type ResponseOf,
} from '@cartly/contracts'
import { extractTrace, messagingMetrics, timed, withSpan, type Logger } from '@cartly/telemetry'
import { Catch, type ExceptionFilter } from '@nestjs/common'
import {
  Ctx,
  MessagePattern,
  Payload,
  Server,
  type CustomTransportStrategy,
  type MessageHandler,
} from '@nestjs/microservices'
import { headers as natsHeaders, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node'
import { SpanKind } from '@opentelemetry/api'
import { firstValueFrom, isObservable, throwError, type Observable } from 'rxjs'
import { readCallContext, type CallContext } from './call-context.ts'
import { busHeaders } from './headers.ts'

/** A handler of an operation: a Nest controller's method, decorated with `@Handles(operation)`. */
export type Handler<O extends Operation> = (request: RequestOf<O>, call: CallContext) => Promise<ResponseOf<O>>

/**
 * Marks the method that answers an operation. Its request has been checked against the schema before it is called, its
 * reply is checked after. The subject may hold wildcards; `CallContext.subject` is the one it came on.
 */
export const Handles =
  <O extends Pick<Operation, 'subject' | 'request' | 'response' | 'timeoutMs'>>(operation: O) =>
  <T>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<T>): void => {
    Payload()(target, key, 0)
    Ctx()(target, key, 1)
    MessagePattern(operation.subject, { operation })(target, key, descriptor as TypedPropertyDescriptor<unknown>)
  }

/** Leaves errors as they are: Nest's own filter would replace all but its own kind by "Internal server error". */
@Catch()
export class PassErrorsOn implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error)
  }
}

/**
 * Nest microservice transport over core NATS: each operation is a subscription in the service's queue group, so replicas
 * share the requests. Nest's own NATS transport has no headers for errors, deadlines or traces, and one connection more.
 */
export class BusServer extends Server implements CustomTransportStrategy {
  readonly #nc: NatsConnection
  readonly #queue: string
  readonly #log: Logger
  readonly #subscriptions: Subscription[] = []
  readonly #running = new Set<Promise<void>>()

  constructor(nc: NatsConnection, queue: string, log: Logger) {
    super()
    this.#nc = nc
    this.#queue = queue
    this.#log = log
  }

  listen(callback: (error?: unknown) => void): void {
    for (const [subject, handler] of this.messageHandlers) this.#serve(subject, handler)
    this.#nc.flush().then(
      () => callback(),
      (error: unknown) => callback(error),
    )
  }

  /** Takes no more requests, and answers those it has. */
  async close(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.drain()))
    await Promise.all(this.#running)
  }

  on(): void {}

  unwrap<T>(): T {
    return this.#nc as T
  }

  #serve(subject: string, handler: MessageHandler): void {
    const operation = handler.extras?.['operation'] as Operation
    const callback = (error: Error | null, message: Msg) => {
      if (error) {
        this.#log.error('a subscription was refused', { subject, error })
        return
      }
      const run = this.#answer(operation, handler, message).finally(() => this.#running.delete(run))
      this.#running.add(run)
    }
    this.#subscriptions.push(this.#nc.subscribe(subject, { queue: this.#queue, callback }))
  }

  async #answer(operation: Operation, handler: MessageHandler, message: Msg): Promise<void> {
    const call = readCallContext(message.subject, message.headers, operation.timeoutMs)
    const parent = extractTrace(message.headers)
    await withSpan(`process ${operation.subject}`, { kind: SpanKind.SERVER, parent }, async () => {
      const processed = { 'messaging.operation.name': 'process', 'messaging.destination.template': operation.subject }
      try {
        await timed(messagingMetrics.process, processed, async () =>
          this.#reply(message, operation, await this.#run(operation, handler, message, call)),
        )
      } catch (error) {
        this.#refuse(message, operation, error)
      }
    })
  }

  async #run(operation: Operation, handler: MessageHandler, message: Msg, call: CallContext): Promise<unknown> {
    const request = compileSchema(operation.request).parse(parseJson(message), 'The request')
    const result: unknown = await handler(request, call)
    return isObservable(result) ? await firstValueFrom(result) : result
  }

  #reply(message: Msg, operation: Operation, value: unknown): void {
    const wrong = compileSchema(operation.response).errors(value)
    if (wrong.length > 0) {
      throw new TypeError(
        `the reply to ${operation.subject} does not fit its schema: ${JSON.stringify(wrong.slice(0, 3))}`,
      )
    }
    const body = JSON.stringify(value)
    if (body.length > (this.#nc.info?.max_payload ?? Infinity)) throw replyTooLarge
    message.respond(body)
  }

  #refuse(message: Msg, operation: Operation, error: unknown): void {
    const known = error instanceof CartlyError ? error : defect
    if (known === defect) this.#log.error('an operation failed', { subject: operation.subject, error })
    const headers = natsHeaders()
    headers.set(busHeaders.error, known.code)
    const body: { error: BusError } = { error: known.toBus() }
    message.respond(JSON.stringify(body), { headers })
  }
}

const replyTooLarge = new CartlyError('too_large', 'reply_too_large', 'The answer is larger than the bus carries')
const defect = new CartlyError('internal', 'internal', 'Something went wrong on our side; it has been recorded')

function parseJson(message: Msg): unknown {
  try {
    return message.json()
  } catch (cause) {
    throw new CartlyError('invalid', 'invalid_json', 'The request is not JSON', { cause })
  }
}
