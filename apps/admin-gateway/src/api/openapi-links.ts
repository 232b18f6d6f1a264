import type { Route } from './route.ts'

/**
 * What one can go on to with an answer: every operation all of whose path parameters are known by then, at least one of
 * them from the answer. https://spec.openapis.org/oas/v3.1.1.html#link-object
 */
export function linksOf(route: Route, routes: readonly Route[]): object {
  const { tells = {}, params } = route
  const known: Record<string, string> = {
    ...Object.fromEntries(Object.keys(params).map((name) => [name, `$request.path.${name}`])),
    ...Object.fromEntries(Object.entries(tells).map(([name, pointer]) => [name, `$response.body#${pointer}`])),
  }
  const targets = routes.filter((target) => {
    const needed = Object.keys(target.params)
    return target !== route && needed.some((name) => name in tells) && needed.every((name) => name in known)
  })
  const links = targets.map(({ id, params: needed }) => {
    const parameters = Object.fromEntries(Object.keys(needed).map((name) => [name, known[name]]))
    return [id, { operationId: id, parameters }]
  })
  return links.length > 0 ? { links: Object.fromEntries(links) } : {}
}
