import { MappingError } from './error.ts'
import type { Argument, Field } from './function.ts'
import { below, isObject } from './json.ts'

/** Checks that the argument has the declared fields and no others, and the constant ones their values. */
export function checkArgument(name: string, declared: Argument, given: unknown, pointer: string): void {
  if ('single' in declared) {
    const wrong = wrongConstant(declared.single, given)
    if (wrong) throw new MappingError('bad_argument', pointer, wrong)
    return
  }
  const fields = declared.fields
  const names = Object.keys(fields).join(', ')
  if (!isObject(given) || Object.keys(given).some((key) => key.startsWith('$'))) {
    throw new MappingError('bad_argument', pointer, `${name} takes an object of ${names}`)
  }
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(fields, key)) {
      throw new MappingError('bad_argument', below(pointer, key), `${name} has no "${key}"; it has ${names}`)
    }
  }
  for (const [key, field] of Object.entries(fields)) {
    const present = Object.hasOwn(given, key)
    if (!present && !field.optional) throw new MappingError('bad_argument', pointer, `${name} needs "${key}"`)
    const wrong = present ? wrongConstant(field, given[key]) : undefined
    if (wrong) throw new MappingError('bad_argument', below(pointer, key), wrong)
  }
}

function wrongConstant(field: Field, given: unknown): string | undefined {
  switch (field.takes) {
    case 'choice':
      return field.of.includes(String(given)) ? undefined : `must be one of ${field.of.join(', ')}`
    case 'integer':
      return Number.isInteger(given) && Number(given) >= field.from && Number(given) <= field.to
        ? undefined
        : `must be a whole number from ${field.from} to ${field.to}`
    case 'name':
      return typeof given === 'string' && /^[a-zA-Z][a-zA-Z0-9]*$/.test(given) ? undefined : 'must be a name'
    case 'mapping':
      return typeof given === 'string' ? undefined : 'must be the name of a mapping'
    case 'table':
      return isObject(given) &&
        Object.values(given).every((value) => ['string', 'number', 'boolean'].includes(typeof value))
        ? undefined
        : 'must be an object of text, numbers or truth values'
    case 'rule':
      return typeof given === 'object' && given !== null ? undefined : field.refuses?.(given)
    case 'json':
    case 'rules':
    case 'body':
      return undefined
  }
}
