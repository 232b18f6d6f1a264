import { describe, expect, it } from '@jest/globals'
import { systemClock, type HttpPort } from './index.ts'
import { failure, hookOf, manualClock, run, service } from './testing/acme.ts'

const step = (id: string, more: object = {}) => ({ id, request: { method: 'POST', path: '/' }, ...more })

describe('the deadline', () => {
  it('is shared out: a request gets what is left, or its own timeout', async () => {
    const clock = manualClock()
    const http = service(() => {
      clock.advance(1_000)
      return { body: {} }
    })
    await run(hookOf([step('a'), step('b', { after: ['a'] }), step('c', { after: ['b'], timeoutMs: 400 })]), http, {
      clock,
    })
    expect(http.asked.map(({ timeoutMs }) => timeoutMs)).toEqual([3_000, 2_000, 400])
  })

  it('keeps further requests from being sent', async () => {
    const clock = manualClock()
    const http = service(() => {
      clock.advance(3_001)
      return { body: {} }
    })
    const result = await run(
      hookOf([
        { id: 'a', request: { method: 'POST', path: '/' } },
        { id: 'b', after: ['a'], request: { method: 'POST', path: '/' } },
      ]),
      http,
      { clock },
    )
    expect(failure(result)).toMatchObject({ class: 'transient', code: 'deadline_exceeded', step: 'b' })
    expect(http.asked).toHaveLength(1)
  })

  it('ends a request that the port does not end', async () => {
    const http: HttpPort = { send: () => new Promise(() => undefined) }
    const begun = Date.now()
    const result = await run(
      hookOf([{ id: 'a', request: { method: 'GET', path: '/' }, expect: { where: true } }]),
      http,
      { deadlineAt: begun + 60, clock: systemClock },
    )
    expect(failure(result)).toMatchObject({ class: 'transient', code: 'total_timeout' })
  })
})
