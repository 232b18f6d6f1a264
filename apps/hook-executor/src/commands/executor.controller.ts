import {
  executor,
  InvokeReply,
  InvokeRequest,
  MAX_DEADLINE_MS,
  invalid,
  type RequestOf,
  type ResponseOf,
  type StoreId,
  compileSchema,
  StoreIdSchema,
} from '@cartly/contracts'
import { Handles, type CallContext } from '@cartly/messaging'
import { Controller, Inject } from '@nestjs/common'
import { Headrooms } from '../queries/headrooms.ts'
import { Previews } from '../queries/previews.ts'
import { ConnectionTest } from './connection-test.ts'
import { Invoker } from './invoker.ts'

/** What the store platform asks at checkout: `integrations.invoke.<storeId>.<hook>`. */
const platformInvoke = {
  subject: 'integrations.invoke.*.*',
  request: InvokeRequest,
  response: InvokeReply,
  timeoutMs: MAX_DEADLINE_MS + 1_000,
} as const

const storeIds = compileSchema(StoreIdSchema)

@Controller()
export class ExecutorController {
  readonly #invoker: Invoker
  readonly #test: ConnectionTest
  readonly #previews: Previews
  readonly #headrooms: Headrooms

  constructor(
    @Inject(Invoker) invoker: Invoker,
    @Inject(ConnectionTest) test: ConnectionTest,
    @Inject(Previews) previews: Previews,
    @Inject(Headrooms) headrooms: Headrooms,
  ) {
    this.#invoker = invoker
    this.#test = test
    this.#previews = previews
    this.#headrooms = headrooms
  }

  @Handles(platformInvoke)
  async invokeAll(request: InvokeRequest, { subject }: CallContext): Promise<InvokeReply> {
    const receivedAt = Date.now()
    const [, , storeId, hook] = subject.split('.') as [string, string, StoreId, string]
    if (!storeIds.is(storeId)) throw invalid('invalid_subject', `${storeId} is no store id`)
    return this.#invoker.invoke(storeId, hook, request, receivedAt)
  }

  @Handles(executor.invoke)
  async invoke({
    storeId,
    hook,
    ...request
  }: RequestOf<typeof executor.invoke>): Promise<ResponseOf<typeof executor.invoke>> {
    const { results } = await this.#invoker.invoke(storeId, hook, request, Date.now())
    return results[0]!
  }

  @Handles(executor.replay)
  replay(request: RequestOf<typeof executor.replay>): Promise<ResponseOf<typeof executor.replay>> {
    return this.#invoker.replay(request, Date.now())
  }

  @Handles(executor.test)
  test(
    request: RequestOf<typeof executor.test>,
    { deadlineAt }: CallContext,
  ): Promise<ResponseOf<typeof executor.test>> {
    return this.#test.run(request, deadlineAt)
  }

  @Handles(executor.headroom)
  headroom(request: RequestOf<typeof executor.headroom>): Promise<ResponseOf<typeof executor.headroom>> {
    return this.#headrooms.of(request)
  }

  @Handles(executor.preview)
  preview(request: RequestOf<typeof executor.preview>): Promise<ResponseOf<typeof executor.preview>> {
    return this.#previews.ofHook(request)
  }

  @Handles(executor.previewMapping)
  previewMapping(
    request: RequestOf<typeof executor.previewMapping>,
  ): Promise<ResponseOf<typeof executor.previewMapping>> {
    return this.#previews.ofMapping(request)
  }
}
