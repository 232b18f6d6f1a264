import type { CompiledMapping, Path } from '@cartly/mapping'
import type { Scope } from './build-request.ts'
import type { CompiledRequest } from './compiled-chain.ts'

/** Where steps find their values. What a response holds is kept with the attempt, an item with its list. */
const GIVEN = new Set(['input', 'settings', 'connection', 'event', 'steps'])

/** The paths that a step's rules read before it sends, without those that lie below another; no deeper than a list. */
export function pathsRead(rules: readonly (CompiledMapping | undefined)[]): readonly Path[] {
  const paths = rules
    .flatMap((rule) => rule?.references ?? [])
    .filter(({ root }) => GIVEN.has(root))
    .map(({ root, segments }) => ({ root, segments: segments.slice(0, indexIn(segments)) }))
    .toSorted((a, b) => a.segments.length - b.segments.length)
  return paths.reduce<Path[]>((kept, path) => (kept.some((above) => isBelow(path, above)) ? kept : [...kept, path]), [])
}

/** Every rule that makes a request. */
export const rulesOf = ({ path, query, headers, body, form }: CompiledRequest): (CompiledMapping | undefined)[] => [
  ...(typeof path === 'string' ? [] : path),
  ...query.values(),
  ...headers.values(),
  body,
  form,
]

/** The values at these paths, arranged as they are in the scope. */
export function stepInput(paths: readonly Path[], scope: Scope): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  for (const { root, segments } of paths) {
    const way = [root, ...segments] as string[]
    const value = way.reduce<unknown>(memberOf, scope)
    if (value === undefined) continue
    const place = way.slice(0, -1).reduce((at, name) => (at[name] ??= {}) as Record<string, unknown>, input)
    place[way.at(-1)!] = value
  }
  return input
}

function indexIn(segments: Path['segments']): number {
  const index = segments.findIndex((segment) => typeof segment === 'number')
  return index < 0 ? segments.length : index
}

const isBelow = (path: Path, above: Path): boolean =>
  path.root === above.root && above.segments.every((segment, index) => path.segments[index] === segment)

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
