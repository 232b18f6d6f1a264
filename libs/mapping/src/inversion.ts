/** What the way back of one function is built from. */
export interface Undo {
  /** The rule that reads what this function has written. */
  readonly target: unknown
  /**
   * The rule of another field as it reads from the other side: a constant is itself; anything else must be written by
   * the mapping somewhere, and is read from there.
   */
  carry(field: string): unknown
  /** A constant field. */
  option<T>(field: string, fallback: T): T
  /** Ends the inversion: the function loses this. */
  refuse(loses: string): never
}

/** How a function is read backwards: not at all, through one of its fields, or item by item. */
export type Inversion =
  | { readonly loses: string }
  | { readonly into: string; readonly undo: (undo: Undo) => unknown }
  | { readonly loop: { readonly over: string; readonly as: string; readonly body: string } }
