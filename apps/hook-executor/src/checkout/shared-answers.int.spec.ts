import type { InvokeResult, StoreId } from '@cartly/contracts'
import { eventually } from '@cartly/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { definitionOf } from '../testing/definitions.ts'
import { startFakeService, type FakeService } from '../testing/fake-service.ts'
import { withoutExecutor, type RunningExecutor } from '../testing/running-executor.ts'

let engine: RunningExecutor
let service: FakeService
let storeId: StoreId
let replicas: { close(): Promise<void> }[]

beforeAll(async () => {
  ;[engine, service] = await Promise.all([withoutExecutor(), startFakeService()])
})
afterAll(async () => {
  await service.stop()
  await engine.stop()
})
beforeEach(async () => {
  storeId = `store-${randomUUID()}` as StoreId
  service.requests.length = 0
  service.answer = ({ body }) => ({ body: { answer: `to ${(body as { question: string }).question}` } })
  replicas = [await engine.startReplica()]
})
afterEach(() => Promise.all(replicas.map((replica) => replica.close())))

const install = (cache: object, of = storeId) =>
  engine.install({ storeId: of, baseUrl: service.url, definition: definitionOf({ hook: { cache } }) })

async function ask(question: string, of = storeId): Promise<InvokeResult> {
  const { results } = await engine.invoke(of, 'ask', { input: { question }, deadlineMs: 2_000 })
  return results[0]!
}

/** All that are there end, and another begins. */
async function replace(): Promise<void> {
  await Promise.all(replicas.splice(0).map((replica) => replica.close()))
  replicas.push(await engine.startReplica())
}

describe('what one replica was answered', () => {
  it('is known to the others', async () => {
    await install({ freshSeconds: 900 })
    replicas.push(await engine.startReplica())

    const sources: string[] = []
    for (let i = 0; i < 20; i++) sources.push((await ask('same')).source)

    expect(sources).toEqual(['live', ...Array.from({ length: 19 }, () => 'cache')])
    expect(service.requests).toHaveLength(1)
  })

  it('is known to those that come after it', async () => {
    await install({ freshSeconds: 900, negativeSeconds: 900 })
    await ask('known')
    service.answer = () => ({ status: 422, body: {} })
    await ask('refused')

    await replace()

    expect(await ask('known')).toMatchObject({ source: 'cache', output: { answer: 'to known' } })
    expect(await ask('refused')).toMatchObject({ source: 'cache', status: 'failed', error: { class: 'permanent' } })
    expect(service.requests).toHaveLength(2)
  })

  it('stands in for a service that has failed since', async () => {
    await install({ freshSeconds: 1, staleSeconds: 600 })
    await ask('a')
    service.answer = () => ({ status: 503, body: {} })
    await replace()

    const stale = await eventually(async () => {
      const result = await ask('a')
      return result.source !== 'cache' && result
    })

    expect(stale).toMatchObject({ status: 'succeeded', source: 'stale', output: { answer: 'to a' } })
  })

  it("is no other connector's answer", async () => {
    const other = `store-${randomUUID()}` as StoreId
    await Promise.all([install({ freshSeconds: 900 }), install({ freshSeconds: 900 }, other)])

    expect([await ask('same'), await ask('same', other)].map(({ source }) => source)).toEqual(['live', 'live'])
  })
})
