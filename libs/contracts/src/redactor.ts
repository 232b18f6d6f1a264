import { REDACTED } from './secret.ts'

/** Shorter values stand by chance in too much that is no secret; they are kept out of headers and queries by name. */
const SHORTEST = 6

/** Takes secrets out of what is kept: of text, and of the texts in any JSON. */
export interface Redactor {
  text(text: string): string
  json<T>(value: T): T
  /** Whether the text holds a secret, plain or encoded. */
  finds(text: string): boolean
}

/** A redactor of these values, plain, URL-encoded, base64, base64url, and as they stand inside JSON. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = new Set(
    secrets
      .filter((secret) => secret.length >= SHORTEST)
      .flatMap((secret) => [
        secret,
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('base64').replace(/=+$/, ''),
        Buffer.from(secret).toString('base64url'),
      ]),
  )
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length)
  const finds = (text: string): boolean => longestFirst.some((form) => text.includes(form))
  const text = (value: string): string => longestFirst.reduce((out, form) => out.replaceAll(form, REDACTED), value)
  const json = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (Array.isArray(value)) return value.map(json)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [text(key), json(member)]))
  }
  return { text, finds, json: (value) => (longestFirst.length === 0 ? value : (json(value) as typeof value)) }
}
