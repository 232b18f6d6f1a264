import type { EndpointFilter, FieldError, StoreEvent } from '@cartly/contracts'

/** Whether an event passes an endpoint's filter. */
export type EventPredicate = (event: StoreEvent) => boolean

type Condition = EndpointFilter[string]
type Test = (value: unknown) => boolean

/** What a condition compares with, by its name. A value that is not there fails every one but `exists: false` and `not`. */
const tests: { readonly [Name in keyof Condition]-?: (operand: NonNullable<Condition[Name]>) => Test } = {
  equals: (operand) => (value) => value === operand,
  in: (operand) => {
    const set = new Set<unknown>(operand)
    return (value) => set.has(value)
  },
  not: (operand) => (value) => value !== operand,
  gt: (operand) => (value) => typeof value === 'number' && value > operand,
  gte: (operand) => (value) => typeof value === 'number' && value >= operand,
  lt: (operand) => (value) => typeof value === 'number' && value < operand,
  lte: (operand) => (value) => typeof value === 'number' && value <= operand,
  startsWith: (operand) => (value) => typeof value === 'string' && value.startsWith(operand),
  contains: (operand) => (value) =>
    Array.isArray(value) ? value.includes(operand) : typeof value === 'string' && value.includes(String(operand)),
  exists: (operand) => (value) => (value !== undefined) === operand,
}

/** Turns a filter that `filterErrors` found nothing wrong with into a predicate; all its conditions must hold. */
export function compileFilter(filter: EndpointFilter): EventPredicate {
  const conditions = Object.entries(filter).map(([pointer, condition]) => {
    const tokens = tokensOf(pointer)
    const all = Object.entries(condition).map(([name, operand]) =>
      // `null` is a value to compare with, for `equals` and `not`.
      (tests[name as keyof Condition] as (operand: unknown) => Test)(operand),
    )
    return (event: StoreEvent): boolean => {
      const value = valueAt(event, tokens)
      return all.every((test) => test(value))
    }
  })
  const [only] = conditions
  return only && conditions.length === 1 ? only : (event) => conditions.every((holds) => holds(event))
}

const topLevel = new Set(['id', 'source', 'type', 'time', 'subject', 'data'])

/** What is wrong with a filter beyond its schema, each with its place in the endpoint's configuration. */
export function filterErrors(filter: EndpointFilter): FieldError[] {
  const errors: FieldError[] = []
  for (const pointer of Object.keys(filter)) {
    const at = `/filter/${escapeToken(pointer)}`
    const [first, ...rest] = tokensOf(pointer)
    if (/~(?![01])/.test(pointer)) {
      errors.push({ pointer: at, message: 'is no JSON Pointer: `~` is written `~0`, and `/` in a name `~1`' })
    } else if (!topLevel.has(first ?? '')) {
      errors.push({
        pointer: at,
        message: `must point into the event: /data/…, or one of ${[...topLevel].map((name) => `/${name}`).join(', ')}`,
      })
    } else if (first !== 'data' && rest.length > 0) {
      errors.push({ pointer: at, message: `/${first} is a text; nothing is below it` })
    }
  }
  return errors
}

const tokensOf = (pointer: string): string[] =>
  pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))

const escapeToken = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1')

function valueAt(event: unknown, tokens: readonly string[]): unknown {
  let value = event
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined
    value = (value as Record<string, unknown>)[token]
  }
  return value
}
