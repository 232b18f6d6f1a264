import { conflict, vault, type KeyringDescription } from '@cartly/contracts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts'

let gateway: GatewayUnderTest
beforeAll(async () => {
  gateway = await startGateway()
})
afterEach(() => gateway.services.reset())
afterAll(() => gateway.stop())

const keyring: KeyringDescription = {
  keys: [{ id: 'key_1', state: 'primary', inUse: 3 }],
  rewrap: { running: false, remaining: 0 },
}

const claims = { stores: '*', scope: 'admin' }

describe('the keyring', () => {
  test('is rotated step by step', async () => {
    gateway.services.on(vault.describeKeyring, () => keyring)
    gateway.services.on(vault.addKey, () => ({ keyId: 'key_2' }))
    gateway.services.on(vault.promoteKey, () => keyring)
    gateway.services.on(vault.rewrap, () => keyring)
    gateway.services.on(vault.destroyKey, () => keyring)

    expect(await gateway.send('GET', '/v1/keyring', { claims })).toMatchObject({ status: 200, json: keyring })
    expect(await gateway.send('POST', '/v1/keyring/keys', { claims })).toMatchObject({
      status: 201,
      json: { keyId: 'key_2' },
    })
    expect(await gateway.send('POST', '/v1/keyring/keys/key_2/promote', { claims })).toMatchObject({ status: 200 })
    expect(await gateway.send('POST', '/v1/keyring/rewrap', { claims })).toMatchObject({ status: 200, json: keyring })
    expect(await gateway.send('DELETE', '/v1/keyring/keys/key_1', { claims })).toMatchObject({ status: 200 })
    expect(gateway.services.of(vault.promoteKey)).toEqual([{ keyId: 'key_2' }])
    expect(gateway.services.of(vault.destroyKey)).toEqual([{ keyId: 'key_1' }])
  })

  test('keeps a key that still wraps something', async () => {
    gateway.services.on(vault.destroyKey, () => {
      throw conflict('key_in_use', 'It wraps 3 data keys')
    })
    const refused = await gateway.send('DELETE', '/v1/keyring/keys/key_1', { claims })
    expect(refused).toMatchObject({ status: 409, json: { code: 'key_in_use' } })
  })

  test.each([
    ['another scope', { stores: '*', scope: 'credentials:write' }, 'insufficient_scope'],
    ['some stores only', { scope: 'admin', stores: ['s1'] }, 'every_store_needed'],
  ])('is not for a token of %s', async (_, lesser, code) => {
    expect(await gateway.send('GET', '/v1/keyring', { claims: lesser })).toMatchObject({ status: 403, json: { code } })
    expect(gateway.services.of(vault.describeKeyring)).toEqual([])
  })
})
