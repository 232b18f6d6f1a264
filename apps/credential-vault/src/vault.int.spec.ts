import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals'
import {
  newId,
  vault,
  type ConnectorId,
  type CredentialPurpose,
  type EndpointId,
  type StoreId,
} from '@cartly/contracts'
import type { BusClient } from '@cartly/messaging'
import { eventually } from '@cartly/testing'
import { createLeaseHolder, requestLeases, revealWebhookSecret, sealToVault } from '@cartly/vault-client'
import { Client } from 'pg'
import { runningVault, type RunningVault } from './testing/running-vault.ts'

const storeId = 'store-1' as StoreId
const otherStore = 'store-2' as StoreId
const apiKey = 'shippo_test_0123456789abcdef'
const byKey = {
  kind: 'requests',
  fields: [{ name: 'apiKey', label: 'API token', required: true, pattern: '^shippo_' }],
}
const byOAuth = {
  kind: 'oauth_client',
  fields: ['clientId', 'clientSecret'].map((name) => ({ name, label: name, required: true })),
}

describe('the vault', () => {
  let running: RunningVault
  let gateway: BusClient
  let executor: BusClient
  let dispatcher: BusClient
  let refresher: BusClient
  let database: Client

  beforeAll(async () => {
    running = await runningVault()
    ;[gateway, executor, dispatcher, refresher] = await Promise.all([
      running.as('admin-gateway'),
      running.as('hook-executor'),
      running.as('webhook-dispatcher'),
      running.as('oauth-refresher'),
    ])
    database = new Client({ connectionString: running.postgres.urls.vault })
    await database.connect()
  })
  afterAll(async () => {
    await database?.end()
    await running?.stop()
  })

  afterEach(() => void jest.restoreAllMocks())

  const put = async (connectorId: ConnectorId, values: Record<string, string>, store = storeId) => {
    const sealed = await sealToVault(gateway, { storeId: store, ownerId: connectorId, purpose: 'connector' }, values)
    return gateway.request(vault.putCredentials, { storeId: store, connectorId, sealed })
  }
  const putTokens = async (connectorId: ConnectorId, values: Record<string, string>, validForMs: number | null) => {
    const sealed = await sealToVault(refresher, { storeId, ownerId: connectorId, purpose: 'oauth_tokens' }, values)
    return refresher.request(vault.putTokens, { storeId, connectorId, sealed, validForMs })
  }
  const rowsOf = async (ownerId: string): Promise<number[]> => {
    const { rows } = await database.query('SELECT version FROM data_key WHERE owner_id = $1 ORDER BY version', [
      ownerId,
    ])
    return rows.map(({ version }) => Number(version))
  }
  const putHeaders = async (endpointId: EndpointId, names: string[], values?: Record<string, string>) => {
    const target = { storeId, ownerId: endpointId, purpose: 'webhook_headers' } as const
    const sealed = values && { sealed: await sealToVault(gateway, target, values) }
    return dispatcher.request(vault.putWebhookHeaders, { storeId, endpointId, names, ...sealed })
  }
  const lend = async (bus: BusClient, ownerId: string, purpose: CredentialPurpose) => {
    const operation =
      bus === executor ? vault.leaseToExecutor : bus === dispatcher ? vault.leaseToDispatcher : vault.leaseToRefresher
    const [lease] = await requestLeases(bus, operation, [{ storeId, ownerId, purpose, reason: 'a spec' }])
    if (lease instanceof Error) throw lease
    return lease!
  }

  test('stores a credential, describes it without its secret, and lends it to the executor', async () => {
    const connectorId = await running.install(storeId, byKey)

    const stored = await put(connectorId, { apiKey })
    const described = await gateway.request(vault.describeCredentials, { storeId, connectorId })
    const lease = await lend(executor, connectorId, 'connector')

    expect(stored).toMatchObject({ version: 1, fields: [{ name: 'apiKey', set: true, last4: 'cdef' }] })
    expect(described).toEqual(stored)
    expect(JSON.stringify(lease)).not.toContain(apiKey)
    expect(lease.values['apiKey']?.reveal()).toBe(apiKey)
    expect(lease.expiresAt - Date.now()).toBeLessThanOrEqual(60_000)
  })

  test('refuses values that are not the fields of the template, with their places', async () => {
    const connectorId = await running.install(storeId, byKey)
    await expect(put(connectorId, { apiKey: 'EZAK123', other: 'x' })).rejects.toMatchObject({
      kind: 'invalid',
      code: 'invalid_credentials',
      errors: [{ pointer: '/values/other' }, { pointer: '/values/apiKey' }],
    })
  })

  test('knows no connector of another store, and none that is not there', async () => {
    const connectorId = await running.install(storeId, byKey)
    await put(connectorId, { apiKey })
    await expect(put(connectorId, { apiKey }, otherStore)).rejects.toMatchObject({ kind: 'not_found' })
    await expect(put(newId('conn'), { apiKey })).rejects.toMatchObject({ kind: 'not_found' })
    await expect(
      gateway.request(vault.describeCredentials, { storeId: otherStore, connectorId }),
    ).rejects.toMatchObject({ kind: 'not_found' })
    const [lease] = await requestLeases(executor, vault.leaseToExecutor, [
      { storeId: otherStore, ownerId: connectorId, purpose: 'connector', reason: 'a spec' },
    ])
    expect(lease).toMatchObject({ kind: 'not_found' })
  })

  test('opens what was sealed for one credential as no other', async () => {
    const [one, other] = await Promise.all([running.install(storeId, byKey), running.install(storeId, byKey)])
    const sealed = await sealToVault(gateway, { storeId, ownerId: one, purpose: 'connector' }, { apiKey })
    await expect(gateway.request(vault.putCredentials, { storeId, connectorId: other, sealed })).rejects.toMatchObject({
      code: 'sealed_refused',
    })
  })

  test('the same command again stores nothing anew', async () => {
    const connectorId = await running.install(storeId, byKey)
    const sealed = await sealToVault(gateway, { storeId, ownerId: connectorId, purpose: 'connector' }, { apiKey })
    const request = { storeId, connectorId, sealed }
    const first = await gateway.request(vault.putCredentials, request, { commandId: 'once' })
    const second = await gateway.request(vault.putCredentials, request, { commandId: 'once' })
    expect(second).toEqual(first)
    expect(await rowsOf(connectorId)).toEqual([1])
  })

  test('of puts at the same moment each gets a version, and the keys of all but the last are destroyed', async () => {
    const connectorId = await running.install(storeId, byKey)
    const values = ['shippo_1', 'shippo_2', 'shippo_3']
    const stored = await Promise.all(values.map((value) => put(connectorId, { apiKey: value })))
    expect(stored.map(({ version }) => version).toSorted()).toEqual([1, 2, 3])
    await eventually(async () => String(await rowsOf(connectorId)) === String([3]))
    const last = stored.findIndex(({ version }) => version === 3)
    expect((await lend(executor, connectorId, 'connector')).values['apiKey']?.reveal()).toBe(values[last])
  })

  test('each service is lent what it is entitled to, and nothing else', async () => {
    const connectorId = await running.install(storeId, byOAuth)
    const endpointId = newId('whk')
    await put(connectorId, { clientId: 'client', clientSecret: 'client-secret' })
    const tokens = { accessToken: 'access', tokenType: 'Bearer', refreshToken: 'refresh' }
    await putTokens(connectorId, tokens, 3_600_000)
    await dispatcher.request(vault.createWebhookSecret, { storeId, endpointId, signature: 'v1' })
    await putHeaders(endpointId, ['X-Key'], { 'X-Key': 'k' })

    const namesLent = async (bus: BusClient) => {
      const asks = [
        [connectorId, 'connector'],
        [connectorId, 'oauth_tokens'],
        [endpointId, 'webhook_secret'],
        [endpointId, 'webhook_headers'],
      ] as const
      const results = asks.map(async ([owner, purpose]) => {
        const lease = await lend(bus, owner, purpose).catch((error: { code: string }) => error.code)
        return typeof lease === 'string' ? lease : Object.keys(lease.values).toSorted()
      })
      return Promise.all(results)
    }

    expect(await namesLent(executor)).toEqual([
      'not_entitled',
      ['accessToken', 'tokenType'],
      'not_entitled',
      'not_entitled',
    ])
    expect(await namesLent(refresher)).toEqual([
      ['clientId', 'clientSecret'],
      ['accessToken', 'refreshToken', 'tokenType'],
      'not_entitled',
      'not_entitled',
    ])
    expect(await namesLent(dispatcher)).toEqual(['not_entitled', 'not_entitled', ['secret'], ['X-Key']])
  })

  test('a lease ends with the token in it, and an expired token is not lent', async () => {
    const connectorId = await running.install(storeId, byOAuth)
    await putTokens(connectorId, { accessToken: 'a', tokenType: 'Bearer' }, 20_000)
    expect((await lend(executor, connectorId, 'oauth_tokens')).expiresAt).toBeLessThanOrEqual(Date.now() + 20_000)

    await putTokens(connectorId, { accessToken: 'b', tokenType: 'Bearer' }, -1)
    await expect(lend(executor, connectorId, 'oauth_tokens')).rejects.toMatchObject({ code: 'token_expired' })
    expect((await lend(refresher, connectorId, 'oauth_tokens')).version).toBe(2)
  })

  test('of a clock that is five minutes off, here or at the holder, a lease knows nothing', async () => {
    const connectorId = await running.install(storeId, byOAuth)
    const clock = (skewMs: number) =>
      jest.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() + skewMs)
    for (const [stored, lent] of [
      [-300_000, 300_000],
      [300_000, -300_000],
    ] as const) {
      clock(stored)
      await putTokens(connectorId, { accessToken: 'a', tokenType: 'Bearer' }, 20_000)
      clock(lent)
      const lease = await lend(executor, connectorId, 'oauth_tokens')
      expect(lease.expiresAt - Date.now()).toBeGreaterThan(15_000)
      expect(lease.expiresAt - Date.now()).toBeLessThanOrEqual(20_000)
      await putTokens(connectorId, { accessToken: 'b', tokenType: 'Bearer' }, -1)
      clock(stored)
      await expect(lend(executor, connectorId, 'oauth_tokens')).rejects.toMatchObject({ code: 'token_expired' })
    }
  })

  test('a request that is made again is refused', async () => {
    const connectorId = await running.install(storeId, byKey)
    await put(connectorId, { apiKey })
    const request = {
      leases: [{ storeId, ownerId: connectorId, purpose: 'connector' as const, reason: 'a spec' }],
      publicKey: { kty: 'OKP' as const, crv: 'X25519' as const, x: Buffer.alloc(32, 9).toString('base64url') },
      nonce: 'only-once-0123456789',
    }
    await executor.request(vault.leaseToExecutor, request)
    await expect(executor.request(vault.leaseToExecutor, request)).rejects.toMatchObject({ code: 'replayed' })
  })

  test('what is held in memory is shared, and forgotten when told', async () => {
    const connectorId = await running.install(storeId, byKey)
    await put(connectorId, { apiKey })
    const holder = createLeaseHolder({ bus: executor, operation: vault.leaseToExecutor })
    const ask = { storeId, ownerId: connectorId, purpose: 'connector' as const, reason: 'a spec' }
    const [first, same] = await Promise.all([holder.lease(ask), holder.lease(ask)])
    expect(same).toBe(first)
    await put(connectorId, { apiKey: 'shippo_changed' })
    expect(await holder.lease(ask)).toBe(first)
    holder.invalidate(connectorId)
    expect((await holder.lease(ask)).values['apiKey']?.reveal()).toBe('shippo_changed')
    holder.close()
  })

  test('webhook secrets overlap when they rotate, and both are lent', async () => {
    const endpointId = newId('whk')
    await dispatcher.request(vault.createWebhookSecret, { storeId, endpointId, signature: 'v1' })
    const before = await revealWebhookSecret(gateway, { storeId, endpointId, actor: 'user:merchant' })
    const overlapUntil = new Date(Date.now() + 3_600_000).toISOString()
    const rotated = await dispatcher.request(vault.rotateWebhookSecret, {
      storeId,
      endpointId,
      signature: 'v1a',
      overlapUntil,
    })

    const lease = await lend(dispatcher, endpointId, 'webhook_secret')
    const after = await revealWebhookSecret(gateway, { storeId, endpointId, actor: 'user:merchant' })

    expect(before.secret.reveal()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(rotated).toMatchObject({ version: 2, publicKey: expect.stringMatching(/^whpk_/) })
    expect(after.secret.reveal()).toMatch(/^whsk_/)
    expect(lease.values['secret']?.reveal()).toBe(after.secret.reveal())
    expect(lease.older).toHaveLength(1)
    expect(lease.older[0]?.values['secret']?.reveal()).toBe(before.secret.reveal())
  })

  test('the headers of an endpoint are replaced by name, and what is not sent again is kept', async () => {
    const endpointId = newId('whk')
    const lent = async () => {
      const { values } = await lend(dispatcher, endpointId, 'webhook_headers')
      return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.reveal()]))
    }
    await putHeaders(endpointId, ['A', 'B', 'C'], { A: 'a1', B: 'b1', C: 'c1' })
    expect(await putHeaders(endpointId, ['A', 'B'], { A: 'a2' })).toEqual({ version: 2 })
    expect(await lent()).toEqual({ A: 'a2', B: 'b1' })
    await eventually(async () => String(await rowsOf(endpointId)) === '2')
    await putHeaders(endpointId, ['A'])
    expect(await lent()).toEqual({ A: 'a2' })

    await expect(putHeaders(endpointId, ['A', 'C'])).rejects.toMatchObject({
      kind: 'invalid',
      errors: [{ pointer: '/headers/C' }],
    })
    const sealed = await sealToVault(
      gateway,
      { storeId, ownerId: newId('whk'), purpose: 'webhook_headers' },
      { A: 'a3' },
    )
    await expect(
      dispatcher.request(vault.putWebhookHeaders, { storeId, endpointId, names: ['A'], sealed }),
    ).rejects.toMatchObject({ code: 'sealed_refused' })

    await dispatcher.request(vault.deleteWebhookHeaders, { storeId, endpointId })
    expect(await rowsOf(endpointId)).toEqual([])
    await expect(lent()).rejects.toMatchObject({ kind: 'not_found' })
  })

  test('deletion destroys the keys, and the next version has a new number', async () => {
    const connectorId = await running.install(storeId, byKey)
    await put(connectorId, { apiKey })

    const { credentialId } = await gateway.request(vault.deleteCredentials, { storeId, connectorId })

    expect(credentialId).toMatch(/^cred_/)
    expect(await rowsOf(connectorId)).toEqual([])
    await expect(lend(executor, connectorId, 'connector')).rejects.toMatchObject({ kind: 'not_found' })
    await expect(gateway.request(vault.deleteCredentials, { storeId, connectorId })).rejects.toMatchObject({
      kind: 'not_found',
    })
    expect(await put(connectorId, { apiKey })).toMatchObject({ version: 2 })
  })

  test('with a connector go its credentials', async () => {
    const connectorId = await running.install(storeId, byKey)
    await put(connectorId, { apiKey })
    await running.remove(storeId, connectorId)
    await eventually(async () => String(await rowsOf(connectorId)) === String([]))
    await expect(lend(executor, connectorId, 'connector')).rejects.toMatchObject({ kind: 'not_found' })
  })
})
