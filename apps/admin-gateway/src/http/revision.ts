import { CartlyError } from '@cartly/contracts'

/** The `ETag` of an aggregate: its revision, quoted (RFC 9110 section 8.8.3). */
export const etagOf = (revision: number): string => `"${revision}"`

const WELL_FORMED = /^\s*(?:W\/)?("[^"]*"|\d+)(?:\s*,\s*(?:W\/)?("[^"]*"|\d+))*\s*$/

/**
 * The revisions that `If-Match` names, any of which will do, or `undefined` for every one (RFC 9110 section 13.1.1). A tag
 * that is not one of ours matches nothing. A weak one counts, which is more than the RFC allows: a proxy that compresses
 * answers weakens our tags, and each revision is one state all the same.
 * @throws CartlyError `precondition_failed`
 */
export function expectedRevisions(ifMatch: string | undefined): number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  const tags = WELL_FORMED.test(ifMatch) ? (ifMatch.match(/"[^"]*"|\d+/g) ?? []) : []
  const revisions = tags.map((tag) => tag.replaceAll('"', '')).filter((tag) => /^[1-9]\d{0,14}$/.test(tag))
  if (revisions.length > 0) return revisions.map(Number)
  const message = 'If-Match is not an ETag of this resource: send the one its last answer brought, such as "3"'
  throw new CartlyError('precondition_failed', 'revision_mismatch', message)
}
