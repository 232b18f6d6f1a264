import { invalid, type FieldError } from '@cartly/contracts'

/** What a store's own definition need not say. */
const defaults = { slug: 'custom', version: '1.0.0', category: 'other' }

/**
 * A definition that a store has written, completed.
 * @throws CartlyError `invalid` when it is no object, or holds a regular expression: one can be written that runs for
 *   minutes, so only the catalogue's are run.
 */
export function ownDefinition(definition: unknown): Record<string, unknown> {
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) {
    throw invalid('invalid_definition', 'A definition is an object', [
      { pointer: '/definition', message: 'must be an object' },
    ])
  }
  const found = expressions(definition, '/definition')
  if (found.length > 0)
    throw invalid('regular_expression', 'A definition of your own may hold no regular expressions', found)
  return { ...defaults, ...definition }
}

function expressions(value: unknown, pointer: string): FieldError[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const isExpression = (key === 'pattern' && typeof inner === 'string') || key === 'patternProperties'
    return isExpression
      ? [{ pointer: place, message: 'regular expressions are not taken here' }]
      : expressions(inner, place)
  })
}
