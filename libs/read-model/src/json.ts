/** What Postgres cannot keep in `jsonb` or `text`: NUL, and halves of surrogate pairs (section 8.14 of its manual). */
const unstorable = /\\u(?:0000|d[89a-f])/i

/**
 * JSON that Postgres takes whatever the strings hold. What it could not keep becomes U+FFFD, the replacement
 * character: a carrier that answers with a NUL must not stop a projection.
 */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value)
  return unstorable.test(json) ? JSON.stringify(value, storable) : json
}

function storable(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [storableText(key), member]))
}

/** The text with what Postgres could not keep replaced likewise. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')
