import type { TObject, TSchema } from 'typebox'

/**
 * Query strings are text; numbers and booleans of the schema are read as such. What cannot be read stays text, so that
 * validation names it.
 */
export function readQuery(schema: TObject, query: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, text]) => [
      name,
      typeof text === 'string' ? readAs(schema.properties[name], text) : text,
    ]),
  )
}

function readAs(schema: TSchema | undefined, text: string): unknown {
  const type = (schema as { type?: string } | undefined)?.type
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (type === 'integer' || type === 'number') return /^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : text
  return text
}
