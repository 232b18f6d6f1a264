import {
  newId,
  REDACTED,
  storeEventType,
  webhooks,
  type EndpointId,
  type EndpointSettings,
  type Operation,
  type RequestOf,
  type ResponseOf,
  type StoreEvent,
  type StoreId,
  type WebhookEndpoint,
} from '@cartly/contracts'
import { BusClient } from '@cartly/messaging'
import {
  testNats,
  testPostgres,
  testService,
  type TestNats,
  type TestPostgres,
  type TestService,
} from '@cartly/testing'
import { sealToVault } from '@cartly/vault-client'
import { jetstream, type JetStreamClient } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { randomUUID } from 'node:crypto'
import { defaultHealthSettings } from '../domain/health.ts'
import type { Settings } from '../settings.ts'
import { WebhookDispatcherModule } from '../webhook-dispatcher.module.ts'
import { startReceiver, type Receiver } from './receiver.ts'
import { standInVault, type StandInVault } from './stand-in-vault.ts'

/** A dispatcher in the spec's own process, on real servers, with a receiver and a vault that stands in. */
export interface RunningDispatcher {
  readonly nats: TestNats
  readonly postgres: TestPostgres
  readonly receiver: Receiver
  readonly vault: StandInVault
  readonly service: TestService
  /** Another replica, on the same servers. */
  startReplica(settings?: Partial<Settings>): Promise<TestService>
  /** Asks as the gateway does. */
  ask<O extends Operation>(operation: O, request: RequestOf<O>): Promise<ResponseOf<O>>
  /** Creates an endpoint at a path of the receiver, for `order.created` unless said; its headers go sealed. */
  createEndpoint(storeId: StoreId, path: string, settings?: Partial<EndpointSettings>): Promise<WebhookEndpoint>
  /** The values of an endpoint's headers as the gateway hands them on. */
  sealHeaders(storeId: StoreId, endpointId: EndpointId, values: Record<string, string>): Promise<string>
  /** Publishes an event as the platform does: an example of the type, with these changes. @returns the event. */
  publish(storeId: StoreId, type: string, change?: Partial<StoreEvent>, traceparent?: string): Promise<StoreEvent>
  /** Publishes as it is. */
  readonly platform: JetStreamClient
  stop(): Promise<void>
}

export async function runningDispatcher(settings: Partial<Settings> = {}): Promise<RunningDispatcher> {
  const [nats, postgres, receiver] = await Promise.all([testNats(), testPostgres(), startReceiver()])
  const vault = standInVault(await nats.connect('credential-vault'))
  const replicas: TestService[] = []
  const startReplica = async (changed: Partial<Settings> = {}): Promise<TestService> => {
    const replica = await testService(nats, 'webhook-dispatcher', (context) =>
      WebhookDispatcherModule.create(context, {
        databaseUrl: postgres.urls.dispatcher,
        allowedNetworks: ['127.0.0.0/8'],
        concurrency: { perProcess: 256, perStore: 128 },
        health: defaultHealthSettings,
        retryAfterCapMs: 86_400_000,
        disableAfterMs: 5 * 86_400_000,
        activityDays: 30,
        ...settings,
        ...changed,
      }),
    )
    replicas.push(replica)
    return replica
  }
  const service = await startReplica()
  const gateway = new BusClient(await nats.connect('admin-gateway'), 'admin-gateway')
  const platform = jetstream(await nats.connect('store-platform'))
  const ask = <O extends Operation>(operation: O, request: RequestOf<O>): Promise<ResponseOf<O>> =>
    gateway.request(operation, request, { actor: 'user:ada' })

  const sealHeaders = (storeId: StoreId, ownerId: EndpointId, values: Record<string, string>): Promise<string> =>
    sealToVault(gateway, { storeId, ownerId, purpose: 'webhook_headers' }, values)

  return {
    nats,
    postgres,
    receiver,
    vault,
    service,
    startReplica,
    ask,
    platform,
    async createEndpoint(storeId, path, { headers: own, ...others } = {}) {
      const endpointId = newId('whk')
      const config = { url: `${receiver.url}${path}`, eventTypes: ['order.created'], ...others }
      if (!own) return ask(webhooks.create, { storeId, endpointId, config })
      return ask(webhooks.create, {
        storeId,
        endpointId,
        config: { ...config, headers: redacted(own) },
        sealedHeaders: await sealHeaders(storeId, endpointId, own),
      })
    },
    sealHeaders,
    async publish(storeId, type, change = {}, traceparent) {
      const known = storeEventType(type)
      if (!known) throw new Error(`no event type ${type}`)
      const event = { ...known.example, id: `evt_${randomUUID()}`, time: new Date().toISOString(), ...change }
      const h = headers()
      if (traceparent) h.set('traceparent', traceparent)
      await platform.publish(`store.${storeId}.${type}`, JSON.stringify(event), { msgID: event.id, headers: h })
      return event
    },
    async stop() {
      for (const replica of replicas) await replica.stop()
      await receiver.stop()
      await nats.stop()
      await postgres.stop()
    },
  }
}

const redacted = (values: Record<string, string>): Record<string, typeof REDACTED> =>
  Object.fromEntries(Object.keys(values).map((name) => [name, REDACTED]))
