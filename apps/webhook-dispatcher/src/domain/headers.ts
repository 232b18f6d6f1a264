import { REDACTED, type FieldError } from '@cartly/contracts'

/** Headers that a delivery sets by itself, or that belong to the connection (RFC 9110, section 7.6.1). */
const reserved = new Set([
  'host',
  'connection',
  'content-type',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'keep-alive',
  'expect',
  'proxy-authorization',
  'proxy-connection',
  'user-agent',
  'traceparent',
  'tracestate',
])

/** What is wrong with an endpoint's own headers beyond their schema. */
export function headerErrors(headers: Readonly<Record<string, unknown>>): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const name of Object.keys(headers)) {
    const pointer = `/headers/${name.replaceAll('~', '~0')}`
    const lower = name.toLowerCase()
    if (reserved.has(lower) || lower.startsWith('webhook-')) {
      errors.push({ pointer, message: 'is set by the delivery itself and cannot be replaced' })
    } else if (seen.has(lower)) {
      errors.push({ pointer, message: 'is there twice: upper and lower case are the same header' })
    }
    seen.add(lower)
  }
  return errors
}

/** The headers of a request as they may be recorded and shown: without the values of the endpoint's own. */
export function presentable(
  headers: Readonly<Record<string, string>>,
  own: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const names = Object.keys(own)
  if (names.length === 0) return headers
  const shown = { ...headers }
  for (const name of names) shown[name] = REDACTED
  return shown
}
