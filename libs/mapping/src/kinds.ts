/** What is known of a value without running anything; `any` is not known. */
export type ValueKind = 'any' | 'text' | 'number' | 'truth' | 'list' | 'object' | 'null'

/** What a value is needed for; `scalar` is anything but a list or an object. */
export type Wanted = ValueKind | 'scalar'

/** Whether a value of one kind can ever stand where another is wanted. */
export const fits = (given: ValueKind, wanted: Wanted): boolean =>
  given === 'any' ||
  wanted === 'any' ||
  given === wanted ||
  (wanted === 'scalar' && given !== 'list' && given !== 'object')

/** The kind in the words that errors use. */
export const spoken = (kind: Wanted): string =>
  ({
    any: 'anything',
    text: 'text',
    number: 'a number',
    truth: 'true or false',
    list: 'a list',
    object: 'an object',
    null: 'null',
    scalar: 'text or a number',
  })[kind]
