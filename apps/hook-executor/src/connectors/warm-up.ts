import { setTimeout as pause } from 'node:timers/promises'
import type { ConnectorId } from '@cartly/contracts'
import type { Connector } from '../domain/connector.ts'
import type { CompiledTemplates } from './compiled-templates.ts'

/** Rests four times as long as it has worked, so that who is being served hardly notices. */
const REST = 4

/** Compiles what active connectors run on before the first buyer has to wait for it. */
export class WarmUp {
  readonly #templates: CompiledTemplates
  readonly #cold = new Map<ConnectorId, Connector>()
  #working: Promise<void> | undefined
  #stopped = false

  constructor(templates: CompiledTemplates) {
    this.#templates = templates
  }

  /** An active connector as it is now; what it was a moment ago need not be compiled any more. */
  add(connector: Connector): void {
    this.#cold.set(connector.connectorId, connector)
    this.#working ??= this.#work().finally(() => (this.#working = undefined))
  }

  /** Compiles no more. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#working
  }

  async #work(): Promise<void> {
    let rest = 0
    while (!this.#stopped && this.#cold.size > 0) {
      await pause(rest)
      const connector = this.#cold.values().next().value!
      this.#cold.delete(connector.connectorId)
      const began = performance.now()
      this.#templates.prepare(connector)
      rest = REST * (performance.now() - began)
    }
  }
}
