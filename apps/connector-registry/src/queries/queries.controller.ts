import { CartlyError, registry, type RequestOf } from '@cartly/contracts'
import { BusClient, Handles } from '@cartly/messaging'
import { Controller, Inject } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { TemplateBook } from '../templates/template-book.ts'
import { templateDetail } from '../templates/views.ts'
import { Connectors } from './connectors.ts'
import { getExecution, listExecutions } from './executions.ts'
import { headroomOf } from './headroom.ts'
import { connectorStats } from './stats.ts'
import { listTemplates } from './templates.ts'

@Controller()
export class QueriesController {
  readonly #connectors: Connectors
  readonly #book: TemplateBook
  readonly #dataSource: DataSource
  readonly #bus: BusClient

  constructor(
    @Inject(Connectors) connectors: Connectors,
    @Inject(TemplateBook) book: TemplateBook,
    @Inject(DataSource) dataSource: DataSource,
    @Inject(BusClient) bus: BusClient,
  ) {
    this.#connectors = connectors
    this.#book = book
    this.#dataSource = dataSource
    this.#bus = bus
  }

  @Handles(registry.listTemplates)
  async listTemplates(request: RequestOf<typeof registry.listTemplates>) {
    return listTemplates(this.#book, request)
  }

  @Handles(registry.getTemplate)
  async getTemplate({ slug, version }: RequestOf<typeof registry.getTemplate>) {
    const { catalog } = this.#book
    const entry = catalog.get(slug, version)
    if (!entry) {
      throw new CartlyError('not_found', 'not_found', `There is no template ${slug}${version ? ` ${version}` : ''}`)
    }
    return templateDetail(entry, catalog.versions(slug))
  }

  @Handles(registry.list)
  list(request: RequestOf<typeof registry.list>) {
    return this.#connectors.list(request)
  }

  @Handles(registry.get)
  get(request: RequestOf<typeof registry.get>) {
    return this.#connectors.get(request)
  }

  @Handles(registry.history)
  history(request: RequestOf<typeof registry.history>) {
    return this.#connectors.history(request)
  }

  @Handles(registry.stats)
  async stats({ storeId, connectorId, window }: RequestOf<typeof registry.stats>) {
    await this.#connectors.row(storeId, connectorId)
    const [stats, headroom] = await Promise.all([
      connectorStats(this.#dataSource, connectorId, window, Date.now()),
      headroomOf(this.#bus, storeId, connectorId),
    ])
    return { ...stats, ...headroom }
  }

  @Handles(registry.listExecutions)
  async listExecutions(request: RequestOf<typeof registry.listExecutions>) {
    if (request.connectorId) await this.#connectors.row(request.storeId, request.connectorId)
    return listExecutions(this.#dataSource, request)
  }

  @Handles(registry.getExecution)
  getExecution(request: RequestOf<typeof registry.getExecution>) {
    return getExecution(this.#dataSource, request)
  }
}
