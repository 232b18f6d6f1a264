import { STATUS_CODES } from 'node:http'
import { PROBLEM_TYPE } from '../http/problem.ts'
import { header } from './openapi-headers.ts'
import { isStoreScoped, type Route } from './route.ts'

const problemTexts: Record<number, readonly [text: string, headers?: object]> = {
  400: ['The body is not JSON'],
  401: ['No token, or not a valid one', header('WWW-Authenticate')],
  403: ['The token lacks the scope', header('WWW-Authenticate')],
  404: ['There is no such thing, or not in a store of yours'],
  409: ['The present state does not allow it; `detail` says why'],
  412: ['`If-Match` is behind'],
  413: ['The body is larger than 1 MiB'],
  415: ['The body is not `application/json`'],
  422: ['What was sent does not fit; `errors` says where'],
  429: ['Too many requests', header('Retry-After')],
  500: ['A defect on our side'],
  503: ['A part is not there at the moment', header('Retry-After')],
  504: ['A part did not answer in time; a change may have been made all the same'],
}

const problemContent = { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } }

/** `components.responses`: one for each status that is a problem. */
export const problemResponses = Object.fromEntries(
  Object.entries(problemTexts).map(([status, [description, withHeaders]]) => [
    nameOf(Number(status)),
    { description, ...(withHeaders ? { headers: withHeaders } : {}), content: problemContent },
  ]),
)

function nameOf(status: number): string {
  return (STATUS_CODES[status] as string).replaceAll(/[^A-Za-z]/g, '')
}

/** What can go wrong on a route, by reference. */
export function problemsOf(route: Route): object {
  const changes = route.method !== 'GET'
  const isPublic = route.scopes === 'public'
  const statuses = [
    ...(changes ? [400, 413, 415] : []),
    ...(isPublic ? [] : [401, 403]),
    ...(isStoreScoped(route) || Object.keys(route.params).length > 0 ? [404] : []),
    ...(changes ? [409] : []),
    ...(route.ifMatch ? [412] : []),
    ...(route.problems ?? []),
    422,
    429,
    500,
    503,
    504,
  ]
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }]))
}
