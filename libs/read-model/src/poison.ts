import type { Tx } from './session.ts'

/** A message that could not be projected, kept with the reason for people to look at. */
export interface Poison {
  readonly projection: string
  readonly stream: string
  readonly sequence: number
  readonly subject: string
  readonly reason: string
  readonly body: Uint8Array
}

/** Puts a message aside; met again in a rebuild, it is noted once. */
export async function putAside(tx: Tx, poison: Poison): Promise<void> {
  const { projection, stream, sequence, subject, reason, body } = poison
  await tx.query(
    `INSERT INTO poison (projection, sequence, stream, subject, reason, body) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (projection, sequence) DO UPDATE SET reason = excluded.reason, at = now()`,
    [projection, sequence, stream, subject, reason, Buffer.from(body)],
  )
}
