/** What goes to the child: an expression and its input. */
export interface Question {
  readonly expression: string
  readonly input: unknown
}

/** What comes back: the output as JSON text, so that its size is known before it is read, or what went wrong. */
export type Answer = { readonly output: string | undefined } | { readonly error: string }

export const MAX_EXPRESSION_CHARS = 8_192
/** JSON characters of input and of output. */
export const MAX_DATA_CHARS = 262_144
