import type { ErrorReading } from './definition/errors.ts'

/**
 * When the service says that it may be asked again, in milliseconds from now: Retry-After in seconds or as a date
 * (RFC 9110 §10.2.3), or the header the template names.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  own: ErrorReading['retryAfter'],
  now: number,
): number | undefined {
  const standard = headers['retry-after']
  if (standard !== undefined) return /^\d+$/.test(standard) ? Number(standard) * 1000 : until(Date.parse(standard), now)
  const value = own && headers[own.header.toLowerCase()]
  if (!value || !/^\d+(\.\d+)?$/.test(value)) return undefined
  return own.as === 'seconds' ? Number(value) * 1000 : until(Number(value) * 1000, now)
}

const until = (at: number, now: number): number | undefined => (Number.isNaN(at) ? undefined : Math.max(0, at - now))
