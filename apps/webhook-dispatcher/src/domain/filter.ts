import type { EndpointFilter, FieldError, StoreEvent } from '@cartly/contracts'

type Condition = EndpointFilter[string]
type Comparison = keyof Condition

/** Places that filters look at, over all endpoints: numbered, so that an event's values are looked up once for all. */
const places = new Map<string, { readonly number: number; readonly tokens: readonly string[] }>()
const tokensAt: (readonly string[])[] = []

function placeOf(pointer: string): number {
  let place = places.get(pointer)
  if (!place) {
    place = { number: tokensAt.length, tokens: tokensOf(pointer) }
    places.set(pointer, place)
    tokensAt.push(place.tokens)
  }
  return place.number
}

/** An event as filters read it: whatever the number of endpoints, each place is looked up once. */
export class EventReading {
  readonly #event: StoreEvent
  readonly #values: unknown[] = []
  readonly #read: boolean[] = []

  constructor(event: StoreEvent) {
    this.#event = event
  }

  /** The value at a place, undefined when nothing is there. */
  at(place: number): unknown {
    if (this.#read[place] !== true) {
      this.#read[place] = true
      this.#values[place] = valueAt(this.#event, tokensAt[place] as readonly string[])
    }
    return this.#values[place]
  }
}

/** A filter that `filterErrors` found nothing wrong with, ready to be asked; all of its conditions must hold. */
export class CompiledFilter {
  /** Place, comparison and operand of each condition, one after the other: few bytes, for there are many filters. */
  readonly #conditions: readonly unknown[]

  constructor(filter: EndpointFilter) {
    this.#conditions = Object.entries(filter).flatMap(([pointer, condition]) =>
      Object.entries(condition).flatMap(([comparison, operand]) => [placeOf(pointer), comparison, operand]),
    )
  }

  passes(event: EventReading): boolean {
    const conditions = this.#conditions
    for (let i = 0; i < conditions.length; i += 3) {
      const value = event.at(conditions[i] as number)
      if (!holds(value, conditions[i + 1] as Comparison, conditions[i + 2])) return false
    }
    return true
  }
}

/** A value that is not there fails every comparison but `not` and `exists: false`. */
function holds(value: unknown, comparison: Comparison, operand: unknown): boolean {
  switch (comparison) {
    case 'equals':
      return value === operand
    case 'not':
      return value !== operand
    case 'in':
      return (operand as unknown[]).includes(value)
    case 'gt':
      return typeof value === 'number' && value > (operand as number)
    case 'gte':
      return typeof value === 'number' && value >= (operand as number)
    case 'lt':
      return typeof value === 'number' && value < (operand as number)
    case 'lte':
      return typeof value === 'number' && value <= (operand as number)
    case 'startsWith':
      return typeof value === 'string' && value.startsWith(operand as string)
    case 'contains':
      return Array.isArray(value)
        ? value.includes(operand)
        : typeof value === 'string' && value.includes(String(operand))
    case 'exists':
      return (value !== undefined) === operand
  }
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
