import { CartlyError, oauth, type StoreId } from '@cartly/contracts'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { headers as natsHeaders } from '@nats-io/transport-node'
import { randomUUID } from 'node:crypto'
import { definitionOf } from '../testing/definitions.ts'
import { startFakeService, type FakeService } from '../testing/fake-service.ts'
import { runningExecutor, type RunningExecutor } from '../testing/running-executor.ts'

let engine: RunningExecutor
let service: FakeService
/** What the refresher was asked for; it stores version 2 of the tokens unless `refuses`. */
const refreshes: { connectorId: string; staleVersion?: number }[] = []
let refuses = false
/** It cannot now: the service's token endpoint is away. */
let away = false

beforeAll(async () => {
  ;[engine, service] = await Promise.all([runningExecutor(), startFakeService()])
  const refresher = await engine.nats.connect('oauth-refresher')
  refresher.subscribe(oauth.refresh.subject, {
    callback: (_, message) => {
      const request = message.json<(typeof refreshes)[number]>()
      refreshes.push(request)
      if (away) {
        const headers = natsHeaders()
        headers.set('Cartly-Error', 'unavailable')
        const error = new CartlyError('unavailable', 'refresh_failed', 'Acme answered 503').toBus()
        message.respond(JSON.stringify({ error }), { headers })
        return
      }
      if (!refuses) store(request.connectorId, 2, 'new-token')
      const status = refuses ? 'access_lost' : 'connected'
      message.respond(
        JSON.stringify({
          connectorId: request.connectorId,
          status,
          scopes: [],
          missingScopes: [],
          expiresAt: null,
          lastRefreshAt: null,
          grantEndsAt: null,
        }),
      )
    },
  })
  await refresher.flush()
  service.answer = ({ headers }) =>
    headers.authorization === 'Bearer new-token' ? { body: { answer: 'yes' } } : { status: 401, body: {} }
})
afterAll(async () => {
  await service.stop()
  await engine.stop()
})

const store = (connectorId: string, version: number, accessToken: string): void =>
  void engine.vault.credentials.set(`${connectorId} oauth_tokens`, { version, values: { accessToken } })

async function connected(change: object = {}): Promise<{
  storeId: StoreId
  connectorId: string
  ask: () => ReturnType<RunningExecutor['invoke']>
}> {
  const storeId = `store-${randomUUID()}` as StoreId
  const auth = {
    type: 'oauth2',
    grant: 'authorization_code',
    authorizationUrl: 'https://acme.example/authorize',
    tokenUrl: 'https://acme.example/token',
    scopes: ['read'],
    ...change,
  }
  const definition = definitionOf({ definition: { auth } })
  const connectorId = await engine.install({ storeId, baseUrl: service.url, definition, apiKey: null })
  store(connectorId, 1, 'old-token')
  refreshes.length = 0
  service.requests.length = 0
  return { storeId, connectorId, ask: () => engine.invoke(storeId, 'ask', { input: { question: 'q' } }) }
}

describe('a token that is not there yet', () => {
  it('is fetched where that takes no consent, and the request made with it', async () => {
    refuses = false
    const { connectorId, ask } = await connected({ grant: 'client_credentials', authorizationUrl: undefined })
    engine.vault.credentials.delete(`${connectorId} oauth_tokens`)

    const { results } = await ask()

    expect(results).toMatchObject([{ status: 'succeeded', output: { answer: 'yes' } }])
    expect(refreshes).toMatchObject([{ connectorId, expired: true }])
  })

  it('is for the merchant to get where it does', async () => {
    const { connectorId, ask } = await connected()
    engine.vault.credentials.delete(`${connectorId} oauth_tokens`)

    const { results } = await ask()

    expect(results).toMatchObject([{ status: 'failed', error: { code: 'credentials_missing' } }])
    expect(refreshes).toEqual([])
  })
})

describe('a token that the service no longer accepts', () => {
  it('is refreshed, by the version that was refused, and the request made once more', async () => {
    refuses = false
    const { connectorId, ask } = await connected()

    const { results } = await ask()

    expect(results).toMatchObject([{ status: 'succeeded', output: { answer: 'yes' } }])
    expect(refreshes).toMatchObject([{ connectorId, staleVersion: 1 }])
    expect(service.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old-token',
      'Bearer new-token',
    ])
  })

  it('is tried again later when it cannot be refreshed just now', async () => {
    away = true
    const { ask } = await connected()

    const { results } = await ask()

    away = false
    expect(results).toMatchObject([{ status: 'failed', error: { class: 'transient', code: 'access_not_renewed' } }])
  })

  it('is for the merchant to mend when it cannot be refreshed', async () => {
    refuses = true
    const { ask } = await connected()

    const { results } = await ask()

    expect(results).toMatchObject([{ status: 'failed', error: { class: 'configuration' } }])
    expect(service.requests).toHaveLength(1)
  })
})
