import { webhooks, type RequestOf } from '@cartly/contracts'
import { Handles } from '@cartly/messaging'
import { Controller, Inject } from '@nestjs/common'
import { DeliveryQueries } from './delivery-queries.ts'
import { EndpointQueries } from './endpoint-queries.ts'
import { RejectedEvents } from './rejected-events.ts'
import { StatsQueries } from './endpoint-stats.ts'

@Controller()
export class QueriesController {
  readonly #endpoints: EndpointQueries
  readonly #deliveries: DeliveryQueries
  readonly #stats: StatsQueries
  readonly #rejected: RejectedEvents

  constructor(
    @Inject(EndpointQueries) endpoints: EndpointQueries,
    @Inject(DeliveryQueries) deliveries: DeliveryQueries,
    @Inject(StatsQueries) stats: StatsQueries,
    @Inject(RejectedEvents) rejected: RejectedEvents,
  ) {
    this.#endpoints = endpoints
    this.#deliveries = deliveries
    this.#stats = stats
    this.#rejected = rejected
  }

  @Handles(webhooks.get)
  get({ storeId, endpointId }: RequestOf<typeof webhooks.get>) {
    return this.#endpoints.get(storeId, endpointId)
  }

  @Handles(webhooks.list)
  list(request: RequestOf<typeof webhooks.list>) {
    return this.#endpoints.list(request)
  }

  @Handles(webhooks.stats)
  stats(request: RequestOf<typeof webhooks.stats>) {
    return this.#stats.of(request)
  }

  @Handles(webhooks.listDeliveries)
  async listDeliveries(request: RequestOf<typeof webhooks.listDeliveries>) {
    const { storeId, endpointId } = request
    if (endpointId !== undefined) await this.#endpoints.find(storeId, endpointId)
    return this.#deliveries.list(request)
  }

  @Handles(webhooks.getDelivery)
  getDelivery({ storeId, deliveryId }: RequestOf<typeof webhooks.getDelivery>) {
    return this.#deliveries.get(storeId, deliveryId)
  }

  @Handles(webhooks.listRejectedEvents)
  listRejectedEvents(request: RequestOf<typeof webhooks.listRejectedEvents>) {
    return this.#rejected.list(request)
  }
}
