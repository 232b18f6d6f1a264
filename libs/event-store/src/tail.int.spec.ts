import { eventually, testNats, type TestNats } from '@cartly/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import type { Bus } from './bus.ts'
import { factsOf } from './source.ts'
import { tail } from './tail.ts'
import { busOf } from './testing/rig.spec.ts'

describe('the tail of a stream', () => {
  let nats: TestNats
  let publisher: Bus
  let reader: Bus
  let subject: string
  let stopping: AbortController
  let told: number[]
  let troubles: unknown[]

  beforeAll(async () => {
    nats = await testNats()
    const options = { maxReconnectAttempts: -1, reconnectTimeWait: 20 }
    publisher = await busOf(await nats.connect('hook-executor', options))
    reader = await busOf(await nats.connect('connector-registry', options))
  })
  afterAll(() => nats.stop())
  beforeEach(() => {
    subject = `act.hook.s.${randomUUID()}`
    stopping = new AbortController()
    told = []
    troubles = []
  })
  afterEach(() => stopping.abort())

  const open = (): Promise<void> =>
    tail({
      bus: reader,
      source: factsOf('ACTIVITY', [subject], Type.Object({ n: Type.Integer() })),
      onRecord: ({ fact }) => void told.push(fact.n),
      signal: stopping.signal,
      onTrouble: (error) => void troubles.push(error),
    })
  const publish = async (...numbers: unknown[]): Promise<void> => {
    for (const n of numbers) {
      await publisher.js.publish(subject, JSON.stringify({ n }), { msgID: `${subject} ${String(n)}` })
    }
  }

  it('tells what is stored once it is open, and nothing of before', async () => {
    await publish(1, 2)
    await open()
    await publish(3, 4)
    await eventually(() => told.length === 2)
    expect(told).toEqual([3, 4])
  })

  it('tells the first of a subject that had nothing', async () => {
    await open()
    await publish(1)
    await eventually(() => told.length === 1)
  })

  it('misses and repeats nothing when the bus crashes', async () => {
    await open()
    await publish(1)
    await eventually(() => told.length === 1)

    await nats.server.kill()
    await nats.restart()
    await eventually(async () => {
      await publish(2)
      return true
    })
    await publish(3)

    await eventually(() => told.length === 3)
    expect(told).toEqual([1, 2, 3])
  })

  it('passes over what it cannot read, and says so', async () => {
    await open()
    await publish(1, 'x', 2)
    await eventually(() => told.length === 2)
    expect(told).toEqual([1, 2])
    expect(troubles).toMatchObject([{ name: 'UndecodableMessage' }])
  })

  it('ends with its signal', async () => {
    await open()
    stopping.abort()
    await publish(1)
    const again = new AbortController()
    stopping = again
    await open()
    await publish(2)
    await eventually(() => told.length > 0)
    expect(told).toEqual([2])
  })
})
