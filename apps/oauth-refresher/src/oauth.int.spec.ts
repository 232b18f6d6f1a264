import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { oauth, vault, type ConnectorId, type StoreId } from '@cartly/contracts'
import { eventually } from '@cartly/testing'
import { requestLeases } from '@cartly/vault-client'
import { testAuthorizationServer, type TestAuthorizationServer } from './testing/authorization-server.ts'
import { runningRefresher, type RunningRefresher } from './testing/running-refresher.ts'

const storeId = 'store-1' as StoreId

describe('the OAuth refresher', () => {
  let running: RunningRefresher
  let server: TestAuthorizationServer
  beforeAll(async () => {
    ;[running, server] = await Promise.all([runningRefresher(), testAuthorizationServer()])
    await running.startReplica()
  })
  afterAll(async () => {
    await running?.stop()
    await server?.stop()
  })
  afterEach(() => {
    server.latencyMs = 0
  })

  const byCode = (more: object = {}) => ({
    type: 'oauth2',
    grant: 'authorization_code',
    authorizationUrl: `${server.url}/auth`,
    tokenUrl: `${server.url}/token`,
    revocationUrl: `${server.url}/token/revocation`,
    scopes: ['read', 'write'],
    issuer: server.url,
    ...more,
  })
  const install = (auth: object = byCode()) => running.install(storeId, auth, { ...server.client })
  const authorize = (connectorId: ConnectorId) =>
    running.gateway.request(oauth.authorize, {
      storeId,
      connectorId,
      user: 'merchant',
      publicUrl: 'http://shop.example:4000',
    })
  const callback = (connectionKey: string, url: URL, browserToken: string | undefined) =>
    running.gateway.request(oauth.callback, {
      connectionKey,
      parameters: Object.fromEntries(url.searchParams),
      ...(browserToken === undefined ? {} : { browserToken }),
    })
  const connect = async (connectorId: ConnectorId) => {
    const { authorizationUrl, connectionKey, browserToken } = await authorize(connectorId)
    return callback(connectionKey, await server.consent(authorizationUrl), browserToken)
  }
  const connected = async (auth?: object) => {
    const connectorId = await install(auth)
    expect(await connect(connectorId)).toMatchObject({ outcome: 'connected' })
    return connectorId
  }
  const get = (connectorId: ConnectorId) => running.gateway.request(oauth.get, { storeId, connectorId })
  const lease = async (connectorId: ConnectorId) => {
    const ask = { storeId, ownerId: connectorId, purpose: 'oauth_tokens' as const, reason: 'a spec' }
    const [lent] = await requestLeases(running.executor, vault.leaseToExecutor, [ask])
    if (!lent || lent instanceof Error) throw lent
    return lent
  }
  const refresh = (connectorId: ConnectorId, staleVersion?: number) =>
    running.executor.request(oauth.refresh, { storeId, connectorId, ...(staleVersion ? { staleVersion } : {}) })

  test('a merchant consents, and the executor is lent an access token', async () => {
    const connectorId = await connected()
    expect(await get(connectorId)).toMatchObject({ status: 'connected', scopes: ['read', 'write'], missingScopes: [] })
    const { values } = await lease(connectorId)
    expect(Object.keys(values).toSorted()).toEqual(['accessToken', 'tokenType'])
  })

  test('of 100 callbacks with one state, one succeeds', async () => {
    const connectorId = await install()
    const { authorizationUrl, browserToken } = await authorize(connectorId)
    const url = await server.consent(authorizationUrl)
    const replies = await Promise.all(Array.from({ length: 100 }, () => callback(connectorId, url, browserToken)))
    const outcomes = replies.map(({ outcome }) => outcome)
    expect(outcomes.filter((outcome) => outcome === 'connected')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(99)
    expect(await get(connectorId)).toMatchObject({ status: 'connected' })
  })

  test.each([
    ['another browser', (url: URL) => ({ url, browserToken: 'another' })],
    ['no browser', (url: URL) => ({ url, browserToken: undefined })],
    ['another connection', (url: URL, browserToken: string) => ({ url, browserToken, key: 'conn_00000000' })],
    [
      'another issuer',
      (url: URL, browserToken: string) => ({ url: withParameter(url, 'iss', 'https://evil.example'), browserToken }),
    ],
    ['no issuer', (url: URL, browserToken: string) => ({ url: withParameter(url, 'iss'), browserToken })],
    ['another state', (url: URL, browserToken: string) => ({ url: withParameter(url, 'state', 'x'), browserToken })],
  ])('a callback from %s is refused', async (_, change) => {
    const connectorId = await install()
    const { authorizationUrl, browserToken } = await authorize(connectorId)
    const calls = server.tokenCalls.length
    const changed = { key: connectorId as string, ...change(await server.consent(authorizationUrl), browserToken) }
    expect(await callback(changed.key, changed.url, changed.browserToken)).toMatchObject({ outcome: 'refused' })
    expect(server.tokenCalls).toHaveLength(calls)
    expect(await get(connectorId)).toMatchObject({ status: 'none' })
  })

  test('of two tabs with one connector, the one opened last completes; two with two connectors both do', async () => {
    const [one, other] = [await install(), await install()]
    const [first, second, third] = [await authorize(one), await authorize(one), await authorize(other)]
    const [early, late, elsewhere] = [
      await server.consent(first.authorizationUrl),
      await server.consent(second.authorizationUrl),
      await server.consent(third.authorizationUrl),
    ]
    // The second tab's cookie has taken the place of the first one's, and the other connector has one of its own.
    expect(await callback(one, early, second.browserToken)).toMatchObject({ outcome: 'refused' })
    expect(await callback(other, elsewhere, third.browserToken)).toMatchObject({ outcome: 'connected' })
    expect(await callback(one, late, second.browserToken)).toMatchObject({ outcome: 'connected' })
  })

  test('a merchant who declines is told so', async () => {
    const connectorId = await install()
    const { authorizationUrl, browserToken } = await authorize(connectorId)
    const state = new URL(authorizationUrl).searchParams.get('state') as string
    const url = new URL(`http://shop.example/?error=access_denied&state=${state}&iss=${encodeURIComponent(server.url)}`)
    expect(await callback(connectorId, url, browserToken)).toMatchObject({
      outcome: 'denied',
      title: 'Access was not granted',
    })
  })

  test('fifty askers share one refresh', async () => {
    const connectorId = await connected()
    const { version } = await lease(connectorId)
    const calls = server.tokenCalls.length
    server.latencyMs = 100

    await Promise.all(Array.from({ length: 50 }, () => refresh(connectorId, version)))

    expect(server.tokenCalls.length - calls).toBe(1)
    expect((await lease(connectorId)).version).toBe(version + 1)
    expect(server.refusals).toEqual([])
  })

  test('a lost reply is followed by one attempt at most, and then someone has to act', async () => {
    const connectorId = await connected()
    server.trouble({ kind: 'lost' })
    await expect(refresh(connectorId)).rejects.toMatchObject({ code: 'refresh_failed' })
    expect(await get(connectorId)).toMatchObject({ status: 'connected' })

    await expect(refresh(connectorId)).rejects.toMatchObject({ code: 'refresh_failed' })

    expect(await get(connectorId)).toMatchObject({
      status: 'access_lost',
      reason: expect.stringContaining('connect again'),
    })
    expect(await connect(connectorId)).toMatchObject({ outcome: 'connected' })
    expect(await get(connectorId)).toMatchObject({ status: 'connected' })
  })

  test('a lost reply is had again within the replay window', async () => {
    const replaying = await testAuthorizationServer({ replays: true })
    const spec = {
      authorizationUrl: `${replaying.url}/auth`,
      tokenUrl: `${replaying.url}/token`,
      issuer: replaying.url,
    }
    const connectorId = await running.install(storeId, byCode({ ...spec, replayWindowSeconds: 60 }), {
      ...replaying.client,
    })
    const { authorizationUrl, browserToken } = await authorize(connectorId)
    await callback(connectorId, await replaying.consent(authorizationUrl), browserToken)
    replaying.trouble({ kind: 'lost' })
    await expect(refresh(connectorId)).rejects.toMatchObject({ kind: 'unavailable', code: 'refresh_failed' })

    expect(await refresh(connectorId)).toMatchObject({ status: 'connected' })

    expect(replaying.tokenCalls).toEqual(['authorization_code', 'refresh_token', 'refresh_token'])
    expect(replaying.refusals).toEqual([])
    await replaying.stop()
  })

  test('a failure that passes ends nothing', async () => {
    const connectorId = await connected()
    server.trouble({ kind: 'status', status: 503 })
    await expect(refresh(connectorId)).rejects.toMatchObject({ code: 'refresh_failed' })
    expect(await get(connectorId)).toMatchObject({ status: 'connected' })
    expect(await refresh(connectorId)).toMatchObject({ status: 'connected' })
  })

  const byClient = () => ({
    type: 'oauth2',
    grant: 'client_credentials',
    tokenUrl: `${server.url}/token`,
    scopes: ['read'],
  })

  test('client credentials need no page: their token is fetched once they are stored, and anew', async () => {
    const connectorId = await install(byClient())
    await eventually(async () => (await get(connectorId)).status === 'connected')
    const { version } = await lease(connectorId)
    await refresh(connectorId, version)
    expect((await lease(connectorId)).version).toBe(version + 1)
  })

  test('an executor that finds no token of client credentials has the first one fetched, once', async () => {
    const calls = server.tokenCalls.length
    server.latencyMs = 100
    const connectorId = await install(byClient())
    const ask = () => running.executor.request(oauth.refresh, { storeId, connectorId, expired: true })

    const views = await Promise.all([ask(), ask(), ask()])

    expect(views.map(({ status }) => status)).toEqual(['connected', 'connected', 'connected'])
    await lease(connectorId)
    expect(server.tokenCalls.length - calls).toBe(1)
  })

  test('a token that has not ended is not refreshed as one that has', async () => {
    const connectorId = await connected()
    const { version } = await lease(connectorId)
    const asked = { storeId, connectorId, expired: true }
    expect(await running.executor.request(oauth.refresh, asked)).toMatchObject({ status: 'connected' })
    expect((await lease(connectorId)).version).toBe(version)
  })

  test('access that is revoked ends at the service too', async () => {
    const connectorId = await connected()
    const revoked = server.grantsRevoked
    await running.gateway.request(oauth.revoke, { storeId, connectorId })
    expect(server.grantsRevoked).toBe(revoked + 1)
    expect(await get(connectorId)).toMatchObject({ status: 'revoked' })
    await expect(lease(connectorId)).rejects.toMatchObject({ kind: 'not_found' })
  })

  test('with a connector goes its access, at the service too', async () => {
    const connectorId = await connected()
    const revoked = server.grantsRevoked
    await running.remove(storeId, connectorId)
    await eventually(() => server.grantsRevoked === revoked + 1)
    await eventually(
      async () => (await lease(connectorId).catch((error: { kind: string }) => error.kind)) === 'not_found',
    )
  })

  test('a token is refreshed ahead of its end', async () => {
    const brief = await testAuthorizationServer({ accessTokenSeconds: 4 })
    const connectorId = await running.install(
      storeId,
      byCode({ authorizationUrl: `${brief.url}/auth`, tokenUrl: `${brief.url}/token`, issuer: brief.url }),
      { ...brief.client },
    )
    const { authorizationUrl, browserToken } = await authorize(connectorId)
    await callback(connectorId, await brief.consent(authorizationUrl), browserToken)
    await eventually(() => brief.tokenCalls.filter((type) => type === 'refresh_token').length >= 2)
    expect(brief.refusals).toEqual([])
    await running.gateway.request(oauth.revoke, { storeId, connectorId })
    await brief.stop()
  })
})

function withParameter(url: URL, name: string, value?: string): URL {
  const changed = new URL(url)
  if (value === undefined) changed.searchParams.delete(name)
  else changed.searchParams.set(name, value)
  return changed
}
