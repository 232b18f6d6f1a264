import { isDeepStrictEqual } from 'node:util'
import type { HookDefinition } from '@cartly/request-chain'
import { rateLists, type Interaction, type Recording } from './recordings.ts'

export interface RecordedChain {
  readonly hook: HookDefinition
  /** How many values steps read from the answers of steps before. */
  readonly references: number
  /** The rates and messages that its result holds, as they were recorded. */
  readonly quotes: readonly { readonly rates: readonly Readonly<Record<string, unknown>>[] }[]
}

/**
 * A recorded conversation as a chain: one step for each request, in order, up to the first that was refused. Whatever a
 * request took from an earlier answer (ids, tracking numbers) is a reference to it, so that a replay which compares
 * bodies shows that the data flowed right. The result holds the last answer, and every list of rates through the
 * template's own mappings.
 */
export function recordedChain({ interactions }: Recording): RecordedChain {
  const refused = interactions.findIndex(({ response }) => response.status >= 400)
  const asked = refused < 0 ? interactions : interactions.slice(0, refused + 1)
  const known = new Map<string, string>()
  let references = 0
  const refer = (value: unknown): unknown => {
    if (typeof value === 'string' && known.has(value)) {
      references++
      return { $: known.get(value) }
    }
    if (Array.isArray(value)) return value.map(refer)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, refer(member)]))
  }

  const steps = asked.map(({ request, response }, index) => {
    const step = stepOf(index, request, refer)
    for (const [value, path] of handles(response.body, `steps.s${index}`)) if (!known.has(value)) known.set(value, path)
    return step
  })
  const lists = asked.flatMap(({ response }, index) =>
    rateLists(response.body).map(({ path, rates }) => ({ rates, at: pathText(`steps.s${index}`, path) })),
  )
  return {
    references,
    quotes: lists,
    hook: {
      description: 'A recorded conversation',
      deadlineMs: 20_000,
      steps: steps as HookDefinition['steps'],
      result: {
        last: { $: `steps.s${steps.length - 1}` },
        quotes: lists.map(({ at }) => ({ rates: { $apply: { mapping: 'rates', to: { $: at } } }, messages: [] })),
      },
    },
  }
}

function stepOf(index: number, request: Interaction['request'], refer: (value: unknown) => unknown): object {
  const { method, path, query, body } = request
  return {
    id: `s${index}`,
    ...(index === 0 ? {} : { after: [`s${index - 1}`] }),
    request: {
      method,
      path: path.slice(1).split('/').map(refer),
      ...(isDeepStrictEqual(query, {}) ? {} : { query: refer(query) }),
      ...(body === null || isDeepStrictEqual(body, {}) ? {} : { body: refer(body) }),
    },
    expect: { where: true },
  }
}

/** Texts of an answer that later requests may name: long, without spaces. Each with its path. */
function* handles(value: unknown, path: string): Generator<[value: string, path: string]> {
  if (typeof value === 'string' && /^[A-Za-z0-9_]{16,64}$/.test(value)) yield [value, path]
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    yield* handles(member, pathText(path, [Array.isArray(value) ? Number(key) : key]))
  }
}

const pathText = (root: string, path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}[${JSON.stringify(key)}]`),
    root,
  )
