import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { CartlyError, oauth, oauthConnectionEvents, vault, type ConnectorId, type StoreId } from '@cartly/contracts'
import { eventually } from '@cartly/testing'
import { requestLeases } from '@cartly/vault-client'
import { testAuthorizationServer, type TestAuthorizationServer } from './testing/authorization-server.ts'
import { runningRefresher, type RunningRefresher } from './testing/running-refresher.ts'

const storeId = 'store-1' as StoreId
const WORKERS = 50
const LEASE_MS = 3_000

/**
 * Replicas in processes of their own, at a real authorization server that rotates refresh tokens and revokes a grant whose
 * token is used twice. The server is the judge: how often its token endpoint was called, and what it refused.
 */
describe('refreshing under faults', () => {
  let running: RunningRefresher
  let server: TestAuthorizationServer
  let replaying: TestAuthorizationServer
  beforeAll(async () => {
    ;[running, server, replaying] = await Promise.all([
      runningRefresher({ leaseMs: LEASE_MS, fetchTimeoutMs: 20_000, vaultLeaseMs: LEASE_MS }),
      testAuthorizationServer(),
      testAuthorizationServer({ replays: true }),
    ])
  }, 60_000)
  afterAll(async () => {
    await running?.stop()
    await server?.stop()
    await replaying?.stop()
  })
  afterEach(() => {
    server.latencyMs = 0
    server.refusals.length = 0
    replaying.refusals.length = 0
  })

  const connected = async (at: TestAuthorizationServer, more: object = {}): Promise<ConnectorId> => {
    const auth = {
      type: 'oauth2',
      grant: 'authorization_code',
      authorizationUrl: `${at.url}/auth`,
      tokenUrl: `${at.url}/token`,
      scopes: ['read'],
      issuer: at.url,
      ...more,
    }
    const connectorId = await running.install(storeId, auth, { ...at.client })
    const request = { storeId, connectorId, user: 'merchant', publicUrl: 'http://shop.example' }
    const { authorizationUrl, browserToken } = await running.gateway.request(oauth.authorize, request)
    const parameters = Object.fromEntries((await at.consent(authorizationUrl)).searchParams)
    const reply = await running.gateway.request(oauth.callback, {
      connectionKey: connectorId,
      parameters,
      browserToken,
    })
    expect(reply).toMatchObject({ outcome: 'connected' })
    return connectorId
  }
  const connectedMany = async (count: number): Promise<ConnectorId[]> => {
    const ids: ConnectorId[] = []
    for (let n = 0; n < count; n++) ids.push(await connected(server))
    return ids
  }
  const versionOf = async (connectorId: ConnectorId): Promise<number> => {
    const ask = { storeId, ownerId: connectorId, purpose: 'oauth_tokens' as const, reason: 'a spec' }
    const [lease] = await requestLeases(running.executor, vault.leaseToExecutor, [ask])
    if (!lease || lease instanceof Error) throw lease
    return lease.version
  }
  const statusOf = async (connectorId: ConnectorId) =>
    (await running.gateway.request(oauth.get, { storeId, connectorId })).status
  const refreshesAt = ({ tokenCalls }: TestAuthorizationServer) =>
    tokenCalls.filter((type) => type === 'refresh_token').length

  /** As the executor does after a 401: asks until it has a newer token, whatever fails on the way. */
  const meetExpiry = async (connectorId: ConnectorId, staleVersion: number, waitMs = 15_000): Promise<void> => {
    for (;;) {
      try {
        const options = { deadlineAt: Date.now() + waitMs }
        await running.executor.request(oauth.refresh, { storeId, connectorId, staleVersion }, options)
        return
      } catch (error) {
        const passing = error instanceof CartlyError && ['timeout', 'unavailable'].includes(error.kind)
        if (!passing) throw error
        if (error.retryAfterMs) await delay(250)
      }
    }
  }

  /** Every worker meets every expiry of every connection; those of one connection one after the other. */
  const meetExpiries = (connectorIds: ConnectorId[], expiries: number, waitMs?: number) =>
    Promise.all(
      connectorIds.map(async (connectorId) => {
        for (let version = 1; version <= expiries; version++) {
          await Promise.all(Array.from({ length: WORKERS }, () => meetExpiry(connectorId, version, waitMs)))
          expect(await eventually(() => versionOf(connectorId))).toBe(version + 1)
        }
      }),
    )

  describe('50 workers meet 200 expiries at two replicas: 200 token calls, no grant lost', () => {
    let replicas: Awaited<ReturnType<RunningRefresher['startProcess']>>[]
    beforeAll(async () => {
      replicas = await Promise.all([running.startProcess(), running.startProcess()])
    }, 60_000)
    afterAll(() => Promise.all(replicas.map((replica) => replica.kill())))

    const judge = async (meet: (ids: ConnectorId[]) => Promise<unknown>, connections: number) => {
      const connectorIds = await connectedMany(connections)
      const before = refreshesAt(server)
      await meet(connectorIds)
      expect(refreshesAt(server) - before).toBe(200)
      expect(server.refusals).toEqual([])
      expect(server.grantsRevoked).toBe(0)
      for (const id of connectorIds) expect(await statusOf(id)).toBe('connected')
    }

    test('as fast as it goes', () => judge((ids) => meetExpiries(ids, 20), 10), 240_000)

    test('with answers later than every lease, and than anybody waits', async () => {
      await judge((ids) => {
        server.latencyMs = LEASE_MS + 1_000
        return meetExpiries(ids, 10, 1_500)
      }, 20)
    }, 300_000)

    test('with NATS going away and coming back in the middle of it', async () => {
      await judge(async (ids) => {
        server.latencyMs = 200
        const met = meetExpiries(ids, 10, 2_000)
        for (let times = 0; times < 5; times++) {
          const calls = refreshesAt(server)
          await eventually(() => refreshesAt(server) > calls)
          await running.nats.restart()
        }
        await met
      }, 20)
    }, 300_000)
  })

  describe.each([
    ['ahead', 300_000],
    ['behind', -300_000],
  ])("a refresher whose clock is five minutes %s of the vault's and the service's", (_, aheadMs) => {
    const TOKEN_SECONDS = 8
    let replica: Awaited<ReturnType<RunningRefresher['startProcess']>>
    let brief: TestAuthorizationServer
    beforeAll(async () => {
      brief = await testAuthorizationServer({ accessTokenSeconds: TOKEN_SECONDS })
      replica = await running.startProcess({ aheadMs })
    }, 60_000)
    afterAll(async () => {
      await replica.kill()
      await brief.stop()
    })

    /** Watches what the executor is lent until then: each token must be one that the service still takes. */
    const watchLeases = async (connectorId: ConnectorId, until: () => boolean) => {
      const seen = { versions: new Set<number>(), refused: 0 }
      while (!until()) {
        const [lease] = await requestLeases(running.executor, vault.leaseToExecutor, [
          { storeId, ownerId: connectorId, purpose: 'oauth_tokens', reason: 'a spec' },
        ])
        if (!lease || lease instanceof CartlyError) {
          expect(lease).toMatchObject({ code: 'token_expired' })
          seen.refused += 1
        } else {
          const active = await brief.isActive(lease.values['accessToken']!.reveal())
          expect(active || Date.now() > lease.expiresAt).toBe(true)
          seen.versions.add(lease.version)
        }
        await delay(50)
      }
      return seen
    }

    test('refreshes in time', async () => {
      const connectorId = await connected(brief)
      const seen = await watchLeases(connectorId, () => refreshesAt(brief) >= 3)
      expect(seen.refused).toBe(0)
      expect(seen.versions.size).toBeGreaterThanOrEqual(3)
      await running.gateway.request(oauth.revoke, { storeId, connectorId })
    }, 60_000)

    test('and where it cannot, no token past its time is lent', async () => {
      const connectorId = await connected(brief)
      brief.trouble(...Array.from({ length: 100 }, () => ({ kind: 'status', status: 503 }) as const))
      const ends = performance.now() + (TOKEN_SECONDS + 3) * 1_000
      const seen = await watchLeases(connectorId, () => performance.now() > ends)
      expect(seen.refused).toBeGreaterThan(0)
      expect([...seen.versions]).toEqual([1])
    }, 60_000)
  })

  describe('one replica, killed', () => {
    let victim: Awaited<ReturnType<RunningRefresher['startProcess']>>
    beforeEach(async () => {
      victim = await running.startProcess()
    }, 60_000)
    afterEach(() => victim.kill())

    const ask = (connectorId: ConnectorId): void =>
      void running.executor.request(oauth.refresh, { storeId, connectorId, staleVersion: 1 }).catch(() => undefined)

    /** How the connection is once another replica has met the same expiry, and what that cost at the server. */
    const recovered = async (connectorId: ConnectorId, at: TestAuthorizationServer, before: number) => {
      victim = await running.startProcess()
      const status = await eventually(
        async () => {
          ask(connectorId)
          const now = await statusOf(connectorId)
          return now !== 'connected' || (await versionOf(connectorId)) > 1 ? now : undefined
        },
        { withinMs: 60_000 },
      )
      return { status, calls: refreshesAt(at) - before, refused: at.refusals.length }
    }

    test('before RefreshStarted: another makes the refresh', async () => {
      const connectorId = await connected(server)
      const before = refreshesAt(server)
      const held = await running.holdConnections()
      ask(connectorId)
      await held.awaited()
      await victim.kill()
      await held.release()
      expect(await recovered(connectorId, server, before)).toEqual({ status: 'connected', calls: 1, refused: 0 })
    }, 120_000)

    test('after RefreshStarted, with nothing sent: another makes the refresh', async () => {
      const connectorId = await connected(server)
      const before = refreshesAt(server)
      const started = await running.sawMessage(oauthConnectionEvents.subject(connectorId))
      running.vaultProcess.pause()
      ask(connectorId)
      await started.seen
      await victim.kill()
      running.vaultProcess.resume()
      expect(await recovered(connectorId, server, before)).toEqual({ status: 'connected', calls: 1, refused: 0 })
    }, 120_000)

    test('after the request was sent, which the service then did not carry out: another makes the refresh', async () => {
      const connectorId = await connected(server)
      const before = refreshesAt(server)
      const killed = Promise.withResolvers<void>()
      server.trouble({ kind: 'arrived', meanwhile: () => victim.kill().then(killed.resolve) })
      ask(connectorId)
      await killed.promise
      expect(await recovered(connectorId, server, before)).toEqual({ status: 'connected', calls: 1, refused: 0 })
    }, 120_000)

    describe.each([
      ['is lost: one attempt, and then someone has to act', () => server, {}, 'access_lost', 1],
      ['is given again within the replay window', () => replaying, { replayWindowSeconds: 60 }, 'connected', 0],
    ] as const)('what the service gave %s', (_, serverOf, spec, status, refused) => {
      test('after the request was sent, and carried out', async () => {
        const connectorId = await connected(serverOf(), spec)
        const before = refreshesAt(serverOf())
        const killed = Promise.withResolvers<void>()
        serverOf().trouble({ kind: 'carriedOut', meanwhile: () => victim.kill().then(killed.resolve) })
        ask(connectorId)
        await killed.promise
        expect(await recovered(connectorId, serverOf(), before)).toEqual({ status, calls: 2, refused })
      }, 120_000)

      test('after the reply, before the vault has it', async () => {
        const connectorId = await connected(serverOf(), spec)
        const before = refreshesAt(serverOf())
        const answered = await running.sawMessage(vault.sealingKey.subject, 'credential-vault')
        serverOf().trouble({ kind: 'answered', meanwhile: async () => running.vaultProcess.pause() })
        ask(connectorId)
        await answered.seen
        await victim.kill()
        running.vaultProcess.resume()
        expect(await recovered(connectorId, serverOf(), before)).toEqual({ status, calls: 2, refused })
      }, 120_000)
    })

    test('after the vault has the tokens, before the log says so: they count', async () => {
      const connectorId = await connected(server)
      const before = refreshesAt(server)
      const held = Promise.withResolvers<Awaited<ReturnType<typeof running.holdConnections>>>()
      server.trouble({ kind: 'answered', meanwhile: () => running.holdConnections().then(held.resolve) })
      ask(connectorId)
      const connections = await held.promise
      await connections.awaited()
      await victim.kill()
      await connections.release()
      expect(await versionOf(connectorId)).toBe(2)
      expect(await recovered(connectorId, server, before)).toEqual({ status: 'connected', calls: 1, refused: 0 })
    }, 120_000)
  })
})
