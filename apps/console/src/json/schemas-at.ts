import type { JsonSchema } from '../integrations/use-service.ts'

/** Every schema that has a say about the value at a path: references followed, alternatives spread out. */
export function schemasAt(root: JsonSchema, path: readonly (string | number)[]): JsonSchema[] {
  let here = spread(root, root)
  for (const part of path) here = here.flatMap((schema) => inside(schema, part).flatMap((next) => spread(next, root)))
  return here
}

function inside(schema: JsonSchema, part: string | number): JsonSchema[] {
  if (typeof part === 'number') return schema.items ? [schema.items] : []
  const named = schema.properties?.[part]
  if (named) return [named]
  const patterns = Object.values((schema['patternProperties'] ?? {}) as Record<string, JsonSchema>)
  const rest = schema['additionalProperties']
  return typeof rest === 'object' && rest !== null ? [...patterns, rest as JsonSchema] : patterns
}

function spread(schema: JsonSchema, root: JsonSchema, seen: ReadonlySet<string> = new Set()): JsonSchema[] {
  const reference = schema['$ref']
  if (typeof reference === 'string') {
    const name = reference.replace('#/$defs/', '')
    const target = ((root['$defs'] ?? {}) as Record<string, JsonSchema>)[name]
    return target && !seen.has(name) ? spread(target, root, new Set([...seen, name])) : []
  }
  const alternatives = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => (schema[keyword] ?? []) as JsonSchema[])
  return [schema, ...alternatives.flatMap((alternative) => spread(alternative, root, seen))]
}
