import { createHash } from 'node:crypto'
import type { Session } from './session.ts'

/** Postgres names advisory locks by a signed 64-bit number, shared by the whole database. */
const keyOf = (name: string): string => createHash('sha256').update(name).digest().readBigInt64BE().toString()

/** Takes the lock for as long as the session lives, waiting for whoever has it. */
export async function lock(session: Session, name: string): Promise<void> {
  // Waiting is the point: it may take longer than any query should.
  await session.query('SET statement_timeout = 0')
  await session.query('SELECT pg_advisory_lock($1)', [keyOf(name)])
  await session.query('RESET statement_timeout')
}

/** Takes the lock for as long as the session lives, unless another has it. */
export async function tryLock(session: Session, name: string): Promise<boolean> {
  const [row] = await session.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [keyOf(name)])
  return row?.taken === true
}
