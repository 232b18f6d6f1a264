import type { Schemas } from '../api/client.ts'

export type EventFilter = Schemas['EndpointFilter']
type Condition = EventFilter[string]
export type Operator = keyof Condition

/** How each condition reads in a sentence: "total is over 100". */
export const operatorWords: Readonly<Record<Operator, string>> = {
  equals: 'is',
  not: 'is not',
  in: 'is one of',
  gt: 'is over',
  gte: 'is at least',
  lt: 'is under',
  lte: 'is at most',
  startsWith: 'begins with',
  contains: 'contains',
  exists: 'is there',
}

/** Whether an event would pass, to show it before it is saved. What counts is the API's own reading, which this follows. */
export const passes = (filter: EventFilter, event: unknown): boolean =>
  Object.entries(filter).every(([pointer, condition]) => {
    const value = at(event, pointer)
    return Object.entries(condition).every(([operator, operand]) => holds(operator as Operator, operand, value))
  })

function holds(operator: Operator, operand: unknown, value: unknown): boolean {
  switch (operator) {
    case 'equals':
      return value === operand
    case 'not':
      return value !== operand
    case 'in':
      return Array.isArray(operand) && operand.includes(value)
    case 'gt':
      return typeof value === 'number' && value > Number(operand)
    case 'gte':
      return typeof value === 'number' && value >= Number(operand)
    case 'lt':
      return typeof value === 'number' && value < Number(operand)
    case 'lte':
      return typeof value === 'number' && value <= Number(operand)
    case 'startsWith':
      return typeof value === 'string' && value.startsWith(String(operand))
    case 'contains':
      return Array.isArray(value)
        ? value.includes(operand)
        : typeof value === 'string' && value.includes(String(operand))
    case 'exists':
      return (value !== undefined) === operand
  }
}

function at(event: unknown, pointer: string): unknown {
  let value = event
  for (const token of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[token.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return value
}

/** Every place in an event that holds a plain value, as JSON Pointers. */
export function pointersIn(event: unknown, prefix = ''): string[] {
  if (typeof event !== 'object' || event === null) return [prefix]
  if (Array.isArray(event)) return []
  return Object.entries(event).flatMap(([name, value]) =>
    pointersIn(value, `${prefix}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}
