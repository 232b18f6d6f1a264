import type { FieldError } from '@cartly/contracts'

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
export function headerErrors(headers: Readonly<Record<string, string>>): FieldError[] {
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

/** Values of these are not shown again: what lets a receiver in is a secret, whatever the header is called. */
const telling = /auth|token|secret|passw|key|cookie|signature|credential|session/i

/** The headers as they may be recorded and shown: an endpoint's own header that looks like a secret is hidden. */
export function presentable(
  headers: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  if (!own) return headers
  const shown: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    shown[name] = Object.hasOwn(own, name) && telling.test(name) ? '[redacted]' : value
  }
  return shown
}
