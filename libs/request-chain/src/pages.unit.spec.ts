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

  it('are not followed to another address', async () => {
    const http = service(() => ({ body: { items: [], url: 'https://evil.test/' } }))
    const result = await run(list({ by: 'url', next: { $: 'response.body.url' }, items }), http)
    expect(failure(result).code).toBe('foreign_page')
    expect(http.asked).toHaveLength(1)
  })
})
