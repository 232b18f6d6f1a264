import { afterEach, describe, expect, it } from '@jest/globals'
import { newId, Secret, type EndpointId, type StoreId } from '@cartly/contracts'
import type { Lease, LeaseAsk, LeaseHolder } from '@cartly/vault-client'
import type { IndexedEndpoint } from '../matching/endpoint-index.ts'
import { EndpointSecrets } from './endpoint-secrets.ts'

const id: EndpointId = newId('whk')
const endpointWith = (names: readonly string[]): IndexedEndpoint => ({
  id,
  storeId: 'store_1' as StoreId,
  config: {
    url: 'https://example.com',
    ...(names.length > 0 ? { headers: Object.fromEntries(names.map((name) => [name, '[redacted]' as const])) } : {}),
  },
  subscription: 0 as IndexedEndpoint['subscription'],
  filter: undefined,
  enabled: true,
  createdAt: 0,
  enabledAt: 0,
  orderedAt: undefined,
})

/** A vault that answers when it is told to. */
function vaultOf(values: Record<string, string>) {
  const asked: string[] = []
  let answering = Promise.resolve()
  const leases: LeaseHolder = {
    async lease({ purpose }: LeaseAsk): Promise<Lease> {
      asked.push(purpose)
      const given = purpose === 'webhook_headers' ? { ...values } : { secret: `whsec_${'A'.repeat(43)}=` }
      await answering
      return {
        credentialId: newId('cred'),
        version: 1,
        values: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, new Secret(value)])),
        older: [],
        expiresAt: Date.now() + 60_000,
      }
    },
    invalidate: () => undefined,
    close: () => undefined,
  }
  const hold = (): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    answering = promise
    return resolve
  }
  return { asked, leases, hold }
}

describe("an endpoint's secrets", () => {
  let secrets: EndpointSecrets | undefined
  afterEach(() => secrets?.close())

  it('are its keys alone where it has no headers, and both in one go where it has', async () => {
    const { asked, leases } = vaultOf({ 'X-Key': 'value' })
    secrets = new EndpointSecrets(leases)
    expect((await secrets.load(endpointWith([]))).headers).toEqual({})
    expect(asked).toEqual(['webhook_secret'])

    secrets.invalidate(id)
    const { keys, headers } = await secrets.load(endpointWith(['X-Key']))
    expect([keys.length, headers['X-Key']?.reveal()]).toEqual([1, 'value'])
    expect(asked).toEqual(['webhook_secret', 'webhook_secret', 'webhook_headers'])
  })

  it('are not kept when they change while they are on their way', async () => {
    const values = { 'X-Key': 'old' }
    const { leases, hold } = vaultOf(values)
    secrets = new EndpointSecrets(leases)
    const release = hold()
    const before = secrets.load(endpointWith(['X-Key']))
    values['X-Key'] = 'new'
    secrets.invalidate(id)
    release()
    expect((await before).headers['X-Key']?.reveal()).toBe('old')

    expect(secrets.get(endpointWith(['X-Key']))).toBeUndefined()
    expect((await secrets.load(endpointWith(['X-Key']))).headers['X-Key']?.reveal()).toBe('new')
  })

  it('can be taken out of what a receiver answers, the signing secret with its prefix and without', async () => {
    const { leases } = vaultOf({ 'X-Key': 'a long value' })
    secrets = new EndpointSecrets(leases)
    const { redactor } = await secrets.load(endpointWith(['X-Key']))
    const key = `${'A'.repeat(43)}=`
    expect(redactor.text(`whsec_${key} ${key} a long value`)).toBe('[redacted] [redacted] [redacted]')
  })
})
