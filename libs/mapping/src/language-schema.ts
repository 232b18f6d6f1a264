import { SINGLE, type Argument, type Field } from './function.ts'
import { functions } from './functions/index.ts'
import type { JsonSchema } from './schema-kinds.ts'

const rule = { $ref: '#/$defs/rule' } as const

/**
 * The mapping language as JSON Schema definitions (2020-12), `rule` being the entry, for editors that complete and
 * explain it. The compiler, not this schema, is what decides whether a mapping is right.
 */
export function languageDefinitions(): Record<'rule' | 'expression', JsonSchema> {
  const calls = Object.fromEntries(
    [...functions].map(([name, { summary, argument }]) => [
      name,
      { description: summary, ...argumentSchema(argument) },
    ]),
  )
  return {
    rule: {
      description:
        'A literal, a list, an object whose members are rules, or an expression: an object with one key that begins with "$".',
      anyOf: [
        { type: ['string', 'number', 'boolean', 'null'] },
        { type: 'array', items: rule },
        { $ref: '#/$defs/expression' },
        { type: 'object', propertyNames: { pattern: '^[^$]' }, additionalProperties: rule },
      ],
    },
    expression: {
      type: 'object',
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
      properties: {
        $: { type: 'string', description: 'The value at a path: input.parcels[0].weight, item["any key"].' },
        ...calls,
      },
    },
  }
}

function argumentSchema(argument: Argument): JsonSchema {
  if ('single' in argument) return fieldSchema(argument.single)
  const fields = Object.entries(argument.fields)
  return {
    type: 'object',
    additionalProperties: false,
    required: fields.filter(([, field]) => !field.optional).map(([name]) => name),
    properties: Object.fromEntries(
      fields.map(([name, field]) => [name, { description: field.summary, ...fieldSchema(field) }]),
    ),
  }
}

function fieldSchema(field: Field): JsonSchema {
  switch (field.takes) {
    case 'rule':
    case 'body':
      return rule
    case 'rules':
      return { type: 'array', minItems: 1, items: rule }
    case 'choice':
      return { enum: field.of }
    case 'integer':
      return { type: 'integer', minimum: field.from, maximum: field.to }
    case 'name':
    case 'mapping':
      return { type: 'string' }
    case 'table':
      return { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } }
    case 'json':
      return {}
  }
}

/** Every function with its summary and its fields, for documentation. */
export const describeFunctions = (): { name: string; summary: string; fields: string[] }[] =>
  [...functions].map(([name, { summary, argument }]) => ({
    name,
    summary,
    fields: 'single' in argument ? [] : Object.keys(argument.fields).filter((field) => field !== SINGLE),
  }))
