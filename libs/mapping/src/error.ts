/** Wrong in the mapping itself, found when it is compiled. */
export type MappingDefect =
  | 'unknown_function'
  | 'bad_argument'
  | 'bad_path'
  | 'unknown_name'
  | 'cycle'
  | 'forbidden_key'
  | 'too_deep'
  | 'too_large'
  | 'wrong_type'
  | 'not_invertible'

/** Wrong with the data, found when the mapping runs. */
export type MappingFault =
  | 'not_a_number'
  | 'not_a_list'
  | 'not_text'
  | 'not_an_object'
  | 'not_in_table'
  | 'not_a_date'
  | 'not_a_currency'
  | 'not_a_unit'
  | 'inexact_amount'
  | 'missing'
  | 'too_much_work'
  | 'output_too_large'
  | 'expression_failed'

export type MappingErrorCode = MappingDefect | MappingFault

/**
 * A mapping that cannot be compiled, run or inverted. `pointer` is the JSON Pointer of the rule in the mapping;
 * `items` says in which item of each surrounding loop it happened, outermost first.
 */
export class MappingError extends Error {
  readonly code: MappingErrorCode
  readonly pointer: string
  readonly items: readonly number[]
  /** What is wrong, without the place. */
  readonly reason: string

  constructor(code: MappingErrorCode, pointer: string, reason: string, items: readonly number[] = []) {
    const where = items.length > 0 ? `${pointer || '/'} (item ${items.join(', ')})` : pointer || '/'
    super(`${where}: ${reason}`)
    this.name = 'MappingError'
    this.code = code
    this.pointer = pointer
    this.items = items
    this.reason = reason
  }
}
