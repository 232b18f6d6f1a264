import type { Execution } from '../integrations/queries.ts'

export type Attempt = Execution['steps'][number]['attempts'][number]

/** One of the things that a step asks for: the last attempt counts, those before it were tried again. */
export interface Item {
  /** Its position, of a step that asks for several. */
  readonly index: number | undefined
  readonly earlier: readonly Attempt[]
  readonly last: Attempt
}

/** The attempts of a step by the item or page they asked for, in order. */
export function itemsOf(attempts: readonly Attempt[]): Item[] {
  return [...Map.groupBy(attempts, ({ index }) => index)]
    .toSorted(([one], [other]) => (one ?? 0) - (other ?? 0))
    .map(([index, of]) => ({ index, earlier: of.slice(0, -1), last: of.at(-1) as Attempt }))
}
