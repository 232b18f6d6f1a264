import { describe, expect, it } from '@jest/globals'
import type { JsMsg } from '@nats-io/jetstream'
import { OpenEvents } from './open-events.ts'

const MIB = 1024 * 1024

/** A message of the bus, as far as an open event needs it. */
function messageOf(bytes: number): { message: JsMsg; acknowledged: () => number } {
  let acks = 0
  const message = { data: new Uint8Array(bytes), ack: () => acks++, working: () => undefined } as unknown as JsMsg
  return { message, acknowledged: () => acks }
}

describe('an open event', () => {
  it('is acknowledged once, when it has been taken in and every endpoint has it', () => {
    const events = new OpenEvents()
    const { message, acknowledged } = messageOf(1)
    const event = events.open(message)
    event.expect()
    event.settle()
    expect(acknowledged()).toBe(0)

    event.settle()

    expect(acknowledged()).toBe(1)
    events.close()
  })

  it('keeps others in the stream while its like fill the memory', async () => {
    const events = new OpenEvents()
    const held = Array.from({ length: 8 }, () => events.open(messageOf(8 * MIB).message))
    let room = false
    const waiting = events.room().then(() => (room = true))
    await Promise.resolve()
    expect(room).toBe(false)

    held[0]!.settle()

    await waiting
    expect(room).toBe(true)
    events.close()
  })
})
