import { storeEventType } from '@cartly/contracts'
import { serviceNames, startEngine, type Engine, type TokenClaims } from '@cartly/launcher'
import { testFolder } from '@cartly/testing'
import { jetstream, type JetStreamClient } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { randomUUID } from 'node:crypto'
import { apiOf, type Api } from './api.ts'
import { documented } from './documented.ts'

/** A running engine, seen from outside: the public API held against its documentation, and the platform's NATS user. */
export interface Scene {
  readonly engine: Engine
  /** Where it keeps everything. */
  readonly dataDir: string
  readonly demo: NonNullable<Engine['run']['demo']>
  readonly api: Api
  /** As a token with these claims may. */
  as(claims: TokenClaims): Promise<Api>
  readonly nc: NatsConnection
  readonly js: JetStreamClient
  /** Publishes the type's example, changed; resolves with the event's id. */
  publish(store: string, type: string, change?: EventChange): Promise<string>
  /** Installs, tests and activates a Shippo connector against the sandbox carrier; resolves with its path. */
  connectShippo(store: string, install?: object): Promise<string>
  close(): Promise<void>
}

export interface EventChange {
  readonly id?: string
  readonly subject?: string
  readonly data?: object
}

/** @param env more environment for every service */
export async function openScene(name: string, env: Record<string, string> = {}): Promise<Scene> {
  const dataDir = testFolder(name)
  const engine = await startEngine({ dataDir, services: serviceNames, env: { '*': env } })
  const { run } = engine
  const demo = run.demo!
  const inspect = await documented(run.gatewayUrl)
  const api = apiOf(run.gatewayUrl, run.adminToken, inspect)
  const { user, password } = run.natsUsers['storePlatform']!
  // Nothing but what run.json says: the platform's client has the inboxes that it has by default.
  const nc = await connect({ servers: run.natsUrl, user, pass: password })
  const js = jetstream(nc)
  return {
    engine,
    dataDir,
    demo,
    api,
    as: async (claims) => apiOf(run.gatewayUrl, await engine.token(claims), inspect),
    nc,
    js,
    async publish(store, type, { id = `evt_${randomUUID()}`, subject, data } = {}) {
      const { example } = storeEventType(type)!
      const event = { ...example, id, subject: subject ?? example.subject, data: { ...example.data, ...data } }
      await js.publish(`store.${store}.${type}`, JSON.stringify(event), { msgID: id })
      return id
    },
    async connectShippo(store, install = {}) {
      const { id } = await api.post<{ id: string }>(`/v1/stores/${store}/connectors`, {
        template: 'shippo',
        endpoints: { baseUrl: demo.carrierUrl },
        ...install,
      })
      const path = `/v1/stores/${store}/connectors/${id}`
      await api.put(`${path}/credentials`, { values: { apiKey: shippoKey } })
      await api.post(`${path}/test`)
      await api.post(`${path}/activate`)
      return path
    },
    async close() {
      await nc.close()
      await engine.stop()
    },
  }
}

export const shippoKey = 'shippo_test_0123456789abcdef0123456789abcdef01234567'
