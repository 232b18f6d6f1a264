/** Headers of answers, by name; `components.headers`. */
export const headers = {
  ETag: { description: 'The revision, quoted: send it back as `If-Match`', schema: { type: 'string' }, example: '"3"' },
  Location: { description: 'Of what was made, or where to go', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1 } },
  'WWW-Authenticate': { description: 'What the token lacks (RFC 6750)', schema: { type: 'string' } },
  'Idempotent-Replayed': {
    description: '`true` on an answer given before to the same `Idempotency-Key`',
    schema: { type: 'string', const: 'true' },
  },
}

/** A header of an answer, by reference. */
export const header = (name: keyof typeof headers) => ({ [name]: { $ref: `#/components/headers/${name}` } })
