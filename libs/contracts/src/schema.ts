import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { Static, TSchema } from 'typebox'
import { isDateTime } from './date-time.ts'
import { CartlyError, type FieldError } from './errors.ts'

/** The one JSON Schema 2020-12 validator of the engine: every door checks with it, so every error has the same form. */
const ajv = new Ajv2020({
  allErrors: true,
  strict: false,
  allowUnionTypes: true,
  useDefaults: false,
  ownProperties: true,
  // Of formats it does not know it would tell the console, in the words of whoever wrote the schema.
  logger: false,
})
// ajv-formats is CommonJS whose types claim an ES default.
;(addFormats as unknown as (instance: Ajv2020, formats: string[]) => void)(ajv, [
  'date',
  'time',
  'email',
  'uri',
  'uri-reference',
  'uuid',
  'hostname',
  'ipv4',
  'ipv6',
])
ajv.addFormat('date-time', isDateTime)

export interface Validator<T> {
  /** The errors, each with its place; empty when the value fits. At most `MAX_FIELD_ERRORS`. */
  errors(value: unknown): FieldError[]
  is(value: unknown): value is T
  /**
   * The value, typed.
   * @throws CartlyError `invalid` with every place that is wrong. `what` names the thing in the message.
   */
  parse(value: unknown, what: string): T
}

export const MAX_FIELD_ERRORS = 20

const compiled = new WeakMap<object, Validator<unknown>>()

/** Compiles a schema once; the same schema object gives the same validator. */
export function compileSchema<S extends TSchema>(schema: S): Validator<Static<S>> {
  return compileJsonSchema(schema) as Validator<Static<S>>
}

/**
 * As `compileSchema`, for a JSON Schema that came as data (a template's settings).
 * @throws Error when it is no valid JSON Schema 2020-12.
 */
export function compileJsonSchema(schema: object): Validator<unknown> {
  const known = compiled.get(schema)
  if (known) return known
  const validator = validatorOf(ajv.compile(schema))
  // Ajv itself would keep every schema for ever, and refuse a second one of the same `$id`.
  ajv.removeSchema(schema)
  compiled.set(schema, validator)
  return validator
}

function validatorOf(validate: ValidateFunction): Validator<unknown> {
  const errors = (value: unknown): FieldError[] => (validate(value) ? [] : fieldErrors(validate.errors ?? []))
  return {
    errors,
    is: (value): value is unknown => validate(value) === true,
    parse(value, what) {
      if (validate(value)) return value
      const found = fieldErrors(validate.errors ?? [])
      const first = found[0]
      throw new CartlyError(
        'invalid',
        'invalid_input',
        `${what} is not valid: ${first ? describe(first) : 'unknown error'}`,
        {
          errors: found,
        },
      )
    },
  }
}

const describe = (error: FieldError): string => (error.pointer ? `${error.pointer} ${error.message}` : error.message)

function fieldErrors(errors: ErrorObject[]): FieldError[] {
  const seen = new Set<string>()
  const out: FieldError[] = []
  for (const error of worthSaying(errors)) {
    const field = fieldError(error)
    const key = `${field.pointer} ${field.message}`
    if (seen.has(key)) continue
    seen.add(key)
    out.push(field)
    if (out.length === MAX_FIELD_ERRORS) break
  }
  return out
}

/** Of what Ajv says about an `anyOf`, one thing: what a reader can act on, in place of every branch's complaint. */
function worthSaying(errors: ErrorObject[]): ErrorObject[] {
  const said: ErrorObject[] = []
  for (const error of errors) {
    if (error.keyword !== 'anyOf') {
      said.push(error)
      continue
    }
    // Ajv reports the branches right before the `anyOf` that they are of.
    const first = said.findLastIndex(({ schemaPath }) => !schemaPath.startsWith(`${error.schemaPath}/`)) + 1
    said.push(...ofBranches(error, said.splice(first)))
  }
  return said
}

function ofBranches(anyOf: ErrorObject, branches: ErrorObject[]): ErrorObject[] {
  const here = (keyword: string) => (error: ErrorObject) =>
    error.keyword === keyword && error.instancePath === anyOf.instancePath
  if (branches.length === 0) return [anyOf]
  if (branches.every(here('const'))) {
    const allowedValues = branches.map(({ params }): unknown => params['allowedValue'])
    return [{ ...anyOf, keyword: 'enum', params: { allowedValues } }]
  }
  const types = branches.filter(here('type'))
  if (types.length === branches.length) {
    const names = new Set(types.map(({ params }) => String(params['type'])))
    return [{ ...anyOf, message: `must be ${[...names].join(' or ')}` }]
  }
  // A branch for another type was not meant.
  return ofMeantBranch(
    anyOf,
    branches.filter((error) => !types.includes(error)),
  )
}

/** Of branches told apart by constants (`type: basic`), those whose constants are right; or which there are. */
function ofMeantBranch({ schemaPath, instancePath }: ErrorObject, errors: ErrorObject[]): ErrorObject[] {
  const branchOf = (error: ErrorObject): string => error.schemaPath.slice(schemaPath.length + 1).split('/', 1)[0]!
  const wrong = errors.filter(({ keyword, instancePath: at }) => keyword === 'const' && at !== instancePath)
  const notMeant = new Set(wrong.map(branchOf))
  const meant = errors.filter((error) => !notMeant.has(branchOf(error)))
  if (meant.length > 0) return meant
  const [first] = wrong
  const telling = wrong.filter(({ instancePath: at }) => at === first?.instancePath)
  if (!first || new Set(telling.map(branchOf)).size < notMeant.size) return errors
  const allowedValues = [...new Set(telling.map(({ params }): unknown => params['allowedValue']))]
  return [{ ...first, keyword: 'enum', params: { allowedValues } }]
}

const escapePointer = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1')

function fieldError({ instancePath, keyword, params, message }: ErrorObject): FieldError {
  switch (keyword) {
    case 'required':
      return { pointer: `${instancePath}/${escapePointer(String(params['missingProperty']))}`, message: 'is required' }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const name = String(params['additionalProperty'] ?? params['unevaluatedProperty'])
      return { pointer: `${instancePath}/${escapePointer(name)}`, message: 'is not a known field' }
    }
    case 'enum':
      return {
        pointer: instancePath,
        message: `must be one of ${(params['allowedValues'] as unknown[]).map((v) => JSON.stringify(v)).join(', ')}`,
      }
    case 'const':
      return { pointer: instancePath, message: `must be ${JSON.stringify(params['allowedValue'])}` }
    default:
      return { pointer: instancePath, message: message ?? 'is not valid' }
  }
}
