import { setTimeout as delay } from 'node:timers/promises'
import { connectorEvents, oauthConnectionEvents, type ConnectorId } from '@cartly/contracts'
import type { Egress } from '@cartly/egress'
import {
  aggregateProjection,
  aggregateRepository,
  createCommandHandler,
  createEventStore,
  eventsOf,
  ProjectionRunner,
  Reactor,
  type Projection,
} from '@cartly/event-store'
import { createDataSource, migrate } from '@cartly/read-model'
import type { ServiceContext } from '@cartly/service'
import type { Catalog } from '@cartly/templates'
import type { NatsConnection } from '@nats-io/transport-node'
import { Module, type DynamicModule } from '@nestjs/common'
import { Authorizations } from './commands/authorizations.ts'
import { ClientCredentials } from './commands/client-credentials.ts'
import { Connections } from './commands/connections.ts'
import { Refresher, type RefresherOptions } from './commands/refresher.ts'
import { Revocations } from './commands/revocations.ts'
import { Scheduler } from './commands/scheduler.ts'
import { TokenVault } from './commands/token-vault.ts'
import { connectionDecider, type ConnectionState } from './domain/connection.ts'
import { OAuthController } from './oauth.controller.ts'
import { connectorProjection } from './projections/connectors.ts'
import { scheduleProjection } from './projections/schedule.ts'
import { Servers } from './protocol/server.ts'
import { tracedFetch } from './protocol/traced-fetch.ts'
import { OAuthConnectors } from './queries/oauth-connectors.ts'
import { CreateOAuth1764200000000 } from './storage/1764200000000-create-oauth.ts'
import { PendingAuthorizations } from './storage/pending-authorizations.ts'

export interface OAuthSettings extends RefresherOptions {
  readonly databaseUrl: string
  readonly catalog: Catalog
  readonly egress: Egress
}

const provide = (value: object) => ({ provide: value.constructor, useValue: value })

const BEGUN_CHECK_MS = 10

@Module({})
export class OAuthModule {
  /** Brings the database up to date, starts projections, policies and the schedule, and wires the controller. */
  static async create(context: ServiceContext, settings: OAuthSettings): Promise<DynamicModule> {
    const { log, onShutdown, health } = context
    const { catalog, egress } = settings
    const bus = { nc: context.nc, js: context.js, jsm: context.jsm }
    const dataSource = createDataSource({
      url: settings.databaseUrl,
      schema: 'oauth',
      migrations: [CreateOAuth1764200000000],
    })
    await migrate(dataSource)
    onShutdown(() => dataSource.destroy())
    onShutdown(() => egress.close())

    const run = async (projection: Projection<never, never>): Promise<ProjectionRunner> => {
      const onTrouble = (error: unknown): void => log.warn('a projection waits', { projection: projection.name, error })
      const runner = new ProjectionRunner({ bus, dataSource, projection, onTrouble })
      runner.start()
      onShutdown(() => runner.stop())
      health.add(projection.name, () => {
        if (runner.status.state === 'refused') throw runner.status.failure
      })
      // Its tables are made when it begins.
      while (runner.status.state === 'starting') await delay(BEGUN_CHECK_MS)
      return runner
    }
    const states = aggregateProjection(oauthConnectionEvents, connectionDecider, 1)
    const stateRunner = await run(states as never)
    const connectorRunner = await run(connectorProjection as never)
    const scheduleRunner = await run(scheduleProjection as never)

    const repository = aggregateRepository<ConnectionState>(dataSource, states)
    const handler = createCommandHandler({
      store: createEventStore(bus),
      family: oauthConnectionEvents,
      decider: connectionDecider,
      repository,
      visibleIn: [stateRunner, scheduleRunner],
    })
    const connections = new Connections({ handler, repository, changed: () => scheduler.wake() })
    const fetch = tracedFetch(egress.fetch)
    const parts = {
      connectors: new OAuthConnectors({ dataSource, catalog, bus, readModel: connectorRunner }),
      connections,
      pending: new PendingAuthorizations(dataSource),
      vault: new TokenVault(context.bus),
      servers: new Servers(fetch),
      fetch,
      log,
    }
    const refresher = new Refresher(parts, settings)
    void onReconnect(context.nc, () => refresher.lookAnew())
    const revocations = new Revocations(parts)
    const scheduler = new Scheduler(dataSource, refresher, log)
    scheduler.start()
    onShutdown(() => refresher.drain())
    onShutdown(() => scheduler.stop())

    const policies = new Reactor({
      bus,
      name: 'oauth-policies',
      source: eventsOf(connectorEvents),
      async react({ id, storeId, sequence, events }) {
        if (!events.some(({ type }) => type === 'ConnectorRemoved')) return
        const owner = { storeId, connectorId: id as ConnectorId }
        await revocations.revoke(owner, { actor: 'service:oauth-refresher', commandId: `${sequence}:revoke` })
      },
      onTrouble: (error) => log.warn('a policy is tried again', { error }),
    })
    policies.start()
    onShutdown(() => policies.stop())

    return {
      module: OAuthModule,
      controllers: [OAuthController],
      providers: [
        provide(parts.connectors),
        provide(connections),
        provide(refresher),
        provide(revocations),
        provide(new Authorizations(parts)),
        provide(new ClientCredentials(parts)),
      ],
    }
  }
}

async function onReconnect(nc: NatsConnection, act: () => void): Promise<void> {
  for await (const { type } of nc.status()) if (type === 'reconnect') act()
}
