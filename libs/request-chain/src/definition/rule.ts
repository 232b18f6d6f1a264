import { languageDefinitions } from '@cartly/mapping'
import { Type, type TSchema } from 'typebox'

/** A rule of the mapping language, wherever a definition takes a value that may be computed. */
export const Rule = (description: string) => Type.Unsafe<unknown>({ $ref: '#/$defs/rule', description })

export const Rules = (description: string) =>
  Type.Record(Type.String(), Type.Unsafe<unknown>({ $ref: '#/$defs/rule' }), { description })

/** The schema with the mapping language spelled out: for editors. */
export const forEditors = <S extends TSchema>(schema: S): S => ({ ...schema, $defs: languageDefinitions() })

/**
 * The schema with rules left open: for checking the shape of a definition. Rules are checked by the mapping compiler,
 * whose errors say more than a schema's can.
 */
export const forChecking = <S extends TSchema>(schema: S): S => ({ ...schema, $defs: { rule: {} } })
