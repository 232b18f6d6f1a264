import type { Tx } from '@cartly/read-model'

export const DAY_MS = 86_400_000

const nameOf = (table: string, day: number): string =>
  `${table}_${new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`

/** Makes the partitions of these days (since the epoch) where they are missing. */
export async function ensurePartitions(tx: Tx, table: string, days: Iterable<number>): Promise<void> {
  for (const day of days) {
    const [from, to] = [day, day + 1].map((each) => new Date(each * DAY_MS).toISOString())
    await tx.query(
      `CREATE TABLE IF NOT EXISTS ${nameOf(table, day)} PARTITION OF ${table} FOR VALUES FROM ('${from}') TO ('${to}')`,
    )
  }
}

/** Drops the partitions of days that ended before `cutoff` (milliseconds since the epoch). @returns their names. */
export async function dropPartitionsBefore(tx: Tx, table: string, cutoff: number): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `SELECT child.relname AS name FROM pg_inherits
     JOIN pg_class AS child ON child.oid = inhrelid
     WHERE inhparent = $1::regclass`,
    [table],
  )
  const last = nameOf(table, Math.floor(cutoff / DAY_MS) - 1)
  const old = rows.map(({ name }) => name).filter((name) => name <= last)
  for (const name of old) await tx.query(`DROP TABLE ${name}`)
  return old
}
