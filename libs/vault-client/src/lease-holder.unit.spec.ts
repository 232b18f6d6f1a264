import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { CartlyError, newId, vault, type LeaseContents, type LeaseRequest, type StoreId } from '@cartly/contracts'
import type { BusClient } from '@cartly/messaging'
import { createLeaseHolder, type LeaseHolder } from './lease-holder.ts'
import { seal } from './sealed.ts'

const storeId = 'store-1' as StoreId
const ask = (ownerId: string) => ({ storeId, ownerId, purpose: 'connector' as const, reason: 'a spec' })
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a holder of leases', () => {
  let requests: LeaseRequest[]
  let answer: (owner: string) => LeaseContents[number]
  let holder: LeaseHolder
  let failure: Error | undefined
  let version: number

  /** The vault's side of the operation. */
  const bus = {
    async request(_: unknown, request: LeaseRequest) {
      requests.push(request)
      if (failure) throw failure
      const contents = request.leases.map(({ ownerId }) => answer(ownerId))
      const binding = { audience: 'hook-executor', subject: request.nonce, expiresAt: Date.now() + 60_000 }
      return { sealed: await seal(JSON.stringify(contents), request.publicKey, binding) }
    },
  } as unknown as BusClient

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick', 'performance'] })
    requests = []
    failure = undefined
    version = 1
    answer = (owner) => ({
      leaseId: 'lease',
      credentialId: newId('cred'),
      version,
      values: { apiKey: `key of ${owner}` },
      older: [],
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
      validForMs: 60_000,
    })
    holder = createLeaseHolder({ bus, operation: vault.leaseToExecutor })
  })
  afterEach(() => {
    holder.close()
    jest.useRealTimers()
  })

  test('asks at one moment travel together, and one credential is asked for once', async () => {
    const leases = await Promise.all(
      ['conn_aaaaaaaa', 'conn_bbbbbbbb', 'conn_aaaaaaaa'].map((id) => holder.lease(ask(id))),
    )
    expect(requests.map(({ leases: asked }) => asked.map(({ ownerId }) => ownerId))).toEqual([
      ['conn_aaaaaaaa', 'conn_bbbbbbbb'],
    ])
    expect(leases[0]).toBe(leases[2])
    expect(leases[1]?.values['apiKey']?.reveal()).toBe('key of conn_bbbbbbbb')
  })

  test('a lease is kept until its last fifth, renewed in the background then, and gone at its end', async () => {
    const first = await holder.lease(ask('conn_aaaaaaaa'))
    jest.setSystemTime(Date.now() + 47_000)
    expect(await holder.lease(ask('conn_aaaaaaaa'))).toBe(first)
    expect(requests).toHaveLength(1)

    jest.setSystemTime(Date.now() + 2_000)
    version = 2
    expect(await holder.lease(ask('conn_aaaaaaaa'))).toBe(first)
    while ((await holder.lease(ask('conn_aaaaaaaa'))) === first) await settled()
    expect(requests).toHaveLength(2)

    jest.setSystemTime(Date.now() + 61_000)
    version = 3
    expect((await holder.lease(ask('conn_aaaaaaaa'))).version).toBe(3)
  })

  test('a vault that is away costs nothing while the lease lasts', async () => {
    const first = await holder.lease(ask('conn_aaaaaaaa'))
    failure = new CartlyError('unavailable', 'service_unavailable', 'away')
    jest.setSystemTime(Date.now() + 59_000)
    expect(await holder.lease(ask('conn_aaaaaaaa'))).toBe(first)
    await settled()
    jest.setSystemTime(Date.now() + 2_000)
    await expect(holder.lease(ask('conn_aaaaaaaa'))).rejects.toMatchObject({ kind: 'unavailable' })
  })

  test('one refusal does not touch the others', async () => {
    const lent = answer
    answer = (owner) =>
      owner === 'conn_bbbbbbbb' ? { error: new CartlyError('forbidden', 'not_entitled', 'no').toBus() } : lent(owner)
    const [one, other] = await Promise.allSettled([
      holder.lease(ask('conn_aaaaaaaa')),
      holder.lease(ask('conn_bbbbbbbb')),
    ])
    expect(one).toMatchObject({ status: 'fulfilled' })
    expect(other).toMatchObject({ status: 'rejected', reason: { code: 'not_entitled' } })
  })

  test('a reply too large for the bus is asked for in halves', async () => {
    let tooLarge = true
    const small = answer
    answer = (owner) => {
      if (tooLarge) {
        tooLarge = false
        throw new CartlyError('too_large', 'reply_too_large', 'too large')
      }
      return small(owner)
    }
    await Promise.all(['conn_aaaaaaaa', 'conn_bbbbbbbb', 'conn_cccccccc'].map((id) => holder.lease(ask(id))))
    expect(requests.map(({ leases }) => leases.length)).toEqual([3, 2, 1])
  })

  test('what was asked for before an invalidation is not kept', async () => {
    const asked = holder.lease(ask('conn_aaaaaaaa'))
    holder.invalidate('conn_aaaaaaaa')
    await asked
    version = 2
    expect((await holder.lease(ask('conn_aaaaaaaa'))).version).toBe(2)
  })
})
