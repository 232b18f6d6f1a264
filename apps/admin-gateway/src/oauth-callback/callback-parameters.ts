import { invalid } from '@cartly/contracts'

/**
 * What the authorization server sent, as it came. A parameter that comes twice is refused (RFC 6749 section 3.1): two
 * readers might not take the same one.
 */
export function readParameters(query: Record<string, unknown>): Record<string, string> {
  const parameters: Record<string, string> = {}
  for (const [name, value] of Object.entries(query)) {
    if (typeof value !== 'string' || value.length > 8_192) {
      throw invalid('invalid_callback', 'Each parameter of a callback must come once, and be shorter than 8 KiB')
    }
    parameters[name] = value
  }
  return parameters
}
