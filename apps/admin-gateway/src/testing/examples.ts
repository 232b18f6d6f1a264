import type { Connector, ResponseOf, WebhookEndpoint, webhooks } from '@cartly/contracts'
import type { ConnectorId, CredentialId, DeliveryId, EndpointId, MessageId } from '@cartly/contracts'

export const connectorId = 'conn_06e8rk2m4p7q' as ConnectorId
export const credentialId = 'cred_06e8rk2m4p7q' as CredentialId
export const endpointId = 'whk_06e8rk2m4p7q' as EndpointId

const at = '2026-11-24T09:30:00Z'

export const connector = (change: Partial<Connector> = {}): Connector => ({
  id: connectorId,
  storeId: 's1',
  name: 'Shippo',
  status: 'installed',
  template: { slug: 'shippo', version: '1.0.0' },
  authType: 'apiKey',
  settings: {},
  endpoints: {},
  mappings: {},
  hooks: [],
  credentials: { set: false },
  createdAt: at,
  updatedAt: at,
  revision: 1,
  ...change,
})

export const endpoint = (change: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
  id: endpointId,
  storeId: 's1',
  status: 'enabled',
  url: 'https://example.com/webhooks',
  eventTypes: ['order.created'],
  createdAt: at,
  updatedAt: at,
  revision: 1,
  ...change,
})

export const delivery = (): ResponseOf<typeof webhooks.getDelivery> => ({
  id: 'dlv_06e8rk2m4p7q' as DeliveryId,
  endpointId,
  messageId: 'msg_06e8rk2m4p7q' as MessageId,
  eventId: 'evt_1',
  eventType: 'order.created',
  status: 'succeeded',
  attempts: 1,
  createdAt: at,
  attemptLog: [],
})
