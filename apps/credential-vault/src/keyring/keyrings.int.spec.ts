import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createEgress, type Egress } from '@cartly/egress'
import { testFolder } from '@cartly/testing'
import { AwsKmsKeyring } from './aws-kms-keyring.ts'
import { awsSignature } from './aws-signature.ts'
import { environmentKeyring } from './environment-keyring.ts'
import { FileKeyring } from './file-keyring.ts'
import { fakeKms, fakeTransit } from './testing/fake-key-services.ts'
import { keyringConformance } from './testing/keyring-conformance.ts'
import { TransitKeyring } from './transit-keyring.ts'

const egress: Egress = createEgress({ allowedNetworks: ['127.0.0.0/8'] })
afterAll(() => egress.close())

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const binding = Buffer.from('binding')

keyringConformance('environment', async () => ({
  keyring: environmentKeyring(`a:${Buffer.alloc(32, 1).toString('base64')}`, 'a'),
}))

keyringConformance('file', async () => ({
  keyring: await FileKeyring.create(join(testFolder('keyring'), 'keyring.json')),
}))

keyringConformance('transit', async () => {
  const service = await fakeTransit('token')
  const settings = { url: `${service.url}/v1/transit`, key: 'cartly', token: 'token' }
  return { keyring: await TransitKeyring.open(settings, egress.fetch), stop: service.stop }
})

keyringConformance('AWS KMS', async () => {
  const service = await fakeKms(['arn:1'], credentials)
  const settings = { region: 'eu-central-1', keys: ['arn:1'] as [string], credentials, endpoint: service.url }
  return { keyring: new AwsKmsKeyring(settings, egress.fetch), stop: service.stop }
})

describe('a key that is rotated at the key service', () => {
  let service: Awaited<ReturnType<typeof fakeTransit>>
  let keyring: TransitKeyring
  beforeAll(async () => {
    service = await fakeTransit('token')
    keyring = await TransitKeyring.open(
      { url: `${service.url}/v1/transit`, key: 'cartly', token: 'token' },
      egress.fetch,
    )
  })
  afterAll(() => service.stop())

  test('is another key here, and the old one unwraps until it is archived', async () => {
    const wrapped = await keyring.wrap('cartly:v1', Buffer.alloc(32, 7), binding)
    service.rotate()
    await keyring.refresh()
    expect(keyring.primary()).toBe('cartly:v2')
    expect(await keyring.unwrap('cartly:v1', wrapped, binding)).toEqual(Buffer.alloc(32, 7))
    await expect(keyring.unwrap('cartly:v2', wrapped, binding)).rejects.toMatchObject({ code: 'unwrap_refused' })
    service.archiveBefore(2)
    await expect(keyring.unwrap('cartly:v1', wrapped, binding)).rejects.toMatchObject({ code: 'key_destroyed' })
    await keyring.refresh()
    await expect(keyring.unwrap('cartly:v1', wrapped, binding)).rejects.toMatchObject({ code: 'key_destroyed' })
    expect(keyring.keys()).toEqual([
      { id: 'cartly:v1', state: 'destroyed' },
      { id: 'cartly:v2', state: 'primary' },
    ])
  })

  test('that cannot be reached is not taken for one that is gone', async () => {
    await service.stop()
    await expect(keyring.wrap('cartly:v2', Buffer.alloc(32), binding)).rejects.toMatchObject({
      code: 'key_service_unavailable',
    })
    service = await fakeTransit('token')
  })
})

describe('a file that others may read', () => {
  test('is refused', async () => {
    const path = join(testFolder('keyring'), 'keyring.json')
    await FileKeyring.create(path)
    await chmod(path, 0o640)
    await expect(FileKeyring.open(path)).rejects.toThrow(/chmod 600/)
  })

  test('of two that create it at once, both have the same', async () => {
    const path = join(testFolder('keyring'), 'keyring.json')
    const [one, other] = await Promise.all([FileKeyring.create(path), FileKeyring.create(path)])
    expect(one.primary()).toBe(other.primary())
  })
})

// Those of AWS' Signature Version 4 test suite that are POSTs without a query, which is all that KMS takes.
const post = { url: new URL('https://example.amazonaws.com/'), headers: {}, body: '' }
const form = 'application/x-www-form-urlencoded'
const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7' +
  'mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d' +
  '+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='
test.each([
  ['post-vanilla', post, {}, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'post-header-key-sort',
    { ...post, headers: { 'my-header1': 'value1' } },
    {},
    'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  ],
  [
    'post-header-value-case',
    { ...post, headers: { 'my-header1': 'VALUE1' } },
    {},
    'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
  ],
  [
    'post-x-www-form-urlencoded',
    { ...post, headers: { 'content-type': form }, body: 'Param1=value1' },
    {},
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
  [
    'post-x-www-form-urlencoded-parameters',
    { ...post, headers: { 'content-type': `${form}; charset=utf8` }, body: 'Param1=value1' },
    {},
    '1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe',
  ],
  [
    'post-sts-header-before',
    post,
    { sessionToken },
    '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  ],
])('a signature is that of AWS’ own vector %s', (_, request, more, signature) => {
  const scope = { region: 'us-east-1', service: 'service', at: new Date('2015-08-30T12:36:00Z') }
  const { authorization } = awsSignature(request, { ...credentials, ...more }, scope)
  expect(authorization?.split('Signature=')[1]).toBe(signature)
})
