import { eventually, testNats, type TestNats } from '@cartly/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import type { Bus } from './bus.ts'
import { createLiveView, type LiveView } from './live-view.ts'
import { factsOf } from './source.ts'
import { busOf } from './testing/rig.spec.ts'

describe('a live view', () => {
  let nats: TestNats
  let publisher: Bus
  let reader: Bus
  let subject: string
  let views: LiveView<number[]>[]

  beforeAll(async () => {
    nats = await testNats()
    const options = { maxReconnectAttempts: -1, reconnectTimeWait: 20 }
    publisher = await busOf(await nats.connect('hook-executor', options))
    reader = await busOf(await nats.connect('connector-registry', options))
  })
  afterAll(() => nats.stop())
  beforeEach(() => {
    subject = `act.hook.s.${randomUUID()}`
    views = []
  })
  afterEach(() => Promise.all(views.map((view) => view.stop())))

  const open = (bus = reader): LiveView<number[]> => {
    const view = createLiveView<number[], { fact: { n: number } }>({
      bus,
      source: factsOf('ACTIVITY', [subject], Type.Object({ n: Type.Integer() })),
      initial: () => [],
      apply: (numbers, { fact }) => [...numbers, fact.n],
    })
    views.push(view)
    view.start()
    return view
  }
  const publish = async (...numbers: unknown[]): Promise<number> => {
    let last = 0
    for (const n of numbers) {
      last = (await publisher.js.publish(subject, JSON.stringify({ n }), { msgID: `${subject} ${String(n)}` })).seq
    }
    return last
  }

  it('is ready at once when there is nothing', async () => {
    const view = open()
    await view.ready()
    expect(view.current).toEqual([])
    expect(await view.catchUp(1_000)).toBe(true)
  })

  it('holds what was, once it is ready, and then what comes', async () => {
    await publish(1, 2, 3)
    const view = open()
    await view.ready()
    expect(view.current).toEqual([1, 2, 3])

    const last = await publish(4)

    expect(await view.passed(last, 5_000)).toBe(true)
    expect(view.current).toEqual([1, 2, 3, 4])
    expect(view.sequence).toBe(last)
  })

  it('holds all that is stored, once it has caught up', async () => {
    const view = open()
    await view.ready()
    for (let n = 0; n < 50; n++) {
      await publish(n)
      expect(await view.catchUp(5_000)).toBe(true)
      expect(view.current).toHaveLength(n + 1)
    }
  })

  it('says when it does not get there', async () => {
    const view = open()
    await view.ready()
    expect(await view.passed(1_000_000, 20)).toBe(false)
  })

  it('misses and repeats nothing when the bus crashes', async () => {
    const view = open()
    await publish(1, 2)
    await view.catchUp(5_000)

    await nats.server.kill()
    await nats.restart()
    await eventually(() => publish(3))
    const last = await publish(4)

    expect(await view.passed(last, 10_000)).toBe(true)
    expect(view.current).toEqual([1, 2, 3, 4])
    expect(view.failure).toBeUndefined()
  })

  it('waits at what it cannot read, and says so', async () => {
    const last = await publish(1, 'x', 2)
    const view = open()

    await eventually(() => view.failure?.name === 'UndecodableMessage')
    expect(view.failure?.message).toContain(`ACTIVITY ${last - 1}`)
    expect(view.current).toEqual([1])
  })

  it('ends with its connection', async () => {
    const own = await busOf(await nats.connect('connector-registry'))
    const view = open(own)
    await view.ready()

    await own.nc.close()

    await view.stop()
  })
})
