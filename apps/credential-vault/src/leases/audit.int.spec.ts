import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { StoreId } from '@cartly/contracts'
import { revealWebhookSecret } from '@cartly/vault-client'
import { DiscardPolicy, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { runningVault, type RunningVault } from '../testing/running-vault.ts'
import { secretDriver, type SecretDriver } from '../testing/secret-driver.ts'

describe('when the audit is full', () => {
  let running: RunningVault
  let driver: SecretDriver
  let provisioner: JetStreamManager
  beforeAll(async () => {
    running = await runningVault()
    driver = await secretDriver(running)
    provisioner = await jetstreamManager(await running.nats.connect('provisioner'), { checkAPI: false })
  })
  afterAll(async () => {
    await driver?.close()
    await running?.stop()
  })

  const recorded = async (): Promise<number> => (await provisioner.streams.info('AUDIT')).state.messages

  test('nothing is lent or shown, and again when there is room', async () => {
    const id = await driver.create()
    const [secret] = await driver.lent(id)
    const before = await recorded()
    const { config } = await provisioner.streams.info('AUDIT')
    const reveal = async () => {
      const asked = { storeId: 'store-1' as StoreId, endpointId: id, actor: 'user:merchant' }
      return (await revealWebhookSecret(await running.as('admin-gateway'), asked)).secret.reveal()
    }

    await provisioner.streams.update('AUDIT', { max_msgs: before, discard: DiscardPolicy.New })
    const refused = { kind: 'unavailable', code: 'audit_unavailable' }
    await expect(driver.lent(id)).rejects.toMatchObject(refused)
    await expect(reveal()).rejects.toMatchObject(refused)
    expect(await recorded()).toBe(before)

    await provisioner.streams.update('AUDIT', { max_msgs: -1, discard: config.discard })
    expect([...(await driver.lent(id)), await reveal()]).toEqual([secret, secret])
    expect(await recorded()).toBe(before + 2)
  })
})
