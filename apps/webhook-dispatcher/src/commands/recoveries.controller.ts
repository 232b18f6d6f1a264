import { webhooks, type RequestOf } from '@cartly/contracts'
import { Handles, type CallContext } from '@cartly/messaging'
import { Controller, Inject } from '@nestjs/common'
import { RecoveryCommands } from './recoveries.ts'

@Controller()
export class RecoveriesController {
  readonly #commands: RecoveryCommands

  constructor(@Inject(RecoveryCommands) commands: RecoveryCommands) {
    this.#commands = commands
  }

  @Handles(webhooks.recover)
  recover(request: RequestOf<typeof webhooks.recover>, call: CallContext) {
    return this.#commands.recover(request, call)
  }

  @Handles(webhooks.getRecovery)
  get(request: RequestOf<typeof webhooks.getRecovery>) {
    return this.#commands.get(request)
  }

  @Handles(webhooks.controlRecovery)
  control(request: RequestOf<typeof webhooks.controlRecovery>) {
    return this.#commands.control(request)
  }
}
