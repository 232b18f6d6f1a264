import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { webhooks, type EndpointId, type Recovery, type StoreId } from '@cartly/contracts'
import { BusClient } from '@cartly/messaging'
import { eventually } from '@cartly/testing'
import { runningDispatcher, type RunningDispatcher } from '../testing/running-dispatcher.ts'

let running: RunningDispatcher
beforeAll(async () => {
  running = await runningDispatcher()
})
afterAll(async () => {
  if (process.env['SHOW']) console.log(running?.service.lines.join(''))
  await running?.stop()
})

const HOUR_MS = 3_600_000
let stores = 0
const newStore = (): StoreId => `store_${++stores}` as StoreId

/** An endpoint that was disabled while its store published. */
async function missed(
  path: string,
  count: number,
): Promise<{ storeId: StoreId; endpointId: EndpointId; since: string }> {
  const storeId = newStore()
  const since = new Date(Date.now() - HOUR_MS).toISOString()
  const { id: endpointId } = await running.createEndpoint(storeId, path)
  await running.publish(storeId, 'order.created')
  await eventually(() => at(path).length === 1)
  await running.ask(webhooks.disable, { storeId, endpointId })
  for (let index = 0; index < count; index++) await running.publish(storeId, 'order.created')
  await running.publish(storeId, 'product.created')
  await running.ask(webhooks.enable, { storeId, endpointId })
  return { storeId, endpointId, since }
}

const at = (path: string) => running.receiver.journal.filter((each) => each.path === path)

const ended = (storeId: StoreId, endpointId: EndpointId, { id: recoveryId }: Recovery): Promise<Recovery> =>
  eventually(async () => {
    const recovery = await running.ask(webhooks.getRecovery, { storeId, endpointId, recoveryId })
    return recovery.status !== 'running' && recovery
  })

describe('a recovery', () => {
  it('sends what came while the endpoint was disabled, once, after a dry run has counted it', async () => {
    const { storeId, endpointId, since } = await missed('/missed', 1_200)
    const dryRun = await running.ask(webhooks.recover, { storeId, endpointId, since, dryRun: true })
    expect(dryRun).toMatchObject({ status: 'dry_run', total: 1_200, recovered: 0 })
    expect(at('/missed')).toHaveLength(1)

    const begun = await running.ask(webhooks.recover, { storeId, endpointId, since })
    expect(begun.status).toBe('running')
    expect(await ended(storeId, endpointId, begun)).toMatchObject({ status: 'done', total: 1_200, recovered: 1_200 })
    await eventually(() => at('/missed').length >= 1_201)
    expect(new Set(at('/missed').map(({ headers }) => headers['webhook-id'])).size).toBe(1_201)
    expect(at('/missed')).toHaveLength(1_201)

    // A second one finds nothing more to do, once the first is recorded.
    const nothing = await eventually(async () => {
      const counted = await running.ask(webhooks.recover, { storeId, endpointId, since, dryRun: true })
      return counted.total === 0 && counted
    })
    expect(nothing.total).toBe(0)
  })

  it('that is only counted goes on counting when its caller waits no longer', async () => {
    const { storeId, endpointId, since } = await missed('/counted', 1_200)
    const gateway = new BusClient(await running.nats.connect('admin-gateway'), 'admin-gateway')
    const begun = await gateway.request(
      webhooks.recover,
      { storeId, endpointId, since, dryRun: true },
      { actor: 'user:ada', deadlineAt: Date.now() + 1_000 },
    )
    expect(begun.status).toBe('running')
    expect(await ended(storeId, endpointId, begun)).toMatchObject({ status: 'dry_run', total: 1_200, recovered: 0 })
    expect(at('/counted')).toHaveLength(1)
  })

  it('is paused, resumed and cancelled', async () => {
    const { storeId, endpointId, since } = await missed('/paused', 30)
    const { id: recoveryId } = await running.ask(webhooks.recover, { storeId, endpointId, since })
    const place = { storeId, endpointId, recoveryId }
    const paused = await running.ask(webhooks.controlRecovery, { ...place, action: 'pause' })
    expect(['paused', 'done']).toContain(paused.status)
    await running.ask(webhooks.controlRecovery, { ...place, action: 'resume' })
    await eventually(async () => (await running.ask(webhooks.getRecovery, place)).status === 'done')
    await eventually(() => at('/paused').length === 31)
    const after = await running.ask(webhooks.controlRecovery, { ...place, action: 'cancel' })
    expect(after.status).toBe('done')
  })

  it('sends again what had failed for good', async () => {
    const storeId = newStore()
    let broken = true
    running.receiver.answer('/was-broken', (_, response) => response.writeHead(broken ? 500 : 200).end())
    const { id: endpointId } = await running.createEndpoint(storeId, '/was-broken', { retrySchedule: [] })
    await running.publish(storeId, 'order.created')
    await eventually(async () => {
      const { data } = await running.ask(webhooks.listDeliveries, { storeId, status: 'failed', limit: 10 })
      return data.length === 1
    })
    broken = false
    await running.ask(webhooks.disable, { storeId, endpointId })
    await running.ask(webhooks.enable, { storeId, endpointId })
    const since = new Date(Date.now() - HOUR_MS).toISOString()
    await running.ask(webhooks.recover, { storeId, endpointId, since })
    const recovered = await eventually(async () => {
      const { data } = await running.ask(webhooks.listDeliveries, { storeId, status: 'succeeded', limit: 10 })
      return data[0]
    })
    expect(recovered.attempts).toBe(2)
  })
})
