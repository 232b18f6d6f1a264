/** What goes to the child: an expression and its input. */
export interface Question {
  readonly expression: string
  readonly input: unknown
}

/** What comes back: the output as JSON text, so that its size is known before it is read, or what went wrong. */
export type Answer = { readonly output: string | undefined } | { readonly error: string }

/** Parsing `a.a.a…` takes a time that grows with the square of its length: 20 ms for this many, which every process that compiles it pays. */
export const MAX_EXPRESSION_CHARS = 4_096
/** JSON characters of input and of output. */
export const MAX_DATA_CHARS = 262_144
