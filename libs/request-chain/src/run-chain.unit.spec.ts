import { describe, expect, it } from '@jest/globals'
import {
  compileChain,
  runChain,
  systemClock,
  type AttemptBegun,
  type ChainResult,
  type Clock,
  type HookDefinition,
  type HttpPort,
  type HttpRequest,
  type Recorder,
  type RunOptions,
  type StepOutcome,
} from './index.ts'

/** Time that passes only when something waits for it. */
function manualClock(): Clock & { advance(ms: number): void } {
  let now = Date.parse('2026-11-24T00:00:00Z')
  return {
    now: () => now,
    advance: (ms) => void (now += ms),
    sleep: async (ms) => void (now += ms),
  }
}

type Answer = { status?: number; body?: unknown; headers?: Record<string, string> } | { code: string; sent: boolean }

/** A service that answers each request by a function of it, and keeps what it was asked. */
function service(answer: (request: HttpRequest, count: number) => Answer): HttpPort & { asked: HttpRequest[] } {
  const asked: HttpRequest[] = []
  return {
    asked,
    send: async (request) => {
      asked.push(request)
      const given = answer(request, asked.length)
      if ('code' in given) throw { ...given, message: `${given.code} at the service` }
      const { status = 200, body, headers = {} } = given
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
      return { status, headers: { 'content-type': 'application/json', ...headers }, body: Buffer.from(text) }
    },
  }
}

const hookOf = (steps: unknown[], rest: Partial<HookDefinition> = {}) => ({
  description: 'A hook',
  steps,
  result: { done: true },
  ...rest,
})

const run = (hook: unknown, http: HttpPort, options: Partial<RunOptions> = {}): Promise<ChainResult> => {
  const clock = options.clock ?? manualClock()
  return runChain(compileChain(hook, { service: 'Acme' }), {
    input: {},
    execution: { id: 'exec_1', key: 'key_1' },
    baseUrl: 'https://api.acme.test/v1/',
    auth: { type: 'api_key', in: 'header', name: 'Authorization', prefix: 'Token ' },
    credentials: { apiKey: 'acme_secret_key' },
    http,
    clock,
    random: () => 0,
    deadlineAt: clock.now() + 3_000,
    ...options,
  })
}

const failure = (result: ChainResult) => {
  if (result.status !== 'failed') throw new Error(`the chain ${result.status}`)
  return result.error
}

const read = (id: string) => ({ id, request: { method: 'GET', path: `/${id}` } })

const list = (paginate: object) =>
  hookOf([{ id: 'list', request: { method: 'GET', path: '/items' }, paginate }], {
    result: { all: { $: 'steps.list' } },
  })

const ask = (more: object = {}, method = 'GET') =>
  hookOf([{ id: 'ask', request: { method, path: '/' }, ...more }], { result: { $: 'steps.ask' } })

const retried = (retry: object, method = 'GET') =>
  hookOf([{ id: 'ask', request: { method, path: '/' }, retry, expect: { where: true } }])

const step = (id: string, more: object = {}) => ({ id, request: { method: 'POST', path: '/' }, ...more })

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

describe('a chain', () => {
  it('builds each request from input and from steps before, and gives its result', async () => {
    const http = service(({ url }) => ({ body: url.endsWith('/shipments') ? { id: 'shp/1' } : { ok: true } }))
    const hook = hookOf(
      [
        {
          id: 'create',
          request: {
            method: 'POST',
            path: '/shipments',
            body: { zip: { $: 'input.zip' } },
            headers: { 'X-Version': '2018' },
          },
          idempotency: { by: 'natural', because: 'quotes bind nobody' },
        },
        {
          id: 'buy',
          request: { method: 'POST', path: ['shipments', { $: 'steps.create.id' }, 'buy'], query: { a: ['x', 'y z'] } },
        },
      ],
      { result: { id: { $: 'steps.create.id' }, bought: { $: 'steps.buy.ok' } } },
    )
    const result = await run(hook, http, { input: { zip: '94107' } })
    expect(result).toMatchObject({ status: 'succeeded', output: { id: 'shp/1', bought: true } })
    expect(http.asked.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', 'https://api.acme.test/v1/shipments', '{"zip":"94107"}'],
      ['POST', 'https://api.acme.test/v1/shipments/shp%2F1/buy?a=x&a=y+z', undefined],
    ])
    expect(http.asked[0]!.headers).toMatchObject({ authorization: 'Token acme_secret_key', 'x-version': '2018' })
  })

  it('runs steps side by side when they do not read from each other', async () => {
    let together = 0
    let most = 0
    const http: HttpPort = {
      send: async () => {
        most = Math.max(most, ++together)
        await new Promise((resolve) => setImmediate(resolve))
        together--
        return { status: 200, headers: {}, body: Buffer.from('{}') }
      },
    }
    const hook = hookOf([read('a'), read('b')], {
      result: { a: { $: 'steps.a' }, b: { $: 'steps.b' } },
    })
    expect((await run(hook, http)).status).toBe('succeeded')
    expect(most).toBe(2)
  })

  it('sends forms as Stripe reads them', async () => {
    const http = service(() => ({ body: {} }))
    const refund = {
      id: 'refund',
      request: { method: 'POST', path: '/refunds', form: { charge: 'ch_1', metadata: { a: 1 }, items: ['x'] } },
    }
    await run(hookOf([refund]), http)
    expect(http.asked[0]!.body).toBe('charge=ch_1&metadata%5Ba%5D=1&items%5B0%5D=x')
    expect(http.asked[0]!.headers['content-type']).toBe('application/x-www-form-urlencoded')
  })

  it('refuses path segments that would lead elsewhere', async () => {
    const http = service(() => ({ body: {} }))
    const hook = hookOf([
      { id: 'get', request: { method: 'GET', path: ['x', { $: 'input.id' }] }, expect: { where: true } },
    ])
    for (const id of ['..', '.', '', undefined]) {
      expect(failure(await run(hook, http, { input: { id } })).code).toBe('bad_request')
    }
    expect(http.asked).toEqual([])
  })

  it('skips what its condition rules out, and repeats for each item', async () => {
    const http = service(({ url }) => ({ body: { at: new URL(url).pathname } }))
    const hook = hookOf(
      [
        { id: 'never', when: { $equals: [{ $: 'input.x' }, 1] }, request: { method: 'POST', path: '/never' } },
        {
          id: 'each',
          forEach: { in: { $: 'input.ids' }, as: 'id', limit: 3, concurrency: 2 },
          request: { method: 'GET', path: ['item', { $: 'id' }] },
          output: { $: 'response.body.at' },
        },
      ],
      { result: { all: { $: 'steps.each' }, never: { $default: { of: { $: 'steps.never' }, value: 'skipped' } } } },
    )
    expect(await run(hook, http, { input: { ids: ['a', 'b', 'c'] } })).toMatchObject({
      output: { all: ['/v1/item/a', '/v1/item/b', '/v1/item/c'], never: 'skipped' },
    })
    expect(failure(await run(hook, http, { input: { ids: ['a', 'b', 'c', 'd'] } })).code).toBe('too_many_items')
  })
})

describe('a step for each item', () => {
  it('sends nothing more once an item has failed', async () => {
    const http = service((_, count) => (count === 2 ? { status: 400 } : { body: {} }))
    const each = {
      id: 'each',
      forEach: { in: { $: 'input.ids' }, limit: 9, concurrency: 2 },
      request: { method: 'POST', path: ['item', { $: 'item' }] },
    }
    const result = await run(hookOf([each]), http, { input: { ids: [1, 2, 3, 4, 5, 6, 7, 8] } })
    expect(failure(result)).toMatchObject({ class: 'permanent', step: 'each' })
    expect(http.asked.length).toBeLessThanOrEqual(3)
  })
})

describe('pages', () => {
  const items = { $: 'response.body.items' }

  it.each([
    ['cursor', { by: 'cursor', parameter: 'after', next: { $: 'response.body.next' }, items }],
    ['page', { by: 'page', parameter: 'page', items }],
    ['page of known size', { by: 'page', parameter: 'page', size: 2, items }],
    ['offset', { by: 'offset', parameter: 'offset', items }],
    ['link', { by: 'link', items }],
    ['url', { by: 'url', next: { $: 'response.body.url' }, items }],
  ])('are followed by %s', async (_name, paginate) => {
    const all = [1, 2, 3, 4, 5]
    const http = service(({ url }) => {
      const { searchParams } = new URL(url)
      const page = Number(searchParams.get('page') ?? 1)
      const from = Number(searchParams.get('after') ?? searchParams.get('offset') ?? (page - 1) * 2)
      const next = from + 2 < all.length ? from + 2 : undefined
      const nextUrl = next === undefined ? undefined : `https://api.acme.test/v1/items?offset=${next}`
      return {
        body: { items: all.slice(from, from + 2), next, url: nextUrl },
        headers: { link: nextUrl ? `<https://x.test>; rel="prev", <${nextUrl}>; rel="next"` : '' },
      }
    })
    expect(await run(list(paginate), http)).toMatchObject({ output: { all } })
  })

  it('are not followed to another address', async () => {
    const http = service(() => ({ body: { items: [], url: 'https://evil.test/' } }))
    const result = await run(list({ by: 'url', next: { $: 'response.body.url' }, items }), http)
    expect(failure(result).code).toBe('foreign_page')
    expect(http.asked).toHaveLength(1)
  })
})

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

  it('do not follow other failures', async () => {
    const http = service(() => ({ status: 400 }))
    await run(retried({ attempts: 3, waitMs: 1 }), http)
    expect(http.asked).toHaveLength(1)
  })
})

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

describe('credentials', () => {
  const hook = hookOf([{ id: 'ask', request: { method: 'GET', path: '/', query: { key: 'acme_secret_key' } } }], {
    result: { $: 'steps.ask' },
  })

  it('are in no record, error or output, plain or encoded', async () => {
    const secret = 'acme_secret_key'
    const base64 = Buffer.from(secret).toString('base64')
    const http = service(() => ({ body: { echo: `you sent ${secret} and ${base64}` } }))
    const kept = JSON.stringify(await run(hook, http))
    expect(kept).toContain('[redacted]')
    expect(kept).not.toContain(secret)
    expect(kept).not.toContain(base64)

    const angry = service(() => ({ status: 400, body: { message: `bad key ${secret}` } }))
    const failed = await run({ ...hook, errors: { message: { $: 'response.body.message' } } }, angry)
    expect(JSON.stringify(failed)).not.toContain(secret)
    expect(failure(failed).message).toContain('bad key [redacted]')
  })

  it('go into the query or a basic header where the service wants them, and are hidden there', async () => {
    const http = service(() => ({ body: {} }))
    const inQuery = await run(hookOf([{ id: 'a', request: { method: 'POST', path: '/' } }]), http, {
      auth: { type: 'api_key', in: 'query', name: 'api_key' },
    })
    expect(http.asked[0]!.url).toContain('api_key=acme_secret_key')
    expect(inQuery.steps[0]!.attempts[0]!.request.url).toBe('https://api.acme.test/v1/?api_key=[redacted]')

    await run(hookOf([{ id: 'a', request: { method: 'POST', path: '/' } }]), http, {
      auth: { type: 'basic', username: { field: 'apiKey' }, password: { value: '' } },
    })
    expect(http.asked[1]!.headers['authorization']).toBe(`Basic ${Buffer.from('acme_secret_key:').toString('base64')}`)
  })

  it('are renewed once after a 401, and the step repeated', async () => {
    const http = service(({ headers }) =>
      headers['authorization'] === 'Token new_secret_key' ? { body: { ok: 1 } } : { status: 401 },
    )
    let asked = 0
    const onUnauthorized = async () => {
      asked++
      return { apiKey: 'new_secret_key' }
    }
    expect(await run(hook, http, { onUnauthorized })).toMatchObject({ status: 'succeeded', output: { ok: 1 } })
    expect([asked, http.asked.length]).toEqual([1, 2])

    const never = service(() => ({ status: 401 }))
    expect(failure(await run(hook, never, { onUnauthorized })).class).toBe('configuration')
    expect(never.asked).toHaveLength(2)
  })

  it('that are missing are named', async () => {
    expect(
      failure(
        await run(
          hook,
          service(() => ({})),
          { credentials: {} },
        ),
      ),
    ).toMatchObject({
      class: 'configuration',
      code: 'missing_credential',
    })
  })
})

describe('records', () => {
  it('hold at most 16 KiB of a body', async () => {
    const http = service(() => ({ body: { text: 'x'.repeat(40_000) } }))
    const result = await run(
      hookOf([{ id: 'a', request: { method: 'GET', path: '/' }, output: 1, expect: { where: true } }]),
      http,
    )
    const body = result.steps[0]!.attempts[0]!.response!.body!
    expect([body.truncated, String(body.content).length]).toEqual([true, 16_384])
  })
})
