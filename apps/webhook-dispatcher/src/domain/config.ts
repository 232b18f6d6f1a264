import { invalid, type EndpointConfig, type FieldError } from '@cartly/contracts'
import { subscriptionOf } from './event-types.ts'
import { filterErrors } from './filter.ts'
import { headerErrors } from './headers.ts'

/** What of a configuration only the outside can judge; each returns what is wrong, or undefined. */
export interface ConfigChecks {
  url(url: string): string | undefined
  /** With the place within the mapping. */
  mapping(mapping: unknown): FieldError | undefined
}

/**
 * Checks a configuration beyond its schema: whether it could ever work.
 * @throws CartlyError `invalid` with every place that is wrong.
 */
export function checkConfig(config: EndpointConfig, checks: ConfigChecks): void {
  const errors: FieldError[] = []
  const url = checks.url(config.url)
  if (url !== undefined) errors.push({ pointer: '/url', message: url })
  for (const [index, pattern] of config.eventTypes.entries()) {
    if (subscriptionOf([pattern]) === 0) {
      errors.push({ pointer: `/eventTypes/${index}`, message: `names no event type; GET /v1/event-types lists them` })
    }
  }
  errors.push(...headerErrors(config.headers ?? {}), ...filterErrors(config.filter ?? {}))
  if (config.mapping !== undefined && config.mapping !== null) {
    const mapping = checks.mapping(config.mapping)
    if (mapping) errors.push({ ...mapping, pointer: `/mapping${mapping.pointer}` })
  }
  if (errors.length === 0) return
  const [first] = errors as [FieldError, ...FieldError[]]
  throw invalid('invalid_endpoint', `The endpoint is not valid: ${first.pointer} ${first.message}`, errors)
}
