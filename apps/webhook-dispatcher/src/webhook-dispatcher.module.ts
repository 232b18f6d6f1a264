import { endpointEvents, notFound, vault, type EndpointId, type StoreId } from '@cartly/contracts'
import { createEgress } from '@cartly/egress'
import { aggregateRepository, createCommandHandler, createEventStore, eventsOf } from '@cartly/event-store'
import { createDataSource, migrate } from '@cartly/read-model'
import { runProjection, runReactor, type ServiceContext } from '@cartly/service'
import { createLeaseHolder } from '@cartly/vault-client'
import { Module, type DynamicModule } from '@nestjs/common'
import { randomUUID } from 'node:crypto'
import { Backlog } from './backlog/backlog.ts'
import { BacklogWriter } from './backlog/backlog-writer.ts'
import { Drain } from './backlog/drain.ts'
import { OrderedIntake } from './backlog/ordered-intake.ts'
import { Payloads } from './backlog/payloads.ts'
import { Unfinished } from './backlog/unfinished.ts'
import { DeliverNow } from './commands/deliver-now.ts'
import { EndpointCommands } from './commands/endpoint-commands.ts'
import { RecoveryCommands } from './commands/recoveries.ts'
import { RecoveriesController } from './commands/recoveries.controller.ts'
import { EndpointsController } from './commands/endpoints.controller.ts'
import { AttemptLog } from './delivery/attempt-log.ts'
import { Dispatcher } from './delivery/dispatcher.ts'
import { EndpointLanes } from './delivery/endpoint-lanes.ts'
import { observeDeliveries } from './delivery/metrics.ts'
import { Sender } from './delivery/sender.ts'
import { StoreIntake } from './delivery/store-intake.ts'
import { endpoint, type EndpointState } from './domain/endpoint.ts'
import type { Pause } from './domain/health.ts'
import { Fleet } from './fleet/fleet.ts'
import { Pauses } from './fleet/pauses.ts'
import { createEndpointView, type IndexedEndpoint } from './matching/endpoint-index.ts'
import { CreateBacklog1764000100000 } from './migrations/1764000100000-create-backlog.ts'
import { CreateRecoveries1764000200000 } from './migrations/1764000200000-create-recoveries.ts'
import { FindHeads1764000300000 } from './migrations/1764000300000-find-heads.ts'
import { CountAsAJob1764000400000 } from './migrations/1764000400000-count-as-a-job.ts'
import { endpointPolicies } from './policies/endpoint-policies.ts'
import { Housekeeping } from './policies/housekeeping.ts'
import { endpointState } from './projections/endpoint-state.ts'
import { rejectedEvents } from './projections/rejected-events.ts'
import { webhookActivity } from './projections/webhook-activity.ts'
import { DeliveryQueries } from './queries/delivery-queries.ts'
import { EndpointQueries } from './queries/endpoint-queries.ts'
import { StatsQueries } from './queries/endpoint-stats.ts'
import { QueriesController } from './queries/queries.controller.ts'
import { RejectedEvents } from './queries/rejected-events.ts'
import { Recoveries } from './recovery/recoveries.ts'
import { RecoveryJobs } from './recovery/recovery-jobs.ts'
import type { Settings } from './settings.ts'
import { EndpointSecrets } from './signing/endpoint-secrets.ts'

const provide = (value: object) => ({ provide: value.constructor, useValue: value })

/** How long what could not be written may hold up leaving. */
const LEAVE_WITHIN_MS = 5_000

@Module({})
export class WebhookDispatcherModule {
  /** Brings the database up to date, reads the endpoints, and begins to deliver. */
  static async create(context: ServiceContext, settings: Settings): Promise<DynamicModule> {
    const { log, onShutdown } = context
    const bus = { nc: context.nc, js: context.js, jsm: context.jsm }
    const trouble =
      (message: string) =>
      (error: unknown): void =>
        log.warn(message, { error })

    const dataSource = createDataSource({
      url: settings.databaseUrl,
      schema: 'dispatcher',
      migrations: [
        CreateBacklog1764000100000,
        CreateRecoveries1764000200000,
        FindHeads1764000300000,
        CountAsAJob1764000400000,
      ],
    })
    await migrate(dataSource)
    onShutdown(() => dataSource.destroy())

    const endpointRunner = await runProjection(context, dataSource, endpointState)
    const activity = await runProjection(context, dataSource, webhookActivity)
    await runProjection(context, dataSource, rejectedEvents)

    const egress = createEgress({
      allowedNetworks: settings.allowedNetworks,
      connectionsPerOrigin: settings.concurrency.perStore,
    })
    onShutdown(() => egress.close())
    const secrets = new EndpointSecrets(createLeaseHolder({ bus: context.bus, operation: vault.leaseToDispatcher }))
    onShutdown(async () => secrets.close())
    const onEndpointChanged = (id: EndpointId): void => {
      secrets.invalidate(id)
      if (reading) orderedIntake.adjust()
    }
    let reading = false
    const view = createEndpointView(bus, onEndpointChanged, trouble('the endpoints cannot be read'))
    view.start()
    onShutdown(() => view.stop())
    const endpointById = (id: EndpointId): IndexedEndpoint | undefined => view.current.get(id)

    const holder = randomUUID()
    const backlog = new Backlog(dataSource, holder)
    const writer = new BacklogWriter(backlog, trouble('the backlog cannot be written'))
    onShutdown(() => writer.close(LEAVE_WITHIN_MS))
    const attempts = new AttemptLog(bus.js, trouble('attempts cannot be recorded'))
    onShutdown(() => attempts.close())
    const lanes = new EndpointLanes(settings.concurrency.perProcess, settings.health)
    const sender = new Sender(egress)
    const payloads = new Payloads(bus)

    const endpoints = new EndpointQueries(dataSource)
    const deliveries = new DeliveryQueries(dataSource, bus, payloads, endpointById)
    const commands = new EndpointCommands({
      handler: createCommandHandler({
        store: createEventStore(bus),
        family: endpointEvents,
        decider: endpoint,
        repository: aggregateRepository<EndpointState>(dataSource, endpointState),
        visibleIn: [endpointRunner, view],
      }),
      queries: endpoints,
      bus: context.bus,
      egress,
      onEnabled: async (id) => {
        await backlog.wake(id)
        drain.hint(Date.now())
      },
    })

    const pauses = new Pauses({ js: bus.js, process: holder, onTrouble: trouble('a pause cannot be told to others') })
    onShutdown(() => pauses.close(LEAVE_WITHIN_MS))
    const onPause = (one: IndexedEndpoint, pause: Pause): void => pauses.tell(one, pause)
    const fleet = new Fleet({
      bus,
      limits: { perEndpoint: settings.health.maxConcurrency, perStore: settings.concurrency.perStore },
      withinSlots: () => lanes.withinSlots,
      onSlots: (slots) => {
        lanes.limitTo(slots)
        drain.hint(Date.now())
      },
      onLeaseLost: () => {
        log.warn('another replica takes over: the lease of this one has ended')
        intake.interrupt()
        egress.callOff()
      },
      onMessage: (message) => {
        const heard = pauses.heard(message)
        const one = heard && endpointById(heard.endpointId)
        if (one) dispatcher.learn(one, heard.pause)
      },
      onTrouble: trouble('the other replicas cannot be heard'),
    })
    const maySend = (): boolean => fleet.maySend()
    onShutdown(() => fleet.leave())
    const dispatcher = new Dispatcher(lanes, {
      endpoint: endpointById,
      secrets,
      sender,
      log: attempts,
      backlog: writer,
      retryAfterCapMs: settings.retryAfterCapMs,
      maySend,
      onPause,
      onGone: ({ id, storeId }, delivery) => {
        const reason = 'The receiver answered 410 Gone'
        commands
          .disableFor(storeId, id, { cause: 'gone', reason, at: new Date().toISOString() }, `${delivery.id}:gone`)
          .catch(trouble('an endpoint that is gone could not be disabled'))
      },
      onDue: (dueAt) => drain.hint(dueAt),
      onTrouble: trouble('a delivery waits'),
    })
    observeDeliveries(dispatcher, backlog)
    const drain = new Drain({
      backlog,
      writer,
      payloads,
      dispatcher,
      lanes,
      endpoint: endpointById,
      maySend,
      onTrouble: trouble('the backlog cannot be read'),
    })
    const unfinished = new Unfinished({
      bus,
      dataSource,
      backlog,
      activity,
      onDue: (dueAt) => drain.hint(dueAt),
      onTrouble: trouble('events that were handed out again wait'),
    })
    const intake = new StoreIntake({
      bus,
      index: () => view.current,
      dispatcher,
      unfinished,
      sending: () => fleet.sending(),
      onTrouble: trouble('store events cannot be read'),
    })
    const orderedIntake = new OrderedIntake({
      bus,
      dataSource,
      endpoints: view,
      onDue: (dueAt) => drain.hint(dueAt),
      onTrouble: trouble('ordered events wait'),
    })
    const recoveries = new Recoveries(dataSource, holder)
    const jobs = new RecoveryJobs({
      bus,
      dataSource,
      recoveries,
      endpoint: endpointById,
      onDue: (dueAt) => drain.hint(dueAt),
      onTrouble: trouble('a recovery waits'),
    })
    const housekeeping = new Housekeeping({
      dataSource,
      endpoint: endpointById,
      disableAfterMs: settings.disableAfterMs,
      activityDays: settings.activityDays,
      disable: (one, disabled, commandId) => commands.disableFor(one.storeId, one.id, disabled, commandId),
      onTrouble: trouble('housekeeping is put off'),
    })

    runReactor(context, {
      name: 'webhook-dispatcher-policies',
      source: eventsOf(endpointEvents),
      react: endpointPolicies({ backlog, js: bus.js, index: () => view.current }),
    })

    await view.ready()
    reading = true
    fleet.start()
    orderedIntake.adjust()
    intake.start()
    drain.start()
    jobs.start()
    housekeeping.start()
    // The last added is stopped first: nothing new is taken, then what is in flight ends, then it is recorded.
    onShutdown(() => dispatcher.close())
    onShutdown(() =>
      Promise.all([
        intake.stop(),
        unfinished.stop(),
        orderedIntake.stop(),
        drain.stop(),
        jobs.stop(),
        housekeeping.stop(),
      ]),
    )

    const endpointOf = (storeId: StoreId, id: EndpointId): IndexedEndpoint => {
      const found = endpointById(id)
      if (found?.storeId !== storeId) throw notFound('webhook endpoint', id)
      return found
    }
    const deliverNow = new DeliverNow({
      endpointOf,
      secrets,
      sender,
      log: attempts,
      activity,
      deliveries,
      payloads,
      backlog,
      lanes,
      onAsked: () => drain.hint(Date.now()),
      onPause,
    })
    const circuitOf = (id: EndpointId) => lanes.known(id)?.health.circuit(Date.now()) ?? 'closed'
    return {
      module: WebhookDispatcherModule,
      controllers: [EndpointsController, RecoveriesController, QueriesController],
      providers: [
        commands,
        deliverNow,
        new RecoveryCommands({ bus, dataSource, recoveries, jobs, endpointOf }),
        endpoints,
        deliveries,
        new StatsQueries(dataSource, backlog, endpoints, circuitOf),
        new RejectedEvents(dataSource),
      ].map(provide),
    }
  }
}
