import { derivedId, type StoreEvent, type StoreId } from '@cartly/contracts'
import type { CompiledTemplates, Hook } from '../connectors/compiled-templates.ts'
import type { ConnectorIndex } from '../connectors/connector-index.ts'
import type { Connector } from '../domain/connector.ts'
import type { Activity } from '../execution/activity.ts'
import { endingOf, type Execution } from '../execution/execution.ts'
import type { HookRunner } from '../execution/hook-runner.ts'
import { recordedExecution } from '../execution/recorded-execution.ts'

export interface TriggeredHooksOptions {
  readonly index: ConnectorIndex
  readonly templates: CompiledTemplates
  readonly runner: HookRunner
  readonly activity: Activity
}

/** Runs the hooks that a store event sets off. */
export class TriggeredHooks {
  readonly #options: TriggeredHooksOptions

  constructor(options: TriggeredHooksOptions) {
    this.#options = options
  }

  async take(storeId: StoreId, event: StoreEvent): Promise<void> {
    await Promise.all(this.#triggeredBy(storeId, event.type).map((target) => this.#run(target, storeId, event)))
  }

  #triggeredBy(storeId: StoreId, type: string): { connector: Connector; hook: Hook }[] {
    const { index, templates } = this.#options
    return index.activeOf(storeId).flatMap((connector) =>
      [...templates.of(connector).hooks.keys()]
        .map((name) => templates.hook(connector, name)!)
        .filter(({ definition }) => definition.on?.includes(type))
        .map((hook) => ({ connector, hook })),
    )
  }

  async #run(
    { connector, hook }: { connector: Connector; hook: Hook },
    storeId: StoreId,
    event: StoreEvent,
  ): Promise<void> {
    const { runner, activity } = this.#options
    const startedAt = Date.now()
    const time = event.time ?? new Date(startedAt).toISOString()
    const at = event.time ? Date.parse(event.time) : startedAt
    const id = derivedId('exec', at, [storeId, event.id, connector.connectorId, hook.name])
    const execution: Execution = {
      id,
      key: id,
      connector,
      hook,
      trigger: 'event',
      input: event.data,
      event: { id: event.id, type: event.type, time, storeId },
      startedAt,
      deadlineAt: startedAt + hook.chain.deadlineMs,
    }
    const outcome = await runner.run(execution)
    if (outcome.status !== 'skipped') await activity.publish(recordedExecution(execution, endingOf(outcome)))
  }
}
