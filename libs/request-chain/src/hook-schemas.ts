import { canonicalSchemas, compileJsonSchema, entitySchemas, storeEventTypes } from '@cartly/contracts'
import type { JsonSchema } from '@cartly/mapping'
import type { Report } from './compile-request.ts'
import type { HookDefinition } from './definition/hook.ts'

export type SchemaOrName = HookDefinition['input']

/** The schema that an `input` or `output` is, or names (`Address`, `Rate[]`); what is wrong with it is reported. */
export function resolveSchema(named: SchemaOrName, pointer: string, report: Report): JsonSchema | undefined {
  if (named === undefined) return undefined
  if (typeof named === 'string') {
    const name = named.replace(/\[\]$/, '')
    const schema = shapes.get(name) as JsonSchema | undefined
    if (schema) return name === named ? schema : { type: 'array', items: schema }
    report('unknown_schema', pointer, `there is no shape "${name}"; there is ${[...shapes.keys()].join(', ')}`)
    return undefined
  }
  try {
    compileJsonSchema(named)
    return named
  } catch (error) {
    report('bad_schema', pointer, `this is no JSON Schema: ${error instanceof Error ? error.message : error}`)
    return undefined
  }
}

/** As `resolveSchema`, for reading: of a canonical shape only what it has, of an entity what is known of it and more. */
export function readableSchema(named: SchemaOrName, pointer: string, report: Report): JsonSchema | undefined {
  const schema = resolveSchema(named, pointer, report)
  const isCanonical = typeof named === 'string' && Object.hasOwn(canonicalSchemas, named.replace(/\[\]$/, ''))
  return isCanonical ? closedThroughout(schema) : schema
}

const shapes = new Map(Object.entries({ ...canonicalSchemas, ...entitySchemas }))

/** What rules may read of a hook's input: of a canonical shape only what it has, of an event what is known of its data. */
export function readableInput(
  { input, on = [] }: HookDefinition,
  pointer: string,
  report: Report,
): JsonSchema | undefined {
  const own = readableSchema(input, `${pointer}/input`, report)
  const events = on.map((type, index) => {
    const found = storeEventTypes.find((event) => event.type === type)
    if (!found) {
      const known = storeEventTypes.map((event) => event.type).join(', ')
      report('unknown_event', `${pointer}/on/${index}`, `there is no event "${type}"; there is ${known}`)
    }
    return found?.data as JsonSchema | undefined
  })
  if (input !== undefined) return own
  return new Set(events).size === 1 ? events[0] : undefined
}

/** An object with these members and no others. */
export const closed = (names: readonly string[]): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(names.map((name) => [name, {}])),
})

/** The schema, with no members but those it names. */
function closedThroughout(schema: JsonSchema | undefined): JsonSchema | undefined {
  if (!isSchema(schema)) return schema
  const { properties, items } = schema
  return {
    ...schema,
    ...(isSchema(items) ? { items: closedThroughout(items) } : {}),
    ...(isSchema(properties) ? { additionalProperties: false, properties: closeEach(properties) } : {}),
  }
}

const closeEach = (properties: JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, closedThroughout(member as JsonSchema)]))

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null
