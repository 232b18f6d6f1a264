import { describe, expect, it } from '@jest/globals'
import { type Recorder, type StepOutcome } from './index.ts'
import { failure, hookOf, manualClock, run, service } from './testing/acme.ts'

const buy = (idempotency?: object) =>
  hookOf(
    [
      {
        id: 'buy',
        request: { method: 'POST', path: '/buy' },
        retry: { attempts: 2, waitMs: 1 },
        ...(idempotency ? { idempotency } : {}),
      },
    ],
    { result: { $: 'steps.buy' } },
  )

const lostOnce = (state: string) => {
  let bought = 0
  const http = service(({ method }) =>
    method === 'GET'
      ? { body: { state } }
      : ++bought === 1
        ? { code: 'connection_reset', sent: true }
        : { body: { from: 'buy' } },
  )
  return { http, purchases: () => bought }
}

describe('a write whose outcome is not known', () => {
  const reconcile = {
    by: 'reconcile',
    request: { method: 'GET', path: '/label' },
    found: { $equals: [{ $: 'response.body.state' }, 'bought'] },
    absent: { $equals: [{ $: 'response.body.state' }, 'none'] },
    output: { from: 'reconcile' },
  }

  it('is never repeated blindly', async () => {
    const { http, purchases } = lostOnce('')
    expect(failure(await run(buy(), http))).toMatchObject({ class: 'unknown' })
    expect(purchases()).toBe(1)
  })

  it('is found out about: done', async () => {
    const { http, purchases } = lostOnce('bought')
    expect(await run(buy(reconcile), http)).toMatchObject({ status: 'succeeded', output: { from: 'reconcile' } })
    expect(purchases()).toBe(1)
  })

  it('is found out about: not done, so it is done now', async () => {
    const { http, purchases } = lostOnce('none')
    expect(await run(buy(reconcile), http)).toMatchObject({ status: 'succeeded', output: { from: 'buy' } })
    expect(purchases()).toBe(2)
  })

  it('stays unknown when the service cannot tell', async () => {
    const { http, purchases } = lostOnce('pending')
    expect(failure(await run(buy(reconcile), http))).toMatchObject({ class: 'unknown', code: 'connection_reset' })
    expect(purchases()).toBe(1)
  })

  it('is not taken to be undone before it had time to arrive', async () => {
    const { http, purchases } = lostOnce('none')
    const clock = manualClock()
    const began = clock.now()
    const result = await run(buy({ ...reconcile, settleMs: 2_000 }), http, { clock })
    expect(result).toMatchObject({ status: 'succeeded', output: { from: 'buy' } })
    expect([purchases(), clock.now() - began >= 2_000]).toEqual([2, true])

    const late = lostOnce('none')
    const unsettled = failure(await run(buy({ ...reconcile, settleMs: 5_000 }), late.http))
    expect(unsettled).toMatchObject({ class: 'unknown', retryAfterMs: 5_000 })
    expect(late.purchases()).toBe(1)
  })

  it('is not taken to be undone when only its answer cannot be read', async () => {
    const http = service(() => ({ body: { price: 'free' } }))
    const [bought] = buy().steps as object[]
    const unreadable = hookOf([{ ...bought, output: { $number: { $: 'response.body.price' } } }])
    expect(failure(await run(unreadable, http))).toMatchObject({ class: 'unknown', code: 'mapping_failed' })
    const invalid = { ...buy(), output: { type: 'object', required: ['label'] } }
    expect(failure(await run(invalid, http))).toMatchObject({ class: 'unknown', code: 'invalid_output' })
    expect(http.asked).toHaveLength(2)
  })

  it('is found out about with renewed credentials', async () => {
    const http = service(({ method, headers }) => {
      if (method === 'POST') return { code: 'connection_reset', sent: true }
      return headers['authorization'] === 'Token new_secret_key' ? { body: { state: 'bought' } } : { status: 401 }
    })
    const renewed = run(buy(reconcile), http, { onUnauthorized: async () => ({ apiKey: 'new_secret_key' }) })
    expect(await renewed).toMatchObject({ output: { from: 'reconcile' } })
  })

  it('keeps its time of settling over runs', async () => {
    const outcomes = new Map<string, StepOutcome>()
    const recorder: Recorder = {
      before: async () => undefined,
      after: async (outcome) => void outcomes.set(outcome.key, outcome),
    }
    const clock = manualClock()
    const { http, purchases } = lostOnce('none')
    const slow = buy({ ...reconcile, settleMs: 5_000 })
    expect(failure(await run(slow, http, { clock, recorder })).class).toBe('unknown')
    const recorded = { begun: new Map(), outcomes }
    expect(failure(await run(slow, http, { clock, recorder, recorded })).class).toBe('unknown')
    expect(purchases()).toBe(1)
    clock.advance(5_000)
    expect(await run(slow, http, { clock, recorder, recorded })).toMatchObject({ output: { from: 'buy' } })
    expect(purchases()).toBe(2)
  })

  it('stays unknown when there is no time left to find out', async () => {
    const clock = manualClock()
    const http = service(() => {
      clock.advance(3_000)
      return { code: 'total_timeout', sent: true }
    })
    expect(failure(await run(buy(reconcile), http, { clock }))).toMatchObject({
      class: 'unknown',
      code: 'total_timeout',
    })
    expect(http.asked).toHaveLength(1)
  })

  it('is repeated with the same key where the service takes one', async () => {
    const { http, purchases } = lostOnce('')
    const result = await run(buy({ by: 'key', in: 'header', name: 'Idempotency-Key' }), http)
    expect(result).toMatchObject({ status: 'succeeded', output: { from: 'buy' } })
    expect(purchases()).toBe(2)
    const keys = http.asked.map(({ headers }) => headers['idempotency-key'])
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(new Set(keys).size).toBe(1)
  })
})
