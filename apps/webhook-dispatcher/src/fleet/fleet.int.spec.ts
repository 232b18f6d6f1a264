import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { connectNats } from '@cartly/messaging'
import { eventually, testNats, type TestNats } from '@cartly/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { Fleet, SUBJECTS, type Slots } from './fleet.ts'

let nats: TestNats
beforeAll(async () => {
  nats = await testNats()
})
afterAll(() => nats?.stop())

const LIMITS: Slots = { perEndpoint: 5, perStore: 9 }
/** Longer than a lease. */
const TAKEN_OVER_WITHIN_MS = 10_000

interface Member {
  readonly fleet: Fleet
  readonly nc: NatsConnection
  /** What it was told, in order: `lost`, a message's text, or slots an endpoint. */
  readonly told: unknown[]
  /** Whether what it has in flight keeps to its share. */
  within: boolean
  slots: Slots
}

const members: Member[] = []
afterEach(async () => {
  for (const { fleet, nc } of members.splice(0)) {
    if (nc.isClosed()) continue
    await fleet.leave()
    await nc.close()
  }
})

async function join(limits = LIMITS): Promise<Member> {
  const { user, pass } = nats.credentials['webhook-dispatcher']
  const nc = await connectNats({ servers: nats.url, user, password: pass })
  const js = jetstream(nc)
  const told: unknown[] = []
  const fleet = new Fleet({
    bus: { nc, js, jsm: await jetstreamManager(nc, { checkAPI: false }) },
    limits,
    withinSlots: () => member.within,
    onSlots: (slots) => {
      member.slots = slots
      told.push(slots.perEndpoint)
    },
    onLeaseLost: () => void told.push('lost'),
    onMessage: (message) => void told.push(message.string()),
    onTrouble: () => undefined,
  })
  const member: Member = { fleet, nc, told, within: true, slots: { perEndpoint: 0, perStore: 0 } }
  members.push(member)
  fleet.start()
  return member
}

describe('dispatchers', () => {
  it('share the limits between them, and those of one that leaves are the others at once', async () => {
    const first = await join()
    await eventually(() => first.slots.perEndpoint === 5 && first.fleet.maySend())
    const second = await join()
    await eventually(() => second.fleet.maySend())
    expect([first.slots, second.slots]).toEqual([
      { perEndpoint: 3, perStore: 5 },
      { perEndpoint: 2, perStore: 4 },
    ])
    const third = await join()
    await eventually(() => third.fleet.maySend())
    expect([first, second, third].map(({ slots }) => slots.perEndpoint)).toEqual([2, 2, 1])
    await first.fleet.leave()
    await eventually(() => second.slots.perEndpoint === 3 && third.slots.perEndpoint === 2, { withinMs: 2_000 })
  })

  it('let another in when what they have in flight has room for it', async () => {
    const first = await join()
    await eventually(() => first.fleet.maySend())
    first.within = false
    const second = await join()
    await eventually(() => first.slots.perEndpoint === 3)
    const sending = second.fleet.sending().then(() => first.within)
    expect(second.fleet.maySend()).toBe(false)
    first.within = true
    expect(await sending).toBe(true)
    expect(second.slots.perEndpoint).toBe(2)
  })

  it('stand by where there are more of them than slots', async () => {
    const limits = { perEndpoint: 1, perStore: 9 }
    const first = await join(limits)
    await eventually(() => first.fleet.maySend())
    const second = await join(limits)
    // A third hears of the second no later than the first does.
    await join(limits)
    await eventually(() => first.slots.perStore === 3)
    expect([first.fleet.maySend(), second.fleet.maySend()]).toEqual([true, false])
    await first.fleet.leave()
    await eventually(() => second.fleet.maySend())
  })

  it('may leave before they were let in, and are not waited for', async () => {
    const first = await join()
    await first.fleet.leave()
    const second = await join()
    await eventually(() => second.slots.perEndpoint === 5, { withinMs: 2_000 })
  })

  it('take over the share of one that was cut off, when it has stopped by itself', async () => {
    const first = await join()
    await eventually(() => first.fleet.maySend())
    const second = await join()
    await eventually(() => second.fleet.maySend())
    await first.nc.close()
    const overlapped = await eventually(() => second.slots.perEndpoint === 5 && [first.fleet.maySend()], {
      withinMs: TAKEN_OVER_WITHIN_MS,
      everyMs: 5,
    })
    expect(overlapped).toEqual([false])
    expect(first.told.at(-1)).toBe('lost')
  }, 15_000)

  it('stop all while NATS is away for longer than a lease, and come again', async () => {
    const [first, second] = [await join(), await join()]
    await eventually(() => first.fleet.maySend() && second.fleet.maySend())
    await nats.server.kill()
    await eventually(() => [first, second].every(({ told }) => told.includes('lost')), {
      withinMs: TAKEN_OVER_WITHIN_MS,
    })
    expect([first.fleet.maySend(), second.fleet.maySend()]).toEqual([false, false])
    await nats.restart()
    await eventually(() => first.fleet.maySend() && second.fleet.maySend(), { withinMs: TAKEN_OVER_WITHIN_MS })
    expect(first.slots.perEndpoint + second.slots.perEndpoint).toBe(5)
  }, 30_000)

  it('have heard what was told before they came, before they may send', async () => {
    const first = await join()
    await eventually(() => first.fleet.maySend())
    await jetstream(first.nc).publish(`${SUBJECTS}.pause.whk_1.p1`, 'told', { ttl: '60s' })
    await eventually(() => first.told.includes('told'))
    const second = await join()
    await second.fleet.sending()
    expect(second.told).toEqual(['told', 2])
  })
})
