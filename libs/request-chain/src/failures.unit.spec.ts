import { describe, expect, it } from '@jest/globals'
import { failure, hookOf, manualClock, run, service } from './testing/acme.ts'

const ask = (more: object = {}, method = 'GET') =>
  hookOf([{ id: 'ask', request: { method, path: '/' }, ...more }], { result: { $: 'steps.ask' } })

const retried = (retry: object, method = 'GET') =>
  hookOf([{ id: 'ask', request: { method, path: '/' }, retry, expect: { where: true } }])

describe('success and failure', () => {
  it('a predicate on the body decides, not the status alone', async () => {
    const http = service(() => ({ body: { ok: false, error: 'channel_not_found' } }))
    const hook = ask({
      expect: { where: { $equals: [{ $: 'response.body.ok' }, true] } },
      errors: {
        code: { $: 'response.body.error' },
        rules: [
          {
            code: ['x', 'channel_*'],
            class: 'configuration',
            means: 'There is no such channel.',
            fix: 'Choose another.',
          },
        ],
      },
    })
    expect(failure(await run(hook, http))).toEqual({
      class: 'configuration',
      code: 'channel_not_found',
      message: 'Acme answered 200 to "ask". There is no such channel. Choose another.',
      step: 'ask',
      status: 200,
    })
  })

  it('is judged by code, status and body, the step first, then the hook, then the template', async () => {
    const says = (word: string) => ({ where: { $equals: [{ $: 'response.body.word' }, word] } })
    const template = {
      code: { $: 'response.body.code' },
      rules: [
        { ...says('busy'), class: 'transient' as const },
        { code: 'E*', status: '4xx', class: 'permanent' as const, means: 'by the template' },
        { status: [418], class: 'configuration' as const },
      ],
    }
    const hook = {
      ...ask({ errors: { rules: [{ code: 'E1', class: 'configuration', means: 'by the step' }] } }, 'POST'),
      errors: { rules: [{ code: 'E2', class: 'unknown' as const, means: 'by the hook' }] },
    }
    const judged = async (answer: object) =>
      failure(
        await run(
          hook,
          service(() => answer),
          {},
          { errors: template },
        ),
      )
    expect(await judged({ status: 400, body: { code: 'E1' } })).toMatchObject({
      class: 'configuration',
      message: expect.stringContaining('by the step'),
    })
    expect(await judged({ status: 400, body: { code: 'E2' } })).toMatchObject({ class: 'unknown' })
    expect(await judged({ status: 400, body: { code: 'E3' } })).toMatchObject({
      class: 'permanent',
      message: expect.stringContaining('by the template'),
    })
    expect(await judged({ status: 500, body: { code: 'E3' } })).toMatchObject({ class: 'unknown', code: 'E3' })
    expect(await judged({ status: 400, body: { word: 'busy' } })).toMatchObject({ class: 'transient' })
    expect(await judged({ status: 418 })).toMatchObject({ class: 'configuration', code: 'http_418' })
  })

  it.each([
    [400, 'GET', 'permanent'],
    [401, 'GET', 'configuration'],
    [404, 'GET', 'permanent'],
    [429, 'POST', 'transient'],
    [302, 'GET', 'configuration'],
    [500, 'GET', 'transient'],
    [500, 'POST', 'unknown'],
    [503, 'POST', 'transient'],
    [504, 'POST', 'unknown'],
  ])('HTTP %i to a %s is %s', async (status, method, errorClass) => {
    const result = await run(
      ask({}, method),
      service(() => ({ status })),
    )
    expect(failure(result)).toMatchObject({ class: errorClass, code: `http_${status}`, status })
  })

  it.each([
    ['connect_refused', false, 'POST', 'transient'],
    ['total_timeout', true, 'GET', 'transient'],
    ['total_timeout', true, 'POST', 'unknown'],
    ['blocked_address', false, 'GET', 'configuration'],
  ])('%s (sent: %s) to a %s is %s', async (code, sent, method, errorClass) => {
    const result = await run(
      ask({}, method),
      service(() => ({ code, sent })),
    )
    expect(failure(result)).toMatchObject({ class: errorClass, code })
  })

  it('the failure of one step keeps those that wait for it from being sent', async () => {
    const http = service(() => ({ status: 404 }))
    const result = await run(
      hookOf([
        { id: 'a', request: { method: 'POST', path: '/a' } },
        { id: 'b', after: ['a'], request: { method: 'POST', path: '/b' } },
      ]),
      http,
    )
    expect(http.asked).toHaveLength(1)
    expect(result.steps.map(({ id, status }) => [id, status])).toEqual([['a', 'failed']])
  })

  it('data that the mapping cannot read is a failure with its place', async () => {
    const result = await run(
      ask({ output: { $number: { $: 'response.body.n' } } }),
      service(() => ({ body: { n: 'many' } })),
    )
    expect(failure(result)).toMatchObject({ class: 'configuration', code: 'mapping_failed' })
    expect(failure(result).message).toContain('/steps/0/output/$number')
  })

  it('input and result are held against their schemas', async () => {
    const http = service(() => ({ body: { n: 1 } }))
    const typed = {
      ...ask(),
      input: { type: 'object', required: ['zip'] },
      output: { type: 'object', required: ['m'] },
    }
    expect(failure(await run(typed, http))).toMatchObject({ class: 'permanent', code: 'invalid_input' })
    expect(failure(await run(typed, http, { input: { zip: 1 } }))).toMatchObject({
      class: 'configuration',
      code: 'invalid_output',
    })
  })
})

describe('retries', () => {
  it('follow transient failures, with growing waits', async () => {
    const clock = manualClock()
    const begun = clock.now()
    const http = service((_, count) => (count < 3 ? { status: 503 } : { body: {} }))
    const result = await run(retried({ attempts: 3, waitMs: 100 }), http, { clock })
    expect(result).toMatchObject({
      status: 'succeeded',
      steps: [{ attempts: [{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }] }],
    })
    expect(clock.now() - begun).toBe(300)
  })

  it('never come before Retry-After, and not at all when that is past the deadline', async () => {
    const clock = manualClock()
    const begun = clock.now()
    const http = service((_, count) => (count === 1 ? { status: 429, headers: { 'retry-after': '2' } } : { body: {} }))
    expect((await run(retried({ attempts: 2, waitMs: 1 }), http, { clock })).status).toBe('succeeded')
    expect(clock.now() - begun).toBe(2_000)

    const busy = service(() => ({ status: 429, headers: { 'retry-after': '4' } }))
    const refused = failure(await run(retried({ attempts: 2, waitMs: 1 }), busy))
    expect(refused).toMatchObject({ class: 'transient', retryAfterMs: 4_000 })
    expect(busy.asked).toHaveLength(1)
  })

  it('are not taken where another as long as the last would not end in time', async () => {
    const clock = manualClock()
    const slow = service(() => {
      clock.advance(1_400)
      return { status: 503 }
    })
    // Two of them and the wait take 2,900 ms; a third would not fit the 3,000.
    const result = await run(retried({ attempts: 5, waitMs: 100, jitter: 0 }), slow, { clock })
    expect(failure(result)).toMatchObject({ class: 'transient' })
    expect(slow.asked).toHaveLength(2)
  })

  it('do not follow other failures', async () => {
    const http = service(() => ({ status: 400 }))
    await run(retried({ attempts: 3, waitMs: 1 }), http)
    expect(http.asked).toHaveLength(1)
  })
})
