import { vault } from '@cartly/contracts'
import type { Egress } from '@cartly/egress'
import { createEventStore } from '@cartly/event-store'
import type { ServiceContext } from '@cartly/service'
import type { Catalog } from '@cartly/templates'
import { createLeaseHolder } from '@cartly/vault-client'
import { Module, type DynamicModule } from '@nestjs/common'
import { ConnectionTest } from './commands/connection-test.ts'
import { ExecutorController } from './commands/executor.controller.ts'
import { Invoker } from './commands/invoker.ts'
import { CompiledTemplates } from './connectors/compiled-templates.ts'
import { ConnectorHistory } from './connectors/connector-history.ts'
import { ConnectorIndex } from './connectors/connector-index.ts'
import { Credentials } from './connectors/credentials.ts'
import { Activity } from './execution/activity.ts'
import { HookRunner } from './execution/hook-runner.ts'
import { createOutgoing } from './execution/outgoing.ts'
import { Previews } from './queries/previews.ts'
import { StoreEventConsumer } from './store-events/store-event-consumer.ts'
import { TriggeredHooks } from './store-events/triggered-hooks.ts'

export interface ExecutorSettings {
  readonly databaseUrl: string
  readonly catalog: Catalog
  readonly egress: Egress
  /** Whether outside services are sent the trace. */
  readonly propagateTrace: boolean
}

const provide = (value: object) => ({ provide: value.constructor, useValue: value })

@Module({})
export class ExecutorModule {
  /** Learns every connector from the log, takes up the store's events, and wires the controller. */
  static async create(context: ServiceContext, settings: ExecutorSettings): Promise<DynamicModule> {
    const { log, health, onShutdown } = context
    const bus = { nc: context.nc, js: context.js, jsm: context.jsm }
    const { egress } = settings
    onShutdown(() => egress.close())

    const leases = createLeaseHolder({ bus: context.bus, operation: vault.leaseToExecutor })
    onShutdown(async () => leases.close())
    const activity = new Activity(context.js, log)
    onShutdown(() => activity.flush())
    const index = new ConnectorIndex({
      bus,
      onCredentialChanged: (ownerId) => leases.invalidate(ownerId),
      onTrouble: (error) => log.warn('the connectors are not followed just now', { error }),
    })
    await index.start()
    onShutdown(() => index.stop())
    health.add('connectors', () => {
      if (index.failure) throw index.failure
    })

    const templates = new CompiledTemplates(settings.catalog)
    const credentials = new Credentials({ leases, bus: context.bus })
    const http = createOutgoing(settings)
    const runner = new HookRunner({ templates, credentials, http })
    const history = new ConnectorHistory(createEventStore(bus))

    const triggered = new TriggeredHooks({ index, templates, runner, activity })
    const storeEvents = new StoreEventConsumer({ bus, log, take: (storeId, event) => triggered.take(storeId, event) })
    storeEvents.start()
    onShutdown(() => storeEvents.stop())

    return {
      module: ExecutorModule,
      controllers: [ExecutorController],
      providers: [
        provide(new Invoker({ index, history, templates, runner, activity })),
        provide(new ConnectionTest({ index, templates, credentials, http })),
        provide(new Previews(index, templates)),
      ],
    }
  }
}
