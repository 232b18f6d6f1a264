import { RequestError, type BuiltRequest, type Scope } from './build-request.ts'
import type { CompiledPagination } from './compiled-chain.ts'
import { firstPage, MAX_PAGES, nextPage, type PageRequest } from './next-page.ts'
import type { ReadResponse } from './read-response.ts'

export interface PageSource {
  /** The request of the step, built anew for each page. */
  readonly build: () => Promise<BuiltRequest>
  readonly fetch: (request: BuiltRequest) => Promise<ReadResponse>
}

/** The items of all pages, in order, up to the pagination's limit of pages. */
export async function collectPages(paginate: CompiledPagination, source: PageSource, scope: Scope): Promise<unknown[]> {
  const items: unknown[] = []
  const limit = paginate.definition.maxPages ?? MAX_PAGES
  let page: PageRequest | undefined = firstPage(paginate)
  for (let number = 1; page && number <= limit; number++) {
    const response = await source.fetch(aimAt(page, await source.build()))
    const pageScope = { ...scope, response }
    const found = paginate.items.run(pageScope)
    const list = Array.isArray(found) ? found : []
    items.push(...list)
    page = nextPage(paginate, { response, scope: pageScope, count: list.length, number, total: items.length })
  }
  return items
}

/** @throws RequestError `foreign_page` when a page is elsewhere: the credentials are for the service alone */
function aimAt(page: PageRequest, request: BuiltRequest): BuiltRequest {
  if ('url' in page) {
    const url = new URL(page.url, request.url)
    if (url.origin === request.url.origin) return { ...request, url }
    throw new RequestError(`the next page is at ${url.origin}, which is not the service's address`, 'foreign_page')
  }
  if (page.parameter) request.url.searchParams.set(page.parameter.name, page.parameter.value)
  return request
}
