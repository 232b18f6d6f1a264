import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { storeEventType, webhooks, type Recovery, type StoreId } from '@cartly/contracts'
import { eventually } from '@cartly/testing'
import { runningDispatcher, type RunningDispatcher } from '../testing/running-dispatcher.ts'

/** `MESSAGES=10000` for a short run. */
const MESSAGES = Number(process.env['MESSAGES'] ?? 100_000)
const AT_ONCE = 1_000
const PATH = '/many'
const storeId = 'store_many' as StoreId

let running: RunningDispatcher
beforeAll(async () => {
  running = await runningDispatcher({ concurrency: { perProcess: 512, perStore: 512 } })
  await running.startReplica()
}, 60_000)
afterAll(async () => {
  if (process.env['SHOW']) console.log(running?.service.lines.join(''))
  await running?.stop()
})

async function publishAll(): Promise<void> {
  const example = storeEventType('order.created')?.example
  for (let from = 0; from < MESSAGES; from += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) => {
        const id = `evt_${from + index}`
        const event = JSON.stringify({ ...example, id })
        return running.platform.publish(`store.${storeId}.order.created`, event, { msgID: id })
      }),
    )
  }
}

describe('a recovery of very many messages', () => {
  it('is counted, shows how far it is, rests while it is paused, and sends each message once', async () => {
    const times = new Map<string, number>()
    const open = new Set<string>()
    let overlaps = 0
    running.receiver.answer(PATH, ({ headers }, response) => {
      const id = String(headers['webhook-id'])
      if (open.has(id)) overlaps++
      open.add(id)
      times.set(id, (times.get(id) ?? 0) + 1)
      setImmediate(() => {
        open.delete(id)
        response.writeHead(200).end()
      })
    })
    const since = new Date(Date.now() - 3_600_000).toISOString()
    const { id: endpointId } = await running.createEndpoint(storeId, PATH)
    const place = { storeId, endpointId }
    await running.ask(webhooks.disable, place)
    await publishAll()
    await running.ask(webhooks.enable, place)

    // Counting so many takes longer than a caller waits; then the answer is a job that counts on.
    const { id: dryRunId, ...begun } = await running.ask(webhooks.recover, { ...place, since, dryRun: true })
    const counted = await eventually(
      async () => {
        if (begun.status === 'dry_run') return begun
        const now = await running.ask(webhooks.getRecovery, { ...place, recoveryId: dryRunId })
        return now.status === 'dry_run' && now
      },
      { withinMs: 60_000 },
    )
    expect(counted).toMatchObject({ status: 'dry_run', total: MESSAGES, recovered: 0 })
    expect(times.size).toBe(0)

    const { id: recoveryId } = await running.ask(webhooks.recover, { ...place, since })
    const seen: Recovery[] = []
    const progress = async (): Promise<Recovery> => {
      const now = await running.ask(webhooks.getRecovery, { ...place, recoveryId })
      seen.push(now)
      return now
    }
    await eventually(async () => (await progress()).recovered > 0, { withinMs: 60_000 })
    await running.ask(webhooks.controlRecovery, { ...place, recoveryId, action: 'pause' })
    // What is in the backlog goes out; nothing more is put there.
    const atPause = (await progress()).recovered
    expect(atPause).toBeLessThan(MESSAGES)
    await eventually(() => times.size === atPause, { withinMs: 60_000 })
    expect(await progress()).toMatchObject({ status: 'paused', recovered: atPause })

    await running.ask(webhooks.controlRecovery, { ...place, recoveryId, action: 'resume' })
    await eventually(async () => (await progress()).status === 'done', { withinMs: 120_000, everyMs: 200 })
    expect(seen.at(-1)).toMatchObject({ total: MESSAGES, recovered: MESSAGES })
    const recovered = seen.map((each) => each.recovered)
    expect(recovered).toEqual(recovered.toSorted((a, b) => a - b))
    expect(new Set(recovered).size).toBeGreaterThan(4)

    await eventually(() => times.size === MESSAGES, { withinMs: 180_000, everyMs: 200 })
    expect([...times.values()].every((count) => count === 1)).toBe(true)
    expect(overlaps).toBe(0)
  }, 420_000)

  it('is cancelled on the way, and puts nothing more into the backlog', async () => {
    const since = new Date(Date.now() - 3_600_000).toISOString()
    const { id: endpointId } = await running.createEndpoint(storeId, '/cancelled', { rateLimitPerSecond: 1 })
    const place = { storeId, endpointId }
    // Events from before it was created are recovered too.
    const { id: recoveryId } = await running.ask(webhooks.recover, { ...place, since })
    const progress = () => running.ask(webhooks.getRecovery, { ...place, recoveryId })
    await eventually(async () => (await progress()).recovered > 0, { withinMs: 60_000 })
    const { recovered } = await running.ask(webhooks.controlRecovery, { ...place, recoveryId, action: 'cancel' })
    expect(recovered).toBeLessThan(MESSAGES)
    const stats = await running.ask(webhooks.stats, { ...place, window: '1h' })
    expect(stats.backlog.size).toBeLessThanOrEqual(recovered)
    expect(await progress()).toMatchObject({ status: 'cancelled', recovered })
  }, 120_000)
})
