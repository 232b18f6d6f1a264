import { invalid, type FieldError } from '@cartly/contracts'

type Values = Readonly<Record<string, string>>

/**
 * The values of these headers: those given, and of the others what is stored under the same name.
 * @throws CartlyError `invalid` with every header that has neither, by its place in the endpoint's settings
 */
export function headerValues(names: readonly string[], given: Values, stored: Values): Record<string, string> {
  // By maps: a header may be called as something that every object has.
  const known = new Map([...Object.entries(stored), ...Object.entries(given)])
  const missing = names
    .filter((name) => !known.has(name))
    .map((name): FieldError => ({
      pointer: `/headers/${name.replaceAll('~', '~0')}`,
      message: 'stands for the value that is stored, and none is: send the value itself',
    }))
  if (missing.length > 0) throw invalid('unknown_header_value', 'A header of the endpoint has no value', missing)
  return Object.fromEntries(names.map((name) => [name, known.get(name) as string]))
}
