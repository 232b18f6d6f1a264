import {
  CartlyError,
  compileSchema,
  type Operation,
  type RequestOf,
  type ResponseOf,
  type ServiceName,
} from '@cartly/contracts'
import { busHeaders, readCallContext, type CallContext } from '@cartly/messaging'
import type { TestNats } from '@cartly/testing'
import { headers as natsHeaders, type Msg } from '@nats-io/transport-node'

type Handler = (request: never, call: CallContext) => unknown

const services: readonly ServiceName[] = [
  'connector-registry',
  'credential-vault',
  'hook-executor',
  'webhook-dispatcher',
  'oauth-refresher',
]

/** Stands in for the five services on the bus: each operation answers as a spec says. Unanswered ones are `unavailable`. */
export class StubServices {
  readonly #handlers = new Map<string, { operation: Operation; handler: Handler }>()
  /** What was asked, in order. */
  readonly asked: { operation: string; request: unknown; call: CallContext; traceparent: string | undefined }[] = []

  static async start(nats: TestNats): Promise<StubServices> {
    const stubs = new StubServices()
    for (const service of services) {
      const connection = await nats.connect(service)
      connection.subscribe(`svc.${service}.>`, { callback: (_, message) => void stubs.#answer(message) })
      await connection.flush()
    }
    return stubs
  }

  on<O extends Operation>(
    operation: O,
    handler: (request: RequestOf<O>, call: CallContext) => ResponseOf<O> | Promise<ResponseOf<O>>,
  ): void {
    this.#handlers.set(operation.subject, { operation, handler: handler as Handler })
  }

  reset(): void {
    this.#handlers.clear()
    this.asked.length = 0
  }

  /** The requests of one operation. */
  of<O extends Operation>(operation: O): RequestOf<O>[] {
    return this.asked
      .filter((entry) => entry.operation === operation.subject)
      .map((entry) => entry.request as RequestOf<O>)
  }

  async #answer(message: Msg): Promise<void> {
    const known = this.#handlers.get(message.subject)
    try {
      if (!known) throw new CartlyError('unavailable', 'service_unavailable', `no stub answers ${message.subject}`)
      const request = compileSchema(known.operation.request).parse(message.json(), 'The request')
      const call = readCallContext(message.subject, message.headers, known.operation.timeoutMs)
      const traceparent = message.headers?.get('traceparent')
      this.asked.push({ operation: message.subject, request, call, traceparent })
      const reply = await known.handler(request as never, call)
      message.respond(JSON.stringify(compileSchema(known.operation.response).parse(reply, 'The reply')))
    } catch (error) {
      const refused = error instanceof CartlyError ? error : new CartlyError('internal', 'internal', String(error))
      const headers = natsHeaders()
      headers.set(busHeaders.error, refused.code)
      message.respond(JSON.stringify({ error: refused.toBus() }), { headers })
    }
  }
}
