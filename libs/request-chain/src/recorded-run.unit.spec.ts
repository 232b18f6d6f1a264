import { describe, expect, it } from '@jest/globals'
import { type AttemptBegun, type HttpPort, type Recorder, type StepOutcome } from './index.ts'
import { failure, hookOf, run, service } from './testing/acme.ts'

describe('a chain that is recorded', () => {
  const steps = [
    { id: 'create', request: { method: 'POST', path: '/create' } },
    {
      id: 'buy',
      request: { method: 'POST', path: ['buy', { $: 'steps.create.id' }] },
      idempotency: {
        by: 'reconcile',
        request: { method: 'GET', path: ['label', { $: 'steps.create.id' }] },
        found: { $present: { $: 'response.body.label' } },
      },
    },
  ]
  const hook = hookOf(steps, { result: { label: { $: 'steps.buy.label' } } })

  it('says what it is about to do before it is sent, and what came of it before it goes on', async () => {
    const log: string[] = []
    const recorder: Recorder = {
      before: async ({ key, repeat }) => void log.push(`before ${key} ${repeat}`),
      after: async ({ key, status }) => void log.push(`after ${key} ${status}`),
    }
    const http = service(({ url }) => {
      log.push(`sent ${new URL(url).pathname}`)
      return { body: { id: '1', label: 'L' } }
    })
    await run(hook, http, { recorder })
    expect(log).toEqual([
      'before create never',
      'sent /v1/create',
      'after create succeeded',
      'before buy reconcile',
      'sent /v1/buy/1',
      'after buy succeeded',
    ])
  })

  it('is taken up where it was cut off, at every boundary, and nothing is done twice', async () => {
    for (let cutAt = 1; cutAt <= 6; cutAt++) {
      const done: string[] = []
      const begun = new Map<string, number>()
      const outcomes = new Map<string, StepOutcome>()
      let boundaries = 0
      const boundary = (): void => {
        if (++boundaries === cutAt) throw new Error('the process died')
      }
      const recorder: Recorder = {
        before: async ({ key, at }: AttemptBegun) => {
          boundary()
          begun.set(key, at)
          outcomes.delete(key)
        },
        after: async (outcome) => {
          boundary()
          begun.delete(outcome.key)
          outcomes.set(outcome.key, outcome)
        },
      }
      const http: HttpPort = {
        send: async (request) => {
          const path = new URL(request.url).pathname
          if (request.method === 'POST') done.push(path)
          const bought = done.some((one) => one.startsWith('/v1/buy'))
          if (request.method === 'POST') boundary()
          const body = request.method === 'GET' ? { label: bought ? 'L' : null } : { id: '1', label: 'L' }
          return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) }
        },
      }
      await expect(run(hook, http, { recorder })).rejects.toThrow('the process died')
      const again = await run(hook, http, { recorder, recorded: { begun, outcomes } })
      const purchases = done.filter((path) => path.startsWith('/v1/buy')).length
      expect(purchases).toBeLessThanOrEqual(1)
      // `create` cannot be found out about: where it was cut off, the chain says so and stops.
      if (again.status === 'succeeded') expect([again.output, purchases]).toEqual([{ label: 'L' }, 1])
      else expect(failure(again).class).toBe('unknown')
    }
  })
})
