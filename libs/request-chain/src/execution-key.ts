import { createHash } from 'node:crypto'

/**
 * The idempotency key of one step of one execution: the same whenever that execution is run, in the form of a UUID
 * (version 8, RFC 9562), which every service that takes keys accepts.
 */
export function stepKey(executionKey: string, step: string): string {
  const hex = createHash('sha256').update(`${executionKey}\n${step}`).digest('hex')
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) % 4]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
