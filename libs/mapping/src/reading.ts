import { formatDecimal, parseDecimal, type Decimal } from './decimal.ts'
import { describe } from './json.ts'
import { fault, type Place, type Run } from './run.ts'

/** Exact arithmetic costs more than most rules. */
const DECIMAL_COST = 4

/** The value as text; numbers and truth values as JSON writes them. Absent stays absent. */
export function textOf(value: unknown, run: Run, place: Place): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object') throw fault(run, place, 'not_text', `${describe(value)} is not text`)
  const text = String(value)
  if (text.length > 64) run.spend(text.length >> 5, place.pointer)
  return text
}

/** The value as an exact decimal; absent stays absent. */
export function decimalOf(value: unknown, run: Run, place: Place): Decimal | undefined {
  if (value === undefined || value === null) return undefined
  run.spend(DECIMAL_COST, place.pointer)
  const decimal = parseDecimal(value)
  if (!decimal) throw fault(run, place, 'not_a_number', `${describe(value)} is not a number`)
  return decimal
}

/** The value as a number; decimal text is read, absent stays absent. */
export function numberOf(value: unknown, run: Run, place: Place): number | undefined {
  if (typeof value === 'number') return value
  const decimal = decimalOf(value, run, place)
  return decimal && toNumber(decimal)
}

export const toNumber = (decimal: Decimal): number => Number(formatDecimal(decimal))

/** The value as a list; absent is an empty one. Taking a list costs its length. */
export function listOf(value: unknown, run: Run, place: Place): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw fault(run, place, 'not_a_list', `${describe(value)} is not a list`)
  run.spend(value.length, place.pointer)
  return value
}

/** Only `true` is true: no other value stands for it. */
export const truthOf = (value: unknown): boolean => value === true
