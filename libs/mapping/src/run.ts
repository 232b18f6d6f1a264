import { MappingError, type MappingFault } from './error.ts'

/** How much one run may do and give back. One unit of work is about one rule evaluated on one item. */
export interface Limits {
  readonly work: number
  readonly outputNodes: number
  readonly outputChars: number
  readonly outputDepth: number
}

export const defaultLimits: Limits = { work: 100_000, outputNodes: 100_000, outputChars: 1_048_576, outputDepth: 32 }

/** One evaluation of a compiled mapping: the values in scope, and what is left of its budget. */
export class Run {
  /** Values by slot: the roots first, then the variables of the loops that are being run. */
  readonly slots: unknown[]
  /** The current item's index, by the slot of the loop's variable. */
  readonly indexes: number[] = []
  #left: number

  constructor(slots: unknown[], work: number) {
    this.slots = slots
    this.#left = work
  }

  /** Takes `units` of work from the budget. Everything whose cost grows with the data pays here. */
  spend(units: number, pointer: string): void {
    this.#left -= units
    if (this.#left < 0) {
      throw new MappingError(
        'too_much_work',
        pointer,
        'the mapping takes more work than one run may; shorten its lists',
      )
    }
  }
}

/** A rule, compiled. `undefined` means absent, and leaves its target out. */
export type Evaluate = (run: Run) => unknown

/** Where a rule stands: for errors. */
export interface Place {
  readonly pointer: string
  /** Slots of the surrounding loops' variables, outermost first. */
  readonly loops: readonly number[]
}

export const fault = (run: Run, place: Place, code: MappingFault, reason: string): MappingError =>
  new MappingError(
    code,
    place.pointer,
    reason,
    place.loops.map((slot) => run.indexes[slot] ?? 0),
  )
