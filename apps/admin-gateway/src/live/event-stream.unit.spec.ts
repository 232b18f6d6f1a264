import { expect, test } from '@jest/globals'
import type { Caller } from '../auth/caller.ts'
import { EventStream } from './event-stream.ts'

const caller = (): Caller => ({
  actor: 'user:ada',
  stores: '*',
  scopes: new Set(['webhooks:read']),
  expiresAt: Date.now() + 60_000,
  tokenId: 't',
  via: 'header',
})

test('a reader too slow to follow is told how many it missed, and what waits for it is bounded', async () => {
  const stream = new EventStream(caller())
  const sent = 10_000
  for (let index = 0; index < sent; index++) stream.see({ kind: 'delivery', data: { index, padding: 'x'.repeat(200) } })
  expect(stream.readableLength).toBeLessThan(257 * 1024)

  stream.see({ kind: 'execution', data: { index: 'not for this caller' } })
  let text = ''
  for await (const chunk of stream) {
    text += String(chunk)
    if (text.includes('event: missed')) stream.end()
  }

  const seen = text.match(/event: delivery\n/g)?.length ?? 0
  const missed = Number(/event: missed\ndata: \{"count":(\d+)\}/.exec(text)?.[1])
  expect(seen).toBeGreaterThan(500)
  expect(seen + missed).toBe(sent)
  expect(text).not.toContain('not for this caller')
})

test('after it was left, nothing more is taken', () => {
  const stream = new EventStream(caller())
  stream.destroy()
  stream.see({ kind: 'delivery', data: {} })
  stream.end()
  expect(stream.destroyed).toBe(true)
})
