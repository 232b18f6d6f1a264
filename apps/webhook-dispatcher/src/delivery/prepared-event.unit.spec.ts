import { describe, expect, it } from '@jest/globals'
import { storeEventType, timeOfId, type StoreEvent } from '@cartly/contracts'
import { prepare, PreparedEvent } from './prepared-event.ts'

const example = storeEventType('order.created')?.example
const { time, ...timeless } = example as StoreEvent & { time: string }
const at = Date.parse('2026-11-24T09:30:00Z')

/** An event as it is read from the stream, now or at another attempt. */
function read(event: Partial<StoreEvent>, storedAt = at): PreparedEvent {
  const data = Buffer.from(JSON.stringify(event))
  const message = { subject: 'store.store_1.order.created', data, sequence: 7, storedAt, header: () => undefined }
  const prepared = prepare(message)
  if (prepared instanceof PreparedEvent) return prepared
  throw new Error(prepared.reason)
}

describe("an event's webhook-id", () => {
  it('is the same whenever it is read, and for the same event published again', () => {
    const event = { ...timeless, time }
    expect(read(event).messageId).toBe(read(event, at + 3_600_000).messageId)
    expect(timeOfId(read(event).messageId)).toBe(Date.parse(time))
    expect(read({ ...event, id: 'another' }).messageId).not.toBe(read(event).messageId)
  })

  it('has the time at which it was stored where it says none of its own', () => {
    expect(timeOfId(read(timeless).messageId)).toBe(at)
    expect(read(timeless).messageId).toBe(read(timeless).messageId)
    expect(JSON.parse(read(timeless).body('standard').toString()).timestamp).toBe(new Date(at).toISOString())
  })
})
