import { Type, type Static } from 'typebox'

/** Where in the input something is wrong: an RFC 6901 JSON Pointer, and what to do about it in words. */
export const FieldError = Type.Object({ pointer: Type.String(), message: Type.String() })
export type FieldError = Static<typeof FieldError>

/**
 * What sort of failure it is. Decided once, at the domain; the gateway alone knows the HTTP status of each.
 * `conflict` is a rule of the domain, `precondition_failed` a revision that has moved on.
 */
export const errorKinds = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'precondition_failed',
  'too_large',
  'rate_limited',
  'unavailable',
  'timeout',
  'internal',
] as const
export type ErrorKind = (typeof errorKinds)[number]

/** How an error crosses the bus. `code` is stable and machine-readable, `message` is for people. */
export const BusError = Type.Object({
  kind: Type.Enum(errorKinds),
  code: Type.String(),
  message: Type.String(),
  errors: Type.Optional(Type.Array(FieldError)),
  retryAfterMs: Type.Optional(Type.Integer()),
})
export type BusError = Static<typeof BusError>

/** A failure that a caller may see. Everything else is a defect, and leaves as `internal` without its text. */
export class CartlyError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly errors: FieldError[] | undefined
  readonly retryAfterMs: number | undefined

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    detail: { errors?: FieldError[]; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.name = 'CartlyError'
    this.kind = kind
    this.code = code
    this.errors = detail.errors
    this.retryAfterMs = detail.retryAfterMs
  }

  toBus(): BusError {
    return {
      kind: this.kind,
      code: this.code,
      message: this.message,
      ...(this.errors ? { errors: this.errors } : {}),
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
    }
  }

  static fromBus(error: BusError): CartlyError {
    return new CartlyError(error.kind, error.code, error.message, error)
  }
}

export const notFound = (what: string, id: string): CartlyError =>
  new CartlyError('not_found', 'not_found', `There is no ${what} ${id} in this store`)

export const conflict = (code: string, message: string): CartlyError => new CartlyError('conflict', code, message)

export const invalid = (code: string, message: string, errors?: FieldError[]): CartlyError =>
  new CartlyError('invalid', code, message, errors ? { errors } : {})
