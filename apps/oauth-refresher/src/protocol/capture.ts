import type { OAuthSpec } from './client.ts'

/** A value that the template captures has not the form that it must have, or is missing. */
export class CaptureMismatch extends Error {
  readonly field: string

  constructor(name: string) {
    super(`The value ${name} that the service gave is missing or has not the form that it must have`)
    this.name = 'CaptureMismatch'
    this.field = name
  }
}

const MAX_LENGTH = 500

/**
 * What the template keeps beside the tokens, such as a company's id. It ends up in addresses and in the log, so it must
 * be short, match the template's pattern and be no secret.
 */
export function capture(
  { capture: wanted = [] }: OAuthSpec,
  callback: URLSearchParams,
  reply: Readonly<Record<string, unknown>>,
): Record<string, string> {
  return Object.fromEntries(
    wanted.map(({ name, from, key, pattern }) => {
      const found = from === 'callback' ? callback.get(key) : within(reply, key)
      const value = typeof found === 'number' ? String(found) : found
      const fits =
        typeof value === 'string' &&
        value.length <= MAX_LENGTH &&
        (pattern === undefined || new RegExp(`^(?:${pattern})$`, 'u').test(value))
      if (!fits) throw new CaptureMismatch(name)
      return [name, value]
    }),
  )
}

/** The value under a dotted key. */
const within = (reply: unknown, key: string): unknown =>
  key
    .split('.')
    .reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : undefined,
      reply,
    )
