import { describe, expect, it } from '@jest/globals'
import { failure, hookOf, run, service } from './testing/acme.ts'

const list = (paginate: object) =>
  hookOf([{ id: 'list', request: { method: 'GET', path: '/items' }, paginate }], {
    result: { all: { $: 'steps.list' } },
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

  it('are not followed for ever', async () => {
    const http = service(({ url }) => ({ body: { items: [new URL(url).searchParams.get('page')] } }))
    const result = await run(list({ by: 'page', parameter: 'page', first: 0, maxPages: 3, items }), http)
    expect(result).toMatchObject({ output: { all: ['0', '1', '2'] } })
    const endless = service(() => ({ body: { items: [1] } }))
    await run(list({ by: 'offset', parameter: 'offset', items }), endless)
    expect(endless.asked).toHaveLength(20)
  })

  it('are asked for again when one of them fails in passing, and fail together', async () => {
    const next = { $: 'response.body.next' }
    const paginate = { by: 'cursor', parameter: 'after', next, items }
    const flaky = service(({ url }, count) =>
      count === 2 ? { status: 503 } : { body: { items: [count], next: url.includes('after') ? undefined : 'c' } },
    )
    const [step] = list(paginate).steps as object[]
    const retried = hookOf([{ ...step, retry: { attempts: 2, waitMs: 1 } }], { result: { all: { $: 'steps.list' } } })
    expect(await run(retried, flaky)).toMatchObject({ output: { all: [1, 3] } })
    expect(flaky.asked.map(({ url }) => new URL(url).search)).toEqual(['', '?after=c', '?after=c'])

    const refusing = service((_, count) => (count === 1 ? { body: { items: [1], next: 'c' } } : { status: 404 }))
    expect(failure(await run(list(paginate), refusing))).toMatchObject({ class: 'permanent', step: 'list' })
  })

  it('are not followed to another address', async () => {
    const http = service(() => ({ body: { items: [], url: 'https://evil.test/' } }))
    const result = await run(list({ by: 'url', next: { $: 'response.body.url' }, items }), http)
    expect(failure(result).code).toBe('foreign_page')
    expect(http.asked).toHaveLength(1)
  })
})
