import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  CartlyError,
  credentialEvents,
  oauth,
  oauthConnectionEvents,
  vault,
  type ConnectorId,
  type StoreId,
} from '@cartly/contracts'
import { eventually } from '@cartly/testing'
import { requestLeases } from '@cartly/vault-client'
import { testAuthorizationServer, type TestAuthorizationServer } from './testing/authorization-server.ts'
import { runningRefresher, type RunningRefresher } from './testing/running-refresher.ts'

const storeId = 'store-1' as StoreId
const LEASE_MS = 6_000

describe('refreshing under faults', () => {
  let running: RunningRefresher
  let server: TestAuthorizationServer
  beforeAll(async () => {
    ;[running, server] = await Promise.all([
      runningRefresher({ leaseMs: LEASE_MS, fetchTimeoutMs: 4_000 }),
      testAuthorizationServer(),
    ])
  })
  afterAll(async () => {
    await running?.stop()
    await server?.stop()
  })
  afterEach(() => {
    server.latencyMs = 0
    server.refusals.length = 0
  })

  const connected = async (): Promise<ConnectorId> => {
    const auth = {
      type: 'oauth2',
      grant: 'authorization_code',
      authorizationUrl: `${server.url}/auth`,
      tokenUrl: `${server.url}/token`,
      scopes: ['read'],
      issuer: server.url,
    }
    const connectorId = await running.install(storeId, auth, { ...server.client })
    const request = { storeId, connectorId, user: 'merchant', publicUrl: 'http://shop.example' }
    const { authorizationUrl, browserToken } = await running.gateway.request(oauth.authorize, request)
    const parameters = Object.fromEntries((await server.consent(authorizationUrl)).searchParams)
    const reply = await running.gateway.request(oauth.callback, {
      connectionKey: connectorId,
      parameters,
      browserToken,
    })
    expect(reply).toMatchObject({ outcome: 'connected' })
    return connectorId
  }
  const versionOf = async (connectorId: ConnectorId): Promise<number> => {
    const ask = { storeId, ownerId: connectorId, purpose: 'oauth_tokens' as const, reason: 'a spec' }
    const [lease] = await requestLeases(running.executor, vault.leaseToExecutor, [ask])
    if (!lease || lease instanceof Error) throw lease
    return lease.version
  }
  const statusOf = async (connectorId: ConnectorId) =>
    (await running.gateway.request(oauth.get, { storeId, connectorId })).status
  const refreshes = () => server.tokenCalls.filter((type) => type === 'refresh_token').length

  /** As the executor does after a 401: asks until it has a newer token, whatever fails on the way. */
  const meetExpiry = async (connectorId: ConnectorId, staleVersion: number, deadlineMs = 15_000): Promise<void> => {
    for (;;) {
      try {
        const options = { deadlineAt: Date.now() + deadlineMs }
        await running.executor.request(oauth.refresh, { storeId, connectorId, staleVersion }, options)
        return
      } catch (error) {
        const passing = error instanceof CartlyError && ['timeout', 'unavailable'].includes(error.kind)
        if (!passing) throw error
      }
    }
  }

  /** Every worker meets every expiry of every connection. */
  const meetExpiries = async (connectorIds: ConnectorId[], expiries: number, workers: number, deadlineMs?: number) => {
    for (let expiry = 0; expiry < expiries; expiry++) {
      const met = connectorIds.map(async (connectorId) => {
        const stale = await eventually(() => versionOf(connectorId))
        await Promise.all(Array.from({ length: workers }, () => meetExpiry(connectorId, stale, deadlineMs)))
      })
      await Promise.all(met)
    }
  }

  describe('with three replicas', () => {
    beforeAll(async () => {
      await Promise.all([running.startReplica(), running.startReplica()])
    })

    test('50 workers meet 200 expiries: 200 token calls, no grant lost', async () => {
      const connectorIds = await Promise.all(Array.from({ length: 4 }, connected))
      const before = refreshes()
      await meetExpiries(connectorIds, 50, 50)
      expect(refreshes() - before).toBe(200)
      expect(server.refusals).toEqual([])
      for (const id of connectorIds) expect(await statusOf(id)).toBe('connected')
    }, 240_000)

    test('also when the service answers later than anybody waits', async () => {
      const connectorIds = await Promise.all(Array.from({ length: 4 }, connected))
      const before = refreshes()
      server.latencyMs = 2_000
      await meetExpiries(connectorIds, 3, 50, 300)
      expect(refreshes() - before).toBe(12)
      expect(server.refusals).toEqual([])
    }, 120_000)

    test('also when the bus goes away and comes back', async () => {
      const connectorIds = await Promise.all(Array.from({ length: 4 }, connected))
      const before = refreshes()
      server.latencyMs = 200
      const met = meetExpiries(connectorIds, 10, 20, 2_000)
      for (let times = 0; times < 3; times++) {
        const calls = refreshes()
        await eventually(() => refreshes() > calls)
        await running.nats.restart()
      }
      await met
      expect(refreshes() - before).toBe(40)
      expect(server.refusals).toEqual([])
      for (const id of connectorIds) expect(await statusOf(id)).toBe('connected')
    }, 240_000)
  })

  describe('with kill -9', () => {
    let victim: Awaited<ReturnType<RunningRefresher['startProcess']>>
    beforeAll(async () => {
      await running.stopReplicas()
    })
    beforeEach(async () => {
      victim = await running.startProcess()
    }, 60_000)
    afterEach(() => victim.kill())

    const recovered = async (connectorId: ConnectorId): Promise<string> => {
      await victim.kill()
      victim = await running.startProcess()
      return eventually(
        async () => {
          const met = await meetExpiryOnce(connectorId)
          const status = await statusOf(connectorId)
          return met || status !== 'connected' ? status : undefined
        },
        { withinMs: 60_000 },
      )
    }
    /** True once there is a token newer than the first. */
    const meetExpiryOnce = async (connectorId: ConnectorId): Promise<boolean> => {
      const options = { deadlineAt: Date.now() + 2_000 }
      await running.executor
        .request(oauth.refresh, { storeId, connectorId, staleVersion: 1 }, options)
        .catch(() => undefined)
      return (await versionOf(connectorId)) > 1
    }
    const ask = (connectorId: ConnectorId): void =>
      void running.executor.request(oauth.refresh, { storeId, connectorId, staleVersion: 1 }).catch(() => undefined)
    const killedWhen = async (kind: 'arrived' | 'carriedOut', connectorId: ConnectorId): Promise<void> => {
      const killed = Promise.withResolvers<void>()
      server.trouble({ kind, meanwhile: () => victim.kill().then(killed.resolve) })
      ask(connectorId)
      await killed.promise
    }
    const sawEvent = (subject: string): Promise<void> => running.sawMessage(subject)

    test('as it begins: the refresh is made later', async () => {
      const connectorId = await connected()
      const started = sawEvent(oauthConnectionEvents.subject(connectorId))
      ask(connectorId)
      await started
      expect(await recovered(connectorId)).toBe('connected')
    }, 120_000)

    test('when its request has arrived and was not carried out: a later one is', async () => {
      const connectorId = await connected()
      await killedWhen('arrived', connectorId)
      expect(await recovered(connectorId)).toBe('connected')
    }, 120_000)

    test('when its request was carried out: one attempt, and then someone has to act', async () => {
      const connectorId = await connected()
      const before = refreshes()
      await killedWhen('carriedOut', connectorId)
      expect(await recovered(connectorId)).toBe('access_lost')
      expect(refreshes() - before).toBe(2)
    }, 120_000)

    test('when the tokens are in the vault: they count', async () => {
      const connectorId = await connected()
      const before = refreshes()
      const stored = sawEvent(credentialEvents.filter)
      ask(connectorId)
      await stored
      expect(await recovered(connectorId)).toBe('connected')
      expect(refreshes() - before).toBe(1)
      expect(server.refusals).toEqual([])
    }, 120_000)

    test('when all is done: nothing is to be done', async () => {
      const connectorId = await connected()
      await meetExpiry(connectorId, 1)
      const before = refreshes()
      expect(await recovered(connectorId)).toBe('connected')
      expect(refreshes()).toBe(before)
    }, 120_000)
  })
})
