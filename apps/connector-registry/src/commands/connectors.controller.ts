import { registry, type RequestOf } from '@cartly/contracts'
import { Handles, type CallContext } from '@cartly/messaging'
import { Controller, Inject } from '@nestjs/common'
import { ConnectorCommands } from './connector-commands.ts'

@Controller()
export class ConnectorsController {
  readonly #commands: ConnectorCommands

  constructor(@Inject(ConnectorCommands) commands: ConnectorCommands) {
    this.#commands = commands
  }

  @Handles(registry.install)
  install(request: RequestOf<typeof registry.install>, call: CallContext) {
    return this.#commands.install(request, call)
  }

  @Handles(registry.configure)
  configure(request: RequestOf<typeof registry.configure>, call: CallContext) {
    return this.#commands.configure(request, call)
  }

  @Handles(registry.attachCredentials)
  attachCredentials(request: RequestOf<typeof registry.attachCredentials>, call: CallContext) {
    return this.#commands.attachCredentials(request, call)
  }

  @Handles(registry.detachCredentials)
  detachCredentials(request: RequestOf<typeof registry.detachCredentials>, call: CallContext) {
    return this.#commands.detachCredentials(request, call)
  }

  @Handles(registry.test)
  test(request: RequestOf<typeof registry.test>, call: CallContext) {
    return this.#commands.test(request, call)
  }

  @Handles(registry.activate)
  activate(request: RequestOf<typeof registry.activate>, call: CallContext) {
    return this.#commands.activate(request, call)
  }

  @Handles(registry.deactivate)
  deactivate(request: RequestOf<typeof registry.deactivate>, call: CallContext) {
    return this.#commands.deactivate(request, call)
  }

  @Handles(registry.remove)
  async remove(request: RequestOf<typeof registry.remove>, call: CallContext) {
    await this.#commands.remove(request, call)
    return {}
  }

  @Handles(registry.reportCircuit)
  async reportCircuit(request: RequestOf<typeof registry.reportCircuit>, call: CallContext) {
    await this.#commands.reportCircuit(request, call)
    return {}
  }

  @Handles(registry.upgrade)
  upgrade(request: RequestOf<typeof registry.upgrade>, call: CallContext) {
    return this.#commands.upgrade(request, call)
  }

  @Handles(registry.rollback)
  rollback(request: RequestOf<typeof registry.rollback>, call: CallContext) {
    return this.#commands.rollback(request, call)
  }
}
