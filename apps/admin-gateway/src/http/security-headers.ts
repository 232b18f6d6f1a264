import type { FastifyReply } from 'fastify'

/** For answers that are data: nothing in them may run, be framed, or be read by another origin. */
const headers = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const

/** Set before anything else, on every answer; a page that needs another policy replaces it. */
export function setSecurityHeaders(reply: FastifyReply, secure: boolean): void {
  reply.headers(headers)
  if (secure) reply.header('strict-transport-security', 'max-age=31536000; includeSubDomains')
}
