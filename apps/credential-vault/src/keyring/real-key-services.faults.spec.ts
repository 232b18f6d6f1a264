import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createEgress, type Egress } from '@cartly/egress'
import { AwsKmsKeyring } from './aws-kms-keyring.ts'
import { installKeyServices, motoKms, openBao } from './testing/real-key-services.ts'
import { keyringConformance } from './testing/keyring-conformance.ts'
import { TransitKeyring } from './transit-keyring.ts'

// Servers that others have written, installed by pip; the fakes of `keyrings.int.spec.ts` are held to them.
const egress: Egress = createEgress({ allowedNetworks: ['127.0.0.0/8'] })
beforeAll(installKeyServices, 180_000)
afterAll(() => egress.close())

keyringConformance('OpenBao', async () => {
  const service = await openBao('token')
  const settings = { url: `${service.url}/v1/transit`, key: 'cartly', token: 'token' }
  return { keyring: await TransitKeyring.open(settings, egress.fetch), stop: service.stop }
})
describe('a key of OpenBao', () => {
  let service: Awaited<ReturnType<typeof openBao>>
  const open = (change: { key?: string; token?: string } = {}) =>
    TransitKeyring.open({ url: `${service.url}/v1/transit`, key: 'cartly', token: 'token', ...change }, egress.fetch)
  beforeAll(async () => {
    service = await openBao('token')
  })
  afterAll(() => service?.stop())

  test('is rotated, and archived', async () => {
    const keyring = await open()
    const binding = Buffer.from('binding')
    const wrapped = await keyring.wrap('cartly:v1', Buffer.alloc(32, 7), binding)
    await service.rotate()
    await keyring.refresh()
    expect(keyring.primary()).toBe('cartly:v2')
    expect(await keyring.unwrap('cartly:v1', wrapped, binding)).toEqual(Buffer.alloc(32, 7))
    await service.archiveBefore(2)
    await expect(keyring.unwrap('cartly:v1', wrapped, binding)).rejects.toMatchObject({ code: 'key_destroyed' })
    await keyring.refresh()
    await expect(keyring.unwrap('cartly:v1', wrapped, binding)).rejects.toMatchObject({ code: 'key_destroyed' })
  })

  test('that is not there, or not ours to use, is said', async () => {
    await expect(open({ key: 'none' })).rejects.toMatchObject({ code: 'key_unknown' })
    await expect(open({ token: 'wrong' })).rejects.toMatchObject({ code: 'key_service_unavailable' })
  })
})

keyringConformance('Moto', async () => {
  const service = await motoKms()
  const settings = {
    region: 'eu-central-1',
    keys: [service.key] as [string],
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    endpoint: service.url,
  }
  return { keyring: new AwsKmsKeyring(settings, egress.fetch), stop: service.stop }
})
