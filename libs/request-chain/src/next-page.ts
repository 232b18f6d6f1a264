import type { Scope } from './build-request.ts'
import type { CompiledPagination } from './compiled-chain.ts'
import type { ReadResponse } from './read-response.ts'

/** Where a paginated step stands before a page is fetched. */
export type PageRequest =
  | { readonly parameter?: { readonly name: string; readonly value: string } }
  | { readonly url: string }

export const MAX_PAGES = 20

export function firstPage({ definition }: CompiledPagination): PageRequest {
  switch (definition.by) {
    case 'page':
      return { parameter: { name: definition.parameter, value: String(definition.first ?? 1) } }
    case 'offset':
      return { parameter: { name: definition.parameter, value: '0' } }
    default:
      return {}
  }
}

/** The page after this one, or `undefined` when it was the last. */
export function nextPage(
  { definition, next }: CompiledPagination,
  page: {
    readonly response: ReadResponse
    readonly scope: Scope
    readonly count: number
    readonly number: number
    readonly total: number
  },
): PageRequest | undefined {
  switch (definition.by) {
    case 'cursor': {
      const cursor = next?.run(page.scope)
      return typeof cursor === 'string' || typeof cursor === 'number'
        ? { parameter: { name: definition.parameter, value: String(cursor) } }
        : undefined
    }
    case 'page': {
      if (page.count === 0 || (definition.size !== undefined && page.count < definition.size)) return undefined
      return { parameter: { name: definition.parameter, value: String((definition.first ?? 1) + page.number) } }
    }
    case 'offset':
      return page.count === 0 ? undefined : { parameter: { name: definition.parameter, value: String(page.total) } }
    case 'link': {
      const url = linkNext(page.response.headers['link'])
      return url === undefined ? undefined : { url }
    }
    case 'url': {
      const url = next?.run(page.scope)
      return typeof url === 'string' && url !== '' ? { url } : undefined
    }
  }
}

/** The target of `rel=next` in a Link header (RFC 8288). */
export function linkNext(header: string | undefined): string | undefined {
  for (const part of (header ?? '').split(/,(?=\s*<)/)) {
    const match = /^\s*<([^>]*)>(.*)$/.exec(part)
    const relations = /;\s*rel\s*=\s*"?([^";]*)"?/i
      .exec(match?.[2] ?? '')?.[1]
      ?.toLowerCase()
      .split(/\s+/)
    if (match && relations?.includes('next')) return match[1]
  }
  return undefined
}
