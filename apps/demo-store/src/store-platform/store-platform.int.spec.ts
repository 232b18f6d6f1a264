import { checkStoreEvent } from '@cartly/contracts'
import { parseTraceparent } from '@cartly/telemetry'
import { eventually, testNats, type TestNats } from '@cartly/testing'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { jetstream, jetstreamManager, type StoredMsg } from '@nats-io/jetstream'
import { startStorePlatform } from './start-store-platform.ts'

describe('the store platform', () => {
  let nats: TestNats
  beforeAll(async () => {
    nats = await testNats()
  })
  afterAll(() => nats.stop())

  const stored = async (): Promise<StoredMsg[]> => {
    const jsm = await jetstreamManager(await nats.connect('webhook-dispatcher'), { checkAPI: false })
    const { state } = await jsm.streams.info('STORE')
    const messages = Array.from({ length: state.messages }, (_, index) =>
      jsm.streams.getMessage('STORE', { seq: state.first_seq + index }),
    )
    return (await Promise.all(messages)).filter((message) => message !== null)
  }

  it('publishes events that the engine takes, each once, with its id and a trace', async () => {
    // given the platform's own user, which may do nothing but publish
    const js = jetstream(await nats.connect('store-platform'))
    const platform = startStorePlatform({ js, storeId: 'store_demo', rate: 200, seed: 5 })

    // when it has published for a while, the server having crashed in between
    await eventually(() => platform.published > 20)
    await nats.server.kill()
    await nats.restart()
    await eventually(() => platform.published > 60)
    await platform.stop()

    // then each message fits the contract and is there once
    const messages = await stored()
    for (const message of messages) {
      expect(checkStoreEvent(message.subject, message.data)).toMatchObject({ ok: true })
      expect(message.header.get('Nats-Msg-Id')).toBe(message.json<{ id: string }>().id)
      expect(parseTraceparent(message.header.get('traceparent'))).toBeDefined()
    }
    expect(new Set(messages.map((message) => message.header.get('Nats-Msg-Id'))).size).toBe(messages.length)
    expect(messages.length).toBe(platform.published)
  })
})
