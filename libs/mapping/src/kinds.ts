/** What is known of a value without running anything; `any` is not known. */
export type ValueKind = 'any' | 'text' | 'number' | 'truth' | 'list' | 'object' | 'null'

/** Whether a value of one kind can ever stand where another is wanted. */
export const fits = (given: ValueKind, wanted: ValueKind): boolean =>
  given === 'any' || wanted === 'any' || given === wanted
