import { connectorEvents, credentialEvents, oauthConnectionEvents, type ConnectorId } from '@cartly/contracts'
import type { Egress } from '@cartly/egress'
import { aggregateRepository, createCommandHandler, createEventStore, eventsOf, isOf, tail } from '@cartly/event-store'
import { createDataSource, migrate } from '@cartly/read-model'
import { runProjection, runReactor, type ServiceContext } from '@cartly/service'
import type { Catalog } from '@cartly/templates'
import type { NatsConnection } from '@nats-io/transport-node'
import { Module, type DynamicModule } from '@nestjs/common'
import { Authorizations } from './commands/authorizations.ts'
import { ClientCredentials } from './commands/client-credentials.ts'
import { Connections, type By } from './commands/connections.ts'
import { ConnectionWatch } from './commands/connection-watch.ts'
import { RefreshAttempts } from './commands/refresh-attempts.ts'
import { Refresher } from './commands/refresher.ts'
import { Revocations } from './commands/revocations.ts'
import { Scheduler } from './commands/scheduler.ts'
import { TokenVault } from './commands/token-vault.ts'
import { connectionDecider, type ConnectionState } from './domain/connection.ts'
import { OAuthController } from './oauth.controller.ts'
import { firstToken } from './policies/first-token.ts'
import { connectionState } from './projections/connection-state.ts'
import { connectorProjection } from './projections/connectors.ts'
import { scheduleProjection } from './projections/schedule.ts'
import { Servers } from './protocol/server.ts'
import { tracedFetch } from './protocol/traced-fetch.ts'
import { OAuthConnectors } from './queries/oauth-connectors.ts'
import { CreateOAuth1764200000000 } from './storage/1764200000000-create-oauth.ts'
import { PendingAuthorizations } from './storage/pending-authorizations.ts'

export interface OAuthSettings {
  readonly databaseUrl: string
  readonly catalog: Catalog
  readonly egress: Egress
  /** How long a refresh may give no sign before others see it as given up, in milliseconds. */
  readonly leaseMs: number
}

/** How long the schedule waits to show a change before it is looked at all the same. */
const SCHEDULED_WITHIN_MS = 2_000

const provide = (value: object) => ({ provide: value.constructor, useValue: value })

@Module({})
export class OAuthModule {
  /** Brings the database up to date, starts projections, policies and the schedule, and wires the controller. */
  static async create(context: ServiceContext, settings: OAuthSettings): Promise<DynamicModule> {
    const { log, onShutdown } = context
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

    await runProjection(context, dataSource, connectionState)
    const connectorRunner = await runProjection(context, dataSource, connectorProjection)
    const scheduleRunner = await runProjection(context, dataSource, scheduleProjection)

    const repository = aggregateRepository<ConnectionState>(dataSource, connectionState)
    const handler = createCommandHandler({
      store: createEventStore(bus),
      family: oauthConnectionEvents,
      decider: connectionDecider,
      repository,
    })
    const connections = new Connections(handler, (sequence) => {
      void scheduleRunner.passed(sequence, SCHEDULED_WITHIN_MS).then(() => scheduler.wake())
    })
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
    const watch = new ConnectionWatch(settings.leaseMs)
    const watching = new AbortController()
    await tail({
      bus,
      source: eventsOf(oauthConnectionEvents),
      onRecord: (record) => watch.note(record),
      signal: watching.signal,
      onTrouble: (error) => log.warn('connections are not watched', { error }),
    })
    onShutdown(async () => watching.abort())
    void onReconnect(context.nc, () => watch.lookAnew())
    const attempts = new RefreshAttempts(parts, settings.leaseMs)
    const refresher = new Refresher({ ...parts, attempts, watch })
    const revocations = new Revocations(parts)
    const scheduler = new Scheduler(dataSource, refresher, log)
    scheduler.start()
    onShutdown(() => refresher.drain())
    onShutdown(() => scheduler.stop())

    const clientCredentials = new ClientCredentials(parts)
    const fetchFirst = firstToken(clientCredentials, log)

    runReactor(context, {
      name: 'oauth-policies',
      source: eventsOf(connectorEvents, credentialEvents),
      async react(record) {
        const { storeId, sequence } = record
        const by = (policy: string): By => ({ actor: 'service:oauth-refresher', commandId: `${sequence}:${policy}` })
        if (isOf(credentialEvents, record)) {
          for (const { type, data } of record.events) {
            if (type !== 'CredentialStored' || data.purpose !== 'connector') continue
            await fetchFirst({ storeId, connectorId: data.ownerId as ConnectorId }, by('connect'))
          }
        } else if (record.events.some(({ type }) => type === 'ConnectorRemoved')) {
          await revocations.revoke({ storeId, connectorId: record.id as ConnectorId }, by('revoke'))
        }
      },
    })

    return {
      module: OAuthModule,
      controllers: [OAuthController],
      providers: [
        provide(parts.connectors),
        provide(connections),
        provide(refresher),
        provide(revocations),
        provide(new Authorizations(parts)),
        provide(clientCredentials),
      ],
    }
  }
}

async function onReconnect(nc: NatsConnection, act: () => void): Promise<void> {
  for await (const { type } of nc.status()) if (type === 'reconnect') act()
}
