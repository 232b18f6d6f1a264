import { webhooks, type RequestOf } from '@cartly/contracts'
import { Handles, type CallContext } from '@cartly/messaging'
import { Controller, Inject } from '@nestjs/common'
import { DeliverNow } from './deliver-now.ts'
import { EndpointCommands } from './endpoint-commands.ts'

@Controller()
export class EndpointsController {
  readonly #commands: EndpointCommands
  readonly #deliver: DeliverNow

  constructor(@Inject(EndpointCommands) commands: EndpointCommands, @Inject(DeliverNow) deliver: DeliverNow) {
    this.#commands = commands
    this.#deliver = deliver
  }

  @Handles(webhooks.create)
  create(request: RequestOf<typeof webhooks.create>, call: CallContext) {
    return this.#commands.create(request, call)
  }

  @Handles(webhooks.update)
  update(request: RequestOf<typeof webhooks.update>, call: CallContext) {
    return this.#commands.update(request, call)
  }

  @Handles(webhooks.remove)
  remove(request: RequestOf<typeof webhooks.remove>, call: CallContext) {
    return this.#commands.remove(request, call)
  }

  @Handles(webhooks.enable)
  enable(request: RequestOf<typeof webhooks.enable>, call: CallContext) {
    return this.#commands.enable(request, call)
  }

  @Handles(webhooks.disable)
  disable(request: RequestOf<typeof webhooks.disable>, call: CallContext) {
    return this.#commands.disable(request, call)
  }

  @Handles(webhooks.rotateSecret)
  rotateSecret(request: RequestOf<typeof webhooks.rotateSecret>, call: CallContext) {
    return this.#commands.rotateSecret(request, call)
  }

  @Handles(webhooks.test)
  test(request: RequestOf<typeof webhooks.test>, call: CallContext) {
    return this.#deliver.test(request, call)
  }

  @Handles(webhooks.retryDelivery)
  retryDelivery(request: RequestOf<typeof webhooks.retryDelivery>, call: CallContext) {
    return this.#deliver.retry(request, call)
  }
}
