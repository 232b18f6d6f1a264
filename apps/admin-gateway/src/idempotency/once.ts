import { createHmac } from 'node:crypto'
import { invalid } from '@cartly/contracts'
import type { KeptAnswers } from './kept-answers.ts'

/** The `Idempotency-Key` of a request. */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || /^[\x21-\x7e]{1,255}$/.test(header)) return header
  throw invalid(
    'invalid_idempotency_key',
    'Idempotency-Key must be 1 to 255 visible ASCII characters; a UUID serves well',
    [{ pointer: '/header/Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' }],
  )
}

/**
 * Does the work once for each request key, and gives the kept answer from then on. A failure is not kept: the same key may
 * try again, and whatever the first try set off has the same command id (`commandIds`).
 */
export async function once(
  kept: KeptAnswers,
  { requestKey: key, idempotencyKey }: { requestKey: string; idempotencyKey: string },
  body: unknown,
  work: () => Promise<unknown>,
): Promise<{ answer: unknown; replayed: boolean }> {
  const fingerprint = fingerprintOf(body, idempotencyKey)
  const claim = await kept.claim(key, fingerprint)
  if (claim.state === 'answered') return { answer: claim.answer.body, replayed: true }
  const answer = await work().catch(async (error: unknown) => {
    await kept.release(key, claim.sequence, fingerprint)
    throw error
  })
  await kept.keep(key, claim.sequence, fingerprint, { body: answer })
  return { answer, replayed: false }
}

/**
 * Equal for bodies that say the same, whatever the order of their fields. Under the Idempotency-Key, which is kept nowhere:
 * a body can hold a secret, and a short one could be guessed from a bare digest.
 */
const fingerprintOf = (body: unknown, idempotencyKey: string): string =>
  createHmac('sha256', idempotencyKey)
    .update(JSON.stringify(body, sorted) ?? '')
    .digest('base64url')

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
