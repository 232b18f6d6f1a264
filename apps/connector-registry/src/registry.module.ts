import { connectorEvents } from '@cartly/contracts'
import { aggregateRepository, createCommandHandler, createEventStore } from '@cartly/event-store'
import { BusClient } from '@cartly/messaging'
import { createDataSource, migrate } from '@cartly/read-model'
import { runProjection, runReactor, type ServiceContext } from '@cartly/service'
import type { Catalog } from '@cartly/templates'
import { Module, type DynamicModule } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { ConnectorCommands } from './commands/connector-commands.ts'
import { ConnectorsController } from './commands/connectors.controller.ts'
import { connector, type ConnectorState } from './domain/connector.ts'
import { accessSource, followAccess } from './policies/access.ts'
import { connectorState } from './projections/connector-state.ts'
import { executionsProjection } from './projections/executions.ts'
import { Connectors } from './queries/connectors.ts'
import { QueriesController } from './queries/queries.controller.ts'
import type { AddressRules } from './templates/addresses.ts'
import { TemplateBook } from './templates/template-book.ts'

export interface RegistrySettings {
  readonly databaseUrl: string
  readonly catalog: Catalog
  readonly addresses: AddressRules
}

@Module({})
export class RegistryModule {
  /** Brings the database up to date, starts projections and policies, and wires the controllers. */
  static async create(
    context: ServiceContext,
    { databaseUrl, catalog, addresses }: RegistrySettings,
  ): Promise<DynamicModule> {
    const bus = { nc: context.nc, js: context.js, jsm: context.jsm }
    const dataSource = createDataSource({ url: databaseUrl, schema: 'registry' })
    await migrate(dataSource)
    context.onShutdown(() => dataSource.destroy())

    const connectorRunner = await runProjection(context, dataSource, connectorState)
    await runProjection(context, dataSource, executionsProjection)

    const store = createEventStore(bus)
    const book = new TemplateBook(catalog)
    const connectors = new Connectors(dataSource, store, book)
    const handler = createCommandHandler({
      store,
      family: connectorEvents,
      decider: connector,
      repository: aggregateRepository<ConnectorState>(dataSource, connectorState),
      visibleIn: [connectorRunner],
    })
    runReactor(context, { name: 'registry-access', source: accessSource, react: followAccess(handler, connectors) })

    return {
      module: RegistryModule,
      controllers: [ConnectorsController, QueriesController],
      providers: [
        {
          provide: ConnectorCommands,
          useValue: new ConnectorCommands({ handler, connectors, book, bus: context.bus, addresses }),
        },
        { provide: Connectors, useValue: connectors },
        { provide: TemplateBook, useValue: book },
        { provide: BusClient, useValue: context.bus },
        { provide: DataSource, useValue: dataSource },
      ],
    }
  }
}
