import { MappingError } from './error.ts'
import { below, isObject } from './json.ts'
import { fits, spoken, type ValueKind } from './kinds.ts'
import { readRule } from './rule.ts'
import { itemSchema, kindOfSchema, memberSchema, type JsonSchema } from './schema-kinds.ts'

/**
 * Holds a mapping against the schema of what it should give, as far as can be told without data: members that the schema
 * requires but the mapping never writes, members it does not know, and values of another kind.
 * @throws MappingError `wrong_type`, `unknown_name`, `missing`
 */
export function checkAgainstSchema(
  node: unknown,
  schema: JsonSchema,
  pointer: string,
  kinds: ReadonlyMap<string, ValueKind>,
): void {
  const given = kinds.get(pointer) ?? 'any'
  const wanted = kindOfSchema(schema)
  if (!fits(given, wanted)) {
    throw new MappingError('wrong_type', pointer, `this gives ${spoken(given)}, and ${spoken(wanted)} is needed`)
  }
  const rule = readRule(node, pointer)
  if (rule.kind === 'list') {
    const items = itemSchema(schema)
    if (items) rule.items.forEach((item, index) => checkAgainstSchema(item, items, below(pointer, index), kinds))
  }
  if (rule.kind === 'call' && rule.name === '$each' && isObject(rule.argument)) {
    const items = itemSchema(schema)
    if (items) checkAgainstSchema(rule.argument['do'], items, below(below(pointer, '$each'), 'do'), kinds)
  }
  if (rule.kind === 'target') {
    const written = new Set(rule.entries.map(([key]) => key))
    const required = Array.isArray(schema['required']) ? schema['required'] : []
    const missing = required.find((key) => !written.has(String(key)))
    if (missing) throw new MappingError('missing', pointer, `"${missing}" is required, and never written`)
    for (const [key, member] of rule.entries) {
      const memberOf = memberSchema(schema, key)
      if (memberOf === 'unknown')
        throw new MappingError('unknown_name', below(pointer, key), `"${key}" is not a known field`)
      if (memberOf) checkAgainstSchema(member, memberOf, below(pointer, key), kinds)
    }
  }
}
