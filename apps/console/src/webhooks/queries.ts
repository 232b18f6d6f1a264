import { queryOptions } from '@tanstack/react-query'
import { answered, api, type Schemas } from '../api/client.ts'
import { pagedQuery } from '../api/paged-query.ts'
import { storeKey } from '../api/store-key.ts'
import type { Window } from '../ui/window-choice.tsx'

export type Webhook = Schemas['WebhookEndpoint']
export type DeliverySummary = Schemas['DeliverySummary']
export type Delivery = Schemas['Delivery']
export type EventType = Schemas['EventType']
export type Recovery = Schemas['Recovery']
/** What a merchant may set of an endpoint. */
export type WebhookConfig = Schemas['EndpointSettings']

export const webhooksQuery = (storeId: string) =>
  pagedQuery(storeKey(storeId, 'webhook-list'), (query) =>
    answered(
      api.GET('/v1/stores/{storeId}/webhooks', {
        params: { path: { storeId }, query: { ...query, include: 'health' } },
      }),
    ),
  )

export const webhookQuery = (storeId: string, endpointId: string) =>
  queryOptions({
    queryKey: storeKey(storeId, 'webhooks', endpointId),
    queryFn: () =>
      answered(api.GET('/v1/stores/{storeId}/webhooks/{endpointId}', { params: { path: { storeId, endpointId } } })),
  })

export const webhookStatsQuery = (storeId: string, endpointId: string, window: Window) =>
  queryOptions({
    queryKey: storeKey(storeId, 'webhook-stats', endpointId, window),
    queryFn: () =>
      answered(
        api.GET('/v1/stores/{storeId}/webhooks/{endpointId}/stats', {
          params: { path: { storeId, endpointId }, query: { window } },
        }),
      ),
  })

export interface DeliveryFilter {
  readonly status?: DeliverySummary['status']
  readonly eventType?: string
}

export const deliveriesQuery = (storeId: string, endpointId: string, filter: DeliveryFilter) =>
  pagedQuery(storeKey(storeId, 'deliveries', endpointId, filter), (query) =>
    answered(
      api.GET('/v1/stores/{storeId}/webhooks/{endpointId}/deliveries', {
        params: { path: { storeId, endpointId }, query: { ...filter, ...query } },
      }),
    ),
  )

/** The newest deliveries of the whole store, for their events. */
export const recentDeliveriesQuery = (storeId: string, limit: number) =>
  queryOptions({
    queryKey: storeKey(storeId, 'recent-deliveries', limit),
    queryFn: async () =>
      (await answered(api.GET('/v1/stores/{storeId}/deliveries', { params: { path: { storeId }, query: { limit } } })))
        .data,
  })

export const deliveryQuery = (storeId: string, deliveryId: string) =>
  queryOptions({
    queryKey: storeKey(storeId, 'deliveries', 'one', deliveryId),
    queryFn: () =>
      answered(api.GET('/v1/stores/{storeId}/deliveries/{deliveryId}', { params: { path: { storeId, deliveryId } } })),
  })

/** Read again by itself for as long as it runs. */
export const recoveryQuery = (storeId: string, endpointId: string, recoveryId: string) =>
  queryOptions({
    queryKey: storeKey(storeId, 'recoveries', recoveryId),
    queryFn: () =>
      answered(
        api.GET('/v1/stores/{storeId}/webhooks/{endpointId}/recoveries/{recoveryId}', {
          params: { path: { storeId, endpointId, recoveryId } },
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 1_000 : false),
  })

export const eventTypesQuery = queryOptions({
  queryKey: ['event-types'],
  staleTime: Infinity,
  queryFn: async () => (await answered(api.GET('/v1/event-types'))).data,
})
