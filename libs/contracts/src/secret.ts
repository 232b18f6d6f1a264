import { inspect } from 'node:util'

/** What stands in the place of a secret wherever it is shown. */
export const REDACTED = '[redacted]'

/**
 * A value that cannot be printed: JSON, string conversion, `util.inspect` and structured loggers all show `[redacted]`.
 * Only `reveal()` gives it, so every place that handles plaintext can be found by that name.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  /** The last four characters, for people to recognise a key by; nothing of a value shorter than twelve. */
  get last4(): string {
    return this.#value.length >= 12 ? this.#value.slice(-4) : ''
  }

  toString(): string {
    return REDACTED
  }

  toJSON(): string {
    return REDACTED
  }

  [Symbol.toPrimitive](): string {
    return REDACTED
  }

  [inspect.custom](): string {
    return REDACTED
  }
}
