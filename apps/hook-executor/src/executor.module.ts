import { randomUUID } from 'node:crypto'
import { registry, vault } from '@cartly/contracts'
import type { Egress } from '@cartly/egress'
import { createEventStore, ProjectionRunner, type Projection } from '@cartly/event-store'
import { createDataSource, migrate } from '@cartly/read-model'
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
import { WarmUp } from './connectors/warm-up.ts'
import { Answers } from './checkout/answers.ts'
import { SharedAnswers } from './checkout/shared-answers.ts'
import { CreateUnpublishedFacts1764300000000 } from './execution/1764300000000-create-unpublished-facts.ts'
import { Activity } from './execution/activity.ts'
import { HookRunner } from './execution/hook-runner.ts'
import { createOutgoing } from './execution/outgoing.ts'
import { UnpublishedFacts } from './execution/unpublished-facts.ts'
import { CircuitPeers } from './limits/circuit-peers.ts'
import { Circuits } from './limits/circuits.ts'
import { RateLimits } from './limits/rate-limits.ts'
import { Headrooms } from './queries/headrooms.ts'
import { Previews } from './queries/previews.ts'
import { CreateRuns1764200000000 } from './runs/1764200000000-create-runs.ts'
import { LastingInvocations } from './runs/lasting-invocations.ts'
import { RunDriver } from './runs/run-driver.ts'
import { RunTable } from './runs/run-table.ts'
import { RunWorker } from './runs/run-worker.ts'
import { triggeredRuns } from './store-events/triggered-runs.ts'

export interface ExecutorSettings {
  readonly databaseUrl: string
  readonly catalog: Catalog
  readonly egress: Egress
  /** Whether outside services are sent the trace. */
  readonly propagateTrace: boolean
}

/** How long a batch of events may take from its last statement to its commit; the next look finds it all the same. */
const COMMITTED_WITHIN_MS = 5_000

const provide = (value: object) => ({ provide: value.constructor, useValue: value })

@Module({})
export class ExecutorModule {
  /** Learns every connector from the log, takes up the store's events, and wires the controller. */
  static async create(context: ServiceContext, settings: ExecutorSettings): Promise<DynamicModule> {
    const { log, health, onShutdown } = context
    const bus = { nc: context.nc, js: context.js, jsm: context.jsm }
    const { egress } = settings
    onShutdown(() => egress.close())

    const dataSource = createDataSource({
      url: settings.databaseUrl,
      schema: 'executor',
      migrations: [CreateRuns1764200000000, CreateUnpublishedFacts1764300000000],
    })
    await migrate(dataSource)
    onShutdown(() => dataSource.destroy())

    const leases = createLeaseHolder({ bus: context.bus, operation: vault.leaseToExecutor })
    onShutdown(async () => leases.close())
    const activity = new Activity({ js: context.js, unpublished: new UnpublishedFacts(dataSource), log })
    activity.start()
    onShutdown(() => activity.close())
    const templates = new CompiledTemplates(settings.catalog, ({ connectorId }, error) =>
      log.error('a connector is left out', { connectorId, error }),
    )
    const warmUp = new WarmUp(templates)
    onShutdown(() => warmUp.stop())
    const index = new ConnectorIndex({
      bus,
      onCredentialChanged: (ownerId) => leases.invalidate(ownerId),
      onActive: (connector) => warmUp.add(connector),
      onTrouble: (error) => log.warn('the connectors are not followed just now', { error }),
    })
    await index.start()
    onShutdown(() => index.stop())
    health.add('connectors', () => {
      if (index.failure) throw index.failure
    })

    const credentials = new Credentials({ leases, bus: context.bus })
    const http = createOutgoing(settings)
    const replica = randomUUID()
    const peers = new CircuitPeers({
      nc: context.nc,
      replica,
      onNews: (connectorId, circuit) => circuits.hear(connectorId, circuit),
    })
    const circuits = new Circuits(
      (connectorId, circuit) => peers.tell(connectorId, circuit),
      ({ connector: { storeId, connectorId }, state, reason }) => {
        log.info(`the circuit of a connector is ${state}`, { connectorId })
        context.bus
          .request(registry.reportCircuit, { storeId, connectorId, state, reason: reason.slice(0, 2_000) })
          .catch((error: unknown) => log.warn('a circuit cannot be shown', { connectorId, error }))
      },
    )
    const rateLimits = new RateLimits(dataSource, log)
    const runner = new HookRunner({ templates, credentials, http, circuits, rateLimits })
    const history = new ConnectorHistory(createEventStore(bus))
    const answers = new Answers({ runner, activity, shared: new SharedAnswers(context.nc, log) })

    const table = new RunTable(dataSource, replica)
    const driver = new RunDriver({ table, runner, activity, log })
    onShutdown(() => driver.close())
    const worker = new RunWorker({ table, driver, index, history, templates, log })
    worker.start()
    onShutdown(() => worker.stop())

    const storeEvents: ProjectionRunner = new ProjectionRunner({
      bus,
      dataSource,
      projection: triggeredRuns({
        index,
        templates,
        onTriggered: (connectorIds, sequence) => {
          void storeEvents.passed(sequence, COMMITTED_WITHIN_MS).then(() => worker.wake(connectorIds))
        },
      }) as Projection<never> as Projection,
      onTrouble: (error) => log.warn('store events wait', { error }),
    })
    await storeEvents.start()
    onShutdown(() => storeEvents.stop())
    health.add('store events', () => {
      if (storeEvents.status.state === 'refused') throw storeEvents.status.failure
    })

    const lasting = new LastingInvocations({ table, driver, answers, log })
    return {
      module: ExecutorModule,
      controllers: [ExecutorController],
      providers: [
        provide(new Invoker({ index, history, templates, answers, lasting })),
        provide(new ConnectionTest({ index, templates, credentials, http, activity })),
        provide(new Previews(index, templates)),
        provide(new Headrooms({ index, templates, circuits, rateLimits })),
      ],
    }
  }
}
