import { readEnv, run } from '@cartly/service'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from 'typebox'
import { startAuthorizationServer } from './authorization-server/start-authorization-server.ts'
import { startSandboxCarrier } from './carrier/start-sandbox-carrier.ts'
import { setUpStore } from './first-run/set-up-store.ts'
import { startStorePlatform } from './store-platform/start-store-platform.ts'
import type { VerificationKey } from './webhook-receiver/signature.ts'
import { startWebhookReceiver } from './webhook-receiver/start-webhook-receiver.ts'

const Port = Type.Optional(Type.String({ pattern: '^\\d{1,5}$', description: 'A free one when absent' }))

/** Beside what every service reads. */
const DemoEnv = Type.Object({
  CARTLY_DATA_DIR: Type.String({ minLength: 1, description: 'Where grants and webhook secrets outlive a restart' }),
  GATEWAY_URL: Type.Optional(Type.String({ description: 'Where to set up the store; nowhere when absent' })),
  ADMIN_TOKEN: Type.Optional(Type.String()),
  DEMO_STORE_ID: Type.Optional(Type.String({ minLength: 1 })),
  DEMO_RATE: Type.Optional(Type.String({ pattern: '^\\d+(\\.\\d+)?$', description: 'Store events a second; 0.2' })),
  DEMO_SEED: Type.Optional(Type.String({ pattern: '^\\d{1,9}$', description: 'The same store again; a new one' })),
  RECEIVER_PORT: Port,
  CARRIER_PORT: Port,
  AUTHORIZATION_SERVER_PORT: Port,
})

const portOf = (text: string | undefined): { port?: number } => (text === undefined ? {} : { port: Number(text) })

await run('demo-store', async ({ js, log, onShutdown }) => {
  const env = readEnv(DemoEnv)
  mkdirSync(env.CARTLY_DATA_DIR, { recursive: true, mode: 0o700 })
  const file = (name: string): string => join(env.CARTLY_DATA_DIR, name)

  const carrier = await startSandboxCarrier({ ...portOf(env.CARRIER_PORT), latencyMs: [80, 320] })
  onShutdown(() => carrier.stop())
  const authorizationServer = await startAuthorizationServer({
    ...portOf(env.AUTHORIZATION_SERVER_PORT),
    grantsFile: file('grants.json'),
  })
  onShutdown(() => authorizationServer.stop())
  const receiver = await startWebhookReceiver({ ...portOf(env.RECEIVER_PORT), keysFile: file('webhook-keys.json') })
  onShutdown(() => receiver.stop())
  const platform = startStorePlatform({
    js,
    storeId: env.DEMO_STORE_ID ?? 'store_demo',
    ...(env.DEMO_RATE === undefined ? {} : { rate: Number(env.DEMO_RATE) }),
    ...(env.DEMO_SEED === undefined ? {} : { seed: Number(env.DEMO_SEED) }),
    onFailure: (error) => log.warn('a store event was not published and will be tried again', { error }),
  })
  onShutdown(() => platform.stop())

  if (env.GATEWAY_URL && env.ADMIN_TOKEN) {
    const leaving = new AbortController()
    onShutdown(async () => leaving.abort())
    void setUpStore({
      gatewayUrl: env.GATEWAY_URL,
      adminToken: env.ADMIN_TOKEN,
      storeId: platform.storeId,
      carrierUrl: carrier.url,
      authorizationServerUrl: authorizationServer.url,
      receiverUrl: receiver.url,
      registerKey: (path, secret) => receiver.registerKey(path, secret as VerificationKey),
      doneFile: file('store.json'),
      signal: leaving.signal,
    }).catch((error: unknown) => log.error('the demo store could not be set up', { error }))
  }

  log.info('the demo is running', {
    storeId: platform.storeId,
    carrierUrl: carrier.url,
    authorizationServerUrl: authorizationServer.url,
    receiverUrl: receiver.url,
  })
})
