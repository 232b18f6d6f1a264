import {
  Delivery,
  DeliveryIdSchema,
  deliveryStatuses,
  DeliverySummary,
  EndpointIdSchema,
  page,
  RejectedEvent,
  StoreIdSchema,
  Time,
  webhooks,
} from '@cartly/contracts'
import { Type } from 'typebox'
import { route, type Route } from '../api/route.ts'
import { pageOf, paging } from './paging.ts'

const tag = 'Deliveries'
const read = ['webhooks:read'] as const
const all = '/v1/stores/{storeId}/deliveries'
const store = { storeId: StoreIdSchema }
const delivery = { ...store, deliveryId: DeliveryIdSchema }

const filters = {
  status: Type.Optional(Type.Enum(deliveryStatuses)),
  eventType: Type.Optional(Type.String({ maxLength: 128 })),
  since: Type.Optional(Time),
  until: Type.Optional(Time),
  ...paging,
}

export const deliveryRoutes: readonly Route[] = [
  route({
    id: 'listWebhookDeliveries',
    method: 'GET',
    path: '/v1/stores/{storeId}/webhooks/{endpointId}/deliveries',
    tag,
    summary: 'List the deliveries to an endpoint, newest first',
    scopes: read,
    params: { ...store, endpointId: EndpointIdSchema },
    query: filters,
    response: page(DeliverySummary),
    handle: ({ params, query, ask }) => ask(webhooks.listDeliveries, { ...params, ...pageOf(query) }),
  }),
  route({
    id: 'listDeliveries',
    method: 'GET',
    path: all,
    tag,
    summary: 'List the deliveries to all endpoints of a store, newest first',
    scopes: read,
    params: store,
    query: filters,
    response: page(DeliverySummary),
    tells: { deliveryId: '/data/0/id' },
    handle: ({ params, query, ask }) => ask(webhooks.listDeliveries, { ...params, ...pageOf(query) }),
  }),
  route({
    id: 'getDelivery',
    method: 'GET',
    path: `${all}/{deliveryId}`,
    tag,
    summary: 'Read a delivery, attempt by attempt',
    scopes: read,
    params: delivery,
    response: Delivery,
    handle: ({ params, ask }) => ask(webhooks.getDelivery, params),
  }),
  route({
    id: 'retryDelivery',
    method: 'POST',
    path: `${all}/{deliveryId}/retry`,
    tag,
    summary: 'Try a delivery now',
    scopes: ['webhooks:write'],
    params: delivery,
    response: Delivery,
    handle: ({ params, ask }) => ask(webhooks.retryDelivery, params),
  }),
  route({
    id: 'listRejectedEvents',
    method: 'GET',
    path: '/v1/stores/{storeId}/rejected-events',
    tag,
    summary: 'List store events that did not fit their schema',
    scopes: ['webhooks:read', 'integrations:read', 'executions:read'],
    params: store,
    query: paging,
    response: page(RejectedEvent),
    handle: ({ params, query, ask }) => ask(webhooks.listRejectedEvents, { ...params, ...pageOf(query) }),
  }),
]
