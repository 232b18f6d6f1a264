import { CartlyError } from '@cartly/contracts'

/** The `ETag` of an aggregate: its revision, quoted (RFC 9110 section 8.8.3). */
export const etagOf = (revision: number): string => `"${revision}"`

/**
 * The revision that `If-Match` names, or `undefined` when any will do. A tag that is not one of ours matches nothing.
 * @throws CartlyError `precondition_failed`
 */
export function expectedRevision(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  const [, digits] = /^\s*(?:W\/)?"?([1-9]\d{0,14})"?\s*$/.exec(ifMatch) ?? []
  if (digits) return Number(digits)
  const message = 'If-Match is not an ETag of this resource: send the one its last answer brought, such as "3"'
  throw new CartlyError('precondition_failed', 'revision_mismatch', message)
}
