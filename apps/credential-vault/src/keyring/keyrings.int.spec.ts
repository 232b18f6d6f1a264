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
    await keyring.refresh()
    await expect(keyring.unwrap('cartly:v1', wrapped, binding)).rejects.toMatchObject({ code: 'key_destroyed' })
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

test('a signature is the one of the AWS documentation', () => {
  const { authorization } = awsSignature(
    {
      method: 'GET',
      url: new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08'),
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: '',
    },
    credentials,
    { region: 'us-east-1', service: 'iam', at: new Date('2015-08-30T12:36:00Z') },
  )
  expect(authorization).toContain('Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7')
})
