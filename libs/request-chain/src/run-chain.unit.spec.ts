import { describe, expect, it } from '@jest/globals'
import { type HttpPort } from './index.ts'
import { failure, hookOf, run, service } from './testing/acme.ts'

const read = (id: string) => ({ id, request: { method: 'GET', path: `/${id}` } })

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
  it('works on so many at once and no more, and keeps their order', async () => {
    let together = 0
    let most = 0
    const http: HttpPort = {
      send: async ({ url }) => {
        most = Math.max(most, ++together)
        await new Promise((resolve) => setImmediate(resolve))
        together--
        return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ at: new URL(url).pathname })) }
      },
    }
    const each = (concurrency?: number) => ({
      id: 'each',
      forEach: { in: { $: 'input.ids' }, limit: 9, ...(concurrency ? { concurrency } : {}) },
      request: { method: 'GET', path: ['item', { $: 'item' }] },
      output: { $: 'response.body.at' },
    })
    const ids = [1, 2, 3, 4, 5, 6, 7]
    for (const concurrency of [1, 3]) {
      most = 0
      const hook = hookOf([each(concurrency === 1 ? undefined : concurrency)], { result: { all: { $: 'steps.each' } } })
      const result = await run(hook, http, { input: { ids } })
      expect(result).toMatchObject({ output: { all: ids.map((id) => `/v1/item/${id}`) } })
      expect(most).toBe(concurrency)
    }
  })

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
